/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which bubbles are on the screen, kept where the next process finds it if this one is killed. */

#include <systemd/sd-id128.h>

#include "common/macro.h"

/* As many as a user has jobs. */
#define BUBBLES_MAX 64U

typedef struct Bubble {
        char job[64];     /* its object's path; "" for a free place */
        char server[256]; /* the unique name of the notification server that shows it */
        sd_id128_t bus;   /* where that name is the server's */
        uint32_t id;      /* the server's */
} Bubble;

typedef struct NotificationStore NotificationStore;

/* Takes what an earlier process of the same unit has left, or begins anew. */
int notification_store_new(NotificationStore **ret);
NotificationStore *notification_store_free(NotificationStore *r);
DEFINE_CLEANUP(NotificationStore *, notification_store_free);

/* NULL for none. */
const Bubble *notification_store_find(NotificationStore *r, const char *job);

/* The nth place, below BUBBLES_MAX; NULL where it is free. */
const Bubble *notification_store_at(NotificationStore *r, size_t n);

/* What cannot be remembered is only not there later. */
void notification_store_set(
                NotificationStore *r, const char *job, const char *server, sd_id128_t bus, uint32_t id);
void notification_store_drop(NotificationStore *r, const char *job);
