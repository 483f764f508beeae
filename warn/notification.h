/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Notifications on the user's own bus. The server is a program of the user: it may hang, lie, die and come
 * back. Its answers decide nothing but whether the user counts as warned. */

#include "warn/user-bus.h"

/* One for all notifications: knows the server and what it can show. */
typedef struct Notifier Notifier;

/* One bubble on the screen, replaced by each update. */
typedef struct Notification Notification;

typedef enum NotificationEvent {
        NOTIFICATION_SHOWN,   /* the server took the latest update */
        NOTIFICATION_FAILED,  /* it did not, or has not answered in time; SHOWN may still follow */
        NOTIFICATION_END_NOW, /* the user's choices */
        NOTIFICATION_EXTEND,
} NotificationEvent;

/* The notification must not be freed in it. */
typedef void (*NotificationFunc)(Notification *n, NotificationEvent event, void *userdata);

typedef struct NotificationContent {
        const char *summary;
        const char *body; /* plain text */
        bool critical;    /* stays until it is closed or replaced; else it may go by itself */
        bool end_now;     /* offer it, where the server can */
        bool extend;
        bool notice; /* words for the user, and no end of their session */
} NotificationContent;

int notifier_new(Notifier **ret, sd_event *event, UserBus *bus);
Notifier *notifier_free(Notifier *s);

DEFINE_CLEANUP(Notifier *, notifier_free);
#define _cleanup_notifier_ _cleanup_(notifier_freep)

typedef bool (*JobIsLive)(const char *job, void *userdata);

/* Takes away what a process before us has left on the screen for jobs that are over. */
void notifier_close_strays(Notifier *s, JobIsLive is_live, void *userdata);

/* Whether nothing is left to be sent or to be answered. */
bool notifier_is_idle(const Notifier *s);

/* job: the path of the job that it is for. Should this process be killed, the one that comes after it finds
 * the notification again by that. NULL for one that it has no more to do with. */
int notification_new(
                Notification **ret, Notifier *s, const char *job, NotificationFunc func, void *userdata);

/* Shows or replaces. What happened comes as an event, later. */
int notification_update(Notification *n, const NotificationContent *content);

/* Gives the notification back to the notifier: takes it off the screen, or shows these last words and leaves
 * them there. There are no more events. Returns NULL. */
Notification *notification_finish(Notification *n, const NotificationContent *last);

/* The same, but what is on the screen stays there. */
Notification *notification_leave(Notification *n);
