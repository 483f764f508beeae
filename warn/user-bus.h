/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The connection to the user's bus, which comes and goes with the user's sessions. The user may run any
 * program at its address, so no code here or above it blocks on the connection. */

#include "common/bus-util.h"

typedef struct UserBus UserBus;

/* Called from the event loop when the connection has been made or lost. */
typedef void (*UserBusFunc)(bool up, void *userdata);

/* Connects at once, and retries every second while there is no connection. Returns 0 or a negative errno. */
int user_bus_new(UserBus **ret, sd_event *event);
UserBus *user_bus_free(UserBus *b);

DEFINE_CLEANUP(UserBus *, user_bus_free);
#define _cleanup_user_bus_ _cleanup_(user_bus_freep)

void user_bus_set_handler(UserBus *b, UserBusFunc func, void *userdata);

/* NULL while there is no connection. */
sd_bus *user_bus_get(UserBus *b);
