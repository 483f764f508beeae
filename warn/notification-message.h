/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is said to a notification server, and what it says of itself. */

#include "warn/notification.h"

#define NOTIFICATION_ACTION_END_NOW "end-now"
#define NOTIFICATION_ACTION_EXTEND "extend"

typedef struct ServerAbilities {
        bool actions;
        bool body;
        bool markup;
} ServerAbilities;

/* Reads the answer to GetCapabilities(). */
int server_abilities_read(ServerAbilities *ret, sd_bus_message *m);

/* A call of Notify() with what this server can show of the content. */
int notification_message_new(sd_bus_message **ret,
                sd_bus *bus,
                const NotificationContent *content,
                const ServerAbilities *abilities,
                uint32_t replaces);
