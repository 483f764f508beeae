/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The notifications on the screen, stored where the next process finds them if this one is killed. */

#include <systemd/sd-id128.h>

#include "common/macro.h"

/* At most as many as a user has jobs. */
#define BUBBLES_MAX 64U

typedef struct Bubble {
        char job[64];     /* object path, "" for a free entry */
        char server[256]; /* the unique name of the notification server that shows it */
        sd_id128_t bus;   /* on which that name belongs to the server */
        uint32_t id;      /* as the server gave it */
} Bubble;

typedef struct NotificationStore NotificationStore;

/* Takes what an earlier process of the same unit has left, or starts empty. Returns 0 or -ENOMEM. */
int notification_store_new(NotificationStore **ret);
NotificationStore *notification_store_free(NotificationStore *r);
DEFINE_CLEANUP(NotificationStore *, notification_store_free);

/* Returns the notification of a job, or NULL. */
const Bubble *notification_store_find(NotificationStore *r, const char *job);

/* Returns the nth entry, for n below BUBBLES_MAX, or NULL where it is free. */
const Bubble *notification_store_at(NotificationStore *r, size_t n);

/* A failure is not reported: the next process then does not find the notification. */
void notification_store_set(
                NotificationStore *r, const char *job, const char *server, sd_id128_t bus, uint32_t id);
void notification_store_drop(NotificationStore *r, const char *job);
