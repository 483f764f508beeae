/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Between notifier.c, which knows the server, and notification.c, which knows one bubble. */

#include "warn/notification-message.h"
#include "warn/notification-store.h"
#include "warn/notification.h"

/* After this an answer is not waited for any more. */
#define NOTIFICATION_CALL_TIMEOUT_USEC (60 * USEC_PER_SEC)

struct Notifier {
        sd_event *event;
        UserBus *bus;
        sd_bus_slot *match_actions, *match_owner;
        sd_bus_slot *capabilities_call, *strays_call;
        sd_event_source *reshow;
        Notification *first;

        bool abilities_known;
        ServerAbilities abilities;
        char *server; /* who has these; a unique name */
        sd_id128_t server_bus;

        NotificationStore *store;
        JobIsLive is_live; /* of those that were told of last */
        void *is_live_userdata;
};

struct Notification {
        Notifier *notifier;
        Notification *next;
        NotificationFunc func; /* NULL once it is finished */
        void *userdata;
        char *job; /* the path of the job that it is for, NULL for what is not remembered */

        char *summary, *body;
        NotificationContent content; /* its texts are the two above */
        bool dirty;                  /* the content was not sent so far */
        bool close;                  /* nothing but taking it away is left to do */

        sd_bus_slot *call;
        sd_event_source *patience;
        uint32_t id;  /* 0 while nothing is on the screen */
        char *server; /* who gave the id */
};

/* Asks the server what it can do; what is dirty is sent when it has answered. */
int notifier_ask_capabilities(Notifier *s, sd_bus *bus);

/* Takes a bubble off the screen; nobody waits for the answer. */
void notifier_send_close(Notifier *s, const char *server, uint32_t id);

/* Sends the content as soon as that can be. */
void notification_send(Notification *n);

/* What to do after an answer, or when there can be none. */
void notification_settle(Notification *n, bool shown);

void notification_tell(Notification *n, NotificationEvent event);

Notification *notification_free(Notification *n);
