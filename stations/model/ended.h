/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The log-offs that have ended while the program watched, the latest first. */

#include "stations/model/people.h"
#include "stations/model/room.h"

typedef struct UsherEndedInfo {
        GDateTime *time;
        char *station, *user, *started_by, *reason;
        char *result; /* done, left, cancelled or failed */
} UsherEndedInfo;

#define USHER_TYPE_ENDED (usher_ended_get_type())
G_DECLARE_FINAL_TYPE(UsherEnded, usher_ended, USHER, ENDED, GObject)

const UsherEndedInfo *usher_ended_get_info(UsherEnded *ended);

/* A list of UsherEnded that follows the room. */
GListModel *usher_ended_list_new(UsherRoom *room, UsherPeople *people);
