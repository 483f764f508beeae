/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which bubbles are on the screen, kept where the next process finds it if this one is killed. */

#include <systemd/sd-id128.h>

#include "macro.h"

/* As many as a user has jobs. */
#define BUBBLES_MAX 64U

typedef struct Bubble {
        char job[64];     /* its object's path; "" for a free place */
        char server[256]; /* the unique name of the notification server that shows it */
        sd_id128_t bus;   /* where that name is the server's */
        uint32_t id;      /* the server's */
} Bubble;

typedef struct Remembered Remembered;

/* Takes what an earlier process of the same unit has left, or begins anew. */
int remembered_new(Remembered **ret);
Remembered *remembered_free(Remembered *r);
DEFINE_CLEANUP(Remembered *, remembered_free);

/* NULL for none. */
const Bubble *remembered_find(Remembered *r, const char *job);

/* The nth place, below BUBBLES_MAX; NULL where it is free. */
const Bubble *remembered_at(Remembered *r, size_t n);

/* What cannot be remembered is only not there later. */
void remembered_set(Remembered *r, const char *job, const char *server, sd_id128_t bus, uint32_t id);
void remembered_drop(Remembered *r, const char *job);
