/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Notifications on the user's bus. The server is a program of the user: it may hang, lie, crash and come
 * back. Its replies only decide whether the user counts as warned. */

#include "warn/user-bus.h"

/* All notifications and the server that shows them. */
typedef struct Notifier Notifier;

/* One notification on the screen. Each update replaces it. */
typedef struct Notification Notification;

typedef enum NotificationEvent {
        NOTIFICATION_SHOWN,   /* the server accepted the latest update */
        NOTIFICATION_FAILED,  /* the server refused it or did not answer in time; SHOWN may still follow */
        NOTIFICATION_END_NOW, /* the user's choices */
        NOTIFICATION_EXTEND,
        NOTIFICATION_ASK,
} NotificationEvent;

/* The callback must not free the notification. */
typedef void (*NotificationFunc)(Notification *n, NotificationEvent event, void *userdata);

typedef struct NotificationContent {
        const char *summary;
        const char *body; /* plain text */
        bool critical;    /* stays until it is closed or replaced; otherwise it may disappear */
        bool end_now;     /* offer this choice: as a button, or in words where the server has none */
        bool extend;      /* the same */
        bool ask;         /* the same: for more time than the user may add */
        uint32_t job;     /* the number of the job that the choices are for */
        bool notice;      /* a notice, not a warning of a log-off */
} NotificationContent;

int notifier_new(Notifier **ret, sd_event *event, UserBus *bus);
Notifier *notifier_free(Notifier *s);

DEFINE_CLEANUP(Notifier *, notifier_free);

typedef bool (*JobIsLive)(const char *job, void *userdata);

/* Closes what an earlier process has left on the screen for jobs that are over. */
void notifier_close_strays(Notifier *s, JobIsLive is_live, void *userdata);

/* Whether there is nothing left to send and no reply to wait for. */
bool notifier_is_idle(const Notifier *s);

/* job is the path of its job. If this process is killed, the next one finds the notification by that path.
 * NULL for a notification that the next process does not need. Returns 0 or -ENOMEM. */
int notification_new(
                Notification **ret, Notifier *s, const char *job, NotificationFunc func, void *userdata);

/* Shows or replaces the notification. The outcome follows as an event. Returns 0 or -ENOMEM. */
int notification_update(Notification *n, const NotificationContent *content);

/* Gives the notification back to the notifier, which closes it, or shows this last text and leaves it there.
 * No more events follow. Returns NULL. */
Notification *notification_finish(Notification *n, const NotificationContent *last);

/* The same, but what is on the screen stays as it is. */
Notification *notification_leave(Notification *n);
