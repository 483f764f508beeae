/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One job as usherd tells it. */

#include "common/bus-util.h"

typedef struct Jobs Jobs;

typedef struct WarnJob {
        Jobs *jobs;
        sd_bus *bus;
        struct WarnJob *next;
        char *path;

        char *station;
        char *label;
        char *session;
        char *reason;
        char *message;
        uid_t by_uid;
        char *by_name;
        char *phase;
        char *warned;
        usec_t deadline_monotonic; /* CLOCK_MONOTONIC */
        uid_t uid;

        bool announced;
        bool again;  /* something changed while it was read */
        bool listed; /* while a list is read */
        sd_bus_slot *call, *match;
        void *userdata; /* whoever cares for it */
} WarnJob;

/* Made for a path; read from the bus by job_read() before anybody hears of it. */
int job_new(WarnJob **ret, Jobs *jobs, sd_bus *bus, const char *path);
WarnJob *job_free(WarnJob *job);

/* Reads it again, now or after the reading that is under way. */
void job_read(WarnJob *job);

/* Calls a method of the job. func may be NULL. */
int job_call(WarnJob *job,
                sd_bus_slot **ret,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...);
