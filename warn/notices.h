/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Texts for the user that usherd has, as it tells them: messages, and which station this is. */

#include "warn/jobs.h"

typedef struct Notices Notices;

typedef struct WarnNotice {
        Notices *notices;
        struct WarnNotice *next;

        uint32_t number;
        char *kind;
        char *station;
        char *label;
        char *session;
        char *from;
        char *text;
        usec_t until; /* CLOCK_REALTIME: usherd drops it then */

        char *owner;             /* the usherd that told of it: another one counts anew */
        bool listed;             /* while a list is read */
        sd_bus_slot *shown_call; /* usherd has been told, and drops it */
        void *userdata;          /* whoever shows it */
} WarnNotice;

typedef struct NoticesHandler {
        void (*added)(WarnNotice *n, void *userdata);

        /* usherd has it no longer; it is freed after the call. */
        void (*removed)(WarnNotice *n, void *userdata);

        /* The list was read, as notices_reload() asked, or could not be. */
        void (*listed)(void *userdata);
} NoticesHandler;

/* Calls go by way of the jobs, which know usherd. The first list is read when notices_reload() asks. */
int notices_new(Notices **ret, sd_bus *bus, Jobs *jobs, const NoticesHandler *handler, void *userdata);
Notices *notices_free(Notices *s);

DEFINE_CLEANUP(Notices *, notices_free);
#define _cleanup_notices_ _cleanup_(notices_freep)

int notices_reload(Notices *s);
/* Drops all: whoever told of them is away. */
void notices_forget(Notices *s);

bool notices_is_empty(const Notices *s);
WarnNotice *notices_next(Notices *s, WarnNotice *n);

/* Tells usherd how it was shown: desktop, terminal or none. */
void notice_report(WarnNotice *n, const char *how);
