/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Messages to and from a notification server. */

#include "warn/notification.h"

#define NOTIFICATION_ACTION_END_NOW "end-now"
#define NOTIFICATION_ACTION_EXTEND "extend"
#define NOTIFICATION_ACTION_ASK "ask"

typedef struct ServerAbilities {
        bool actions;
        bool body;
        bool markup;
} ServerAbilities;

/* Reads the reply of GetCapabilities(). Returns 0 or a negative errno. */
int server_abilities_read(ServerAbilities *ret, sd_bus_message *m);

/* Makes a call of Notify() with what this server can show of the content. replaces is the id of the
 * notification to replace, or 0. Returns 0 or a negative errno. */
int notification_message_new(sd_bus_message **ret,
                sd_bus *bus,
                const NotificationContent *content,
                const ServerAbilities *abilities,
                uint32_t replaces);
