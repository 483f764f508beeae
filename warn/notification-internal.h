/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What notifier.c, which has all notifications, shares with notification.c, which has one. */

#include "warn/notification-server.h"
#include "warn/notification-store.h"
#include "warn/notification.h"

struct Notifier {
        sd_event *event;
        UserBus *bus;
        sd_bus_slot *match_actions, *match_owner, *strays_call;
        sd_event_source *reshow;
        Notification *first;

        NotificationServer server;
        NotificationStore *store;
        JobIsLive is_live; /* of the latest notifier_close_strays() */
        void *is_live_userdata;
};

struct Notification {
        Notifier *notifier;
        Notification *next;
        NotificationFunc func; /* NULL once it is finished */
        void *userdata;
        char *job; /* the path of its job, NULL where it is not stored */

        char *summary, *body;
        NotificationContent content; /* its texts are the two above */
        bool dirty;                  /* the content has not been sent yet */
        bool close;                  /* it only remains to close it */

        sd_bus_slot *call;
        sd_event_source *patience;
        uint32_t id;  /* 0 while nothing is on the screen */
        char *server; /* that gave the id */
};

/* Sends the content as soon as possible. */
void notification_send(Notification *n);

/* Continues after a reply, or when there can be no reply. */
void notification_settle(Notification *n, bool shown);

void notification_tell(Notification *n, NotificationEvent event);

Notification *notification_free(Notification *n);
