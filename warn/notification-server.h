/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The notification server of the user's bus, as it is now: who it is and what it can show. */

#include <systemd/sd-id128.h>

#include "warn/notification-message.h"

/* After this a reply no longer counts. */
#define NOTIFICATION_CALL_TIMEOUT_USEC (60 * USEC_PER_SEC)

/* The server has answered what it can show, or could not. */
typedef void (*NotificationServerFunc)(bool known, void *userdata);

typedef struct NotificationServer {
        UserBus *bus;
        NotificationServerFunc func;
        void *userdata;

        bool known; /* the next three are valid */
        ServerAbilities abilities;
        char *name; /* the server's unique name */
        sd_id128_t bus_id;

        sd_bus_slot *call; /* set while the server is being asked */
} NotificationServer;

void notification_server_init(
                NotificationServer *s, UserBus *bus, NotificationServerFunc func, void *userdata);
void notification_server_done(NotificationServer *s);

/* Asks the server what it can show, and calls func later. Returns 0, -ENOTCONN without a bus, or another
 * negative errno. */
int notification_server_ask(NotificationServer *s);

/* The server has gone. */
void notification_server_forget(NotificationServer *s);

/* Whether this is the server that notification_server_ask() found. */
bool notification_server_is(const NotificationServer *s, const char *name, sd_id128_t bus_id);

/* Takes a notification off the screen of the server with this unique name. Does not wait for the reply. */
void notification_server_close(NotificationServer *s, const char *name, uint32_t id);
