/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The user's own jobs, as usherd tells them. Signals are hints to look again, and count only from the owner
 * of org.usher1. */

#include "warn/warn-job.h"

typedef enum JobEvent {
        JOB_ADDED,
        JOB_CHANGED,
        JOB_REMOVED, /* and freed after the call; the result is "" when nobody told it */
} JobEvent;

typedef struct JobsHandler {
        void (*event)(WarnJob *job, JobEvent event, const char *result, void *userdata);

        /* The list was read, at the start or because jobs_reload() asked. */
        void (*listed)(void *userdata);

        /* usherd has been away for long: what it told does not count any more. */
        void (*abandoned)(void *userdata);
} JobsHandler;

int jobs_new(Jobs **ret, sd_event *event, sd_bus *bus, const JobsHandler *handler, void *userdata);
Jobs *jobs_free(Jobs *j);

DEFINE_CLEANUP(Jobs *, jobs_free);
#define _cleanup_jobs_ _cleanup_(jobs_freep)

int jobs_reload(Jobs *j);
bool jobs_is_empty(const Jobs *j);

/* The next one after |job|, the first for NULL. */
WarnJob *jobs_next(Jobs *j, WarnJob *job);

/* How long before a deadline to remind, longest first, and the longest warning; as the configuration has
 * them. */
const usec_t *jobs_get_reminders(const Jobs *j, size_t *ret_n);
usec_t jobs_get_maximum_grace(const Jobs *j);

/* For job.c: calls a method of usherd, whoever that is now. -ENOTCONN while there is none. */
int jobs_call(Jobs *j,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...);
int jobs_callv(Jobs *j,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                va_list ap);

/* For job.c: whether a message is usherd's own. */
bool jobs_is_sender(const Jobs *j, sd_bus_message *m);

/* For job.c: the job has been read, or is none of ours and freed by this. */
void jobs_announce(Jobs *j, WarnJob *job);
void jobs_drop(Jobs *j, WarnJob *job, const char *result);
