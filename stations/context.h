/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What all windows of the program share. It outlives them. */

#include "stations/model/call.h"
#include "stations/model/ended.h"
#include "stations/model/people.h"
#include "stations/model/rights.h"
#include "stations/model/room.h"

typedef struct UsherContext {
        UsherRoom *room;
        UsherPeople *people;
        UsherRights *rights;
        GListModel *ended;
        GSettings *settings;
} UsherContext;

UsherContext *usher_context_new(GDBusConnection *connection);
void usher_context_free(UsherContext *context);
