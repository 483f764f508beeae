/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"
#include "cli/snapshot.h"

/* Keeps a snapshot up to date while usherd's signals come in. */
typedef struct Watch Watch;

/* The strings point into |signal|, which can be referenced to keep them. */
typedef struct JobEnd {
        sd_bus_message *signal;
        uint32_t number;
        const char *path;
        const char *station;
        const char *session;
        const char *result;
} JobEnd;

typedef struct WatchHandlers {
        /* There is a new snapshot; |before| is freed afterwards. */
        void (*changed)(const Snapshot *before, const Snapshot *now, void *userdata);

        /* A job has ended. The snapshot still shows it as it was last seen, and drops it afterwards. */
        void (*job_ended)(const Snapshot *s, const JobEnd *end, void *userdata);

        /* usherd has left the bus, or is back. */
        void (*owner_changed)(bool present, void *userdata);
} WatchHandlers;

/* Subscribes, then takes the first snapshot. Prints what went wrong. */
int watch_new(Command *c, sd_event *event, const WatchHandlers *handlers, void *userdata, Watch **ret);
Watch *watch_free(Watch *w);
DEFINE_CLEANUP(Watch *, watch_free);

/* Takes a new snapshot now and waits for it; no handler is called. */
int watch_refresh(Watch *w);

const Snapshot *watch_snapshot(const Watch *w);

/* Runs the loop until a handler ends it (sd_event_exit()), a signal ends it, or the bus is gone. Returns the
 * exit code of the loop, EXIT_SIGNAL + n for a signal, or a negative errno after it has printed the error.
 * sd-bus closes the bus when its loop ends: no call can be made afterwards. */
int watch_run(Watch *w);
