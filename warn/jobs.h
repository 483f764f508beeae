/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The log-offs of the calling user, as usherd reports them. */

#include "warn/warn-job.h"

typedef struct Jobs Jobs;

typedef enum JobEvent {
        JOB_ADDED,
        JOB_CHANGED,
        JOB_REMOVED, /* the job is freed after the call; the result is "" where it is not known */
} JobEvent;

typedef struct JobsHandler {
        void (*event)(WarnJob *job, JobEvent event, const char *result, void *userdata);

        /* The list has been read, at the start or because jobs_reload() asked. */
        void (*listed)(void *userdata);

        /* usherd has been away for so long that its jobs no longer count. */
        void (*abandoned)(void *userdata);
} JobsHandler;

/* The client must outlive the jobs. Reads nothing before jobs_set_owner() is called. */
int jobs_new(Jobs **ret, sd_event *event, Client *client, const JobsHandler *handler, void *userdata);
Jobs *jobs_free(Jobs *j);

DEFINE_CLEANUP(Jobs *, jobs_free);
#define _cleanup_jobs_ _cleanup_(jobs_freep)

/* usherd has a new owner, or is away (NULL): to be called for each change that the client sees. Keeps the
 * jobs, and reads them again where there is an owner. */
void jobs_set_owner(Jobs *j, const char *owner);

/* Reads the list again. Returns 0 or a negative errno. */
int jobs_reload(Jobs *j);

bool jobs_is_empty(const Jobs *j);

/* The job after this one, the first for NULL, NULL after the last. */
WarnJob *jobs_next(Jobs *j, WarnJob *job);

/* When to remind next of a deadline, as usherd is configured. The times are of CLOCK_MONOTONIC. Returns
 * USEC_INFINITY where there is no further reminder. */
usec_t jobs_next_reminder(const Jobs *j, usec_t deadline, usec_t now);

/* The configured limit of a grace period. */
usec_t jobs_get_maximum_grace(const Jobs *j);

/* For how long before the end the time left is shown over the screen, 0 for not at all. */
usec_t jobs_get_full_screen(const Jobs *j);
