/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"
#include "cli/snapshot.h"

/* One job that is waited for. */
typedef struct WaitJob {
        char *path;
        SnapshotJob seen;       /* as usherd showed it last; only the path at first */
        sd_bus_message *source; /* the strings of |seen| point into it */
        char *who;              /* "Station 3 (anna)", escaped; NULL before the job was seen */
        usec_t deadline;        /* our CLOCK_MONOTONIC */
        usec_t total;
        char *result; /* NULL while live */
        bool missing;

        /* What the plain lines have printed already. */
        bool told;
        bool told_result;
        const char *told_phase; /* a fixed text of progress.h */
        const char *told_warned;
        usec_t told_left;
} WaitJob;

/* How the jobs are shown: bars that are redrawn on a terminal, plain lines elsewhere. */
typedef struct WaitShow {
        enum {
                WAIT_SILENT,
                WAIT_LINES,
                WAIT_BARS,
        } mode;
        bool away; /* usherd is not on the bus */
        bool told_away;
        size_t drawn; /* lines that the next drawing overwrites */
} WaitShow;

void wait_show_init(WaitShow *s, const Command *c);
void wait_show_update(WaitShow *s, WaitJob *jobs, size_t n, usec_t now);
