/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The connection to the user's own bus, which comes and goes with their sessions. The user may have put
 * anything in its place: nothing here or in those who use it waits for it. */

#include "common/bus-util.h"

typedef struct UserBus UserBus;

/* Called when the connection was made or lost, from the event loop. */
typedef void (*UserBusFunc)(bool up, void *userdata);

/* Tries to connect at once, and again each second while there is no connection. */
int user_bus_new(UserBus **ret, sd_event *event);
UserBus *user_bus_free(UserBus *b);

DEFINE_CLEANUP(UserBus *, user_bus_free);
#define _cleanup_user_bus_ _cleanup_(user_bus_freep)

void user_bus_set_handler(UserBus *b, UserBusFunc func, void *userdata);

/* NULL while there is no connection. */
sd_bus *user_bus_get(UserBus *b);
