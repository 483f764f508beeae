/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The properties of one org.usher1.Job that a warning needs. */

#include "common/bus-util.h"

typedef struct JobUser {
        uid_t uid;
        char *name; /* "" where the user has no name */
} JobUser;

/* Each string is NULL until it has been read. */
typedef struct JobInfo {
        uint32_t number;
        char *station; /* id, "" for a session without a station */
        char *session;
        JobUser user;
        char *reason;
        char *message;
        JobUser started_by;
        char *phase;
        usec_t deadline_monotonic; /* CLOCK_MONOTONIC */
        char *warned;
        uint32_t time_requested; /* s: what the user has asked for, 0 for nothing */
        usec_t user_extendable;  /* USEC_INFINITY for an older usherd, which does not say */
} JobInfo;

/* No property has been read and no user is known. */
void job_info_init(JobInfo *job);
void job_info_done(JobInfo *job);

/* Reads an a{sv} as Properties.GetAll() and GetManagedObjects() give it. Skips a property that it does not
 * know, or that has another type. Returns 0 or a negative errno. */
int job_info_read(sd_bus_message *m, JobInfo *job);
