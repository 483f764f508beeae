/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One log-off of the calling user, as usherd reports it. */

#include "client/client.h"
#include "warn/job-info.h"

typedef struct WarnJob WarnJob;

typedef struct WarnJobHandler {
        /* The properties have been read, or one of them has changed since. */
        void (*loaded)(WarnJob *job, void *userdata);

        /* The job has ended. The handler frees it. */
        void (*ended)(WarnJob *job, const char *result, void *userdata);

        /* The job does not exist, belongs to another user or cannot be watched. The handler frees it. */
        void (*lost)(WarnJob *job, void *userdata);
} WarnJobHandler;

struct WarnJob {
        Client *client;
        const WarnJobHandler *handler;
        void *handler_userdata;
        char *path;

        JobInfo info;
        char *label; /* of the station, NULL where it is not known */

        bool again; /* something changed while the job was being read, or that failed */
        sd_bus_slot *call, *match;

        /* For the list of jobs. */
        WarnJob *next;
        bool announced;
        bool listed;    /* while a list is being read */
        void *userdata; /* for the handler of the list's events */
};

/* Makes a job for an object path. It is empty until warn_job_load() has called a handler. */
int warn_job_new(WarnJob **ret,
                Client *client,
                const char *path,
                const WarnJobHandler *handler,
                void *userdata);
WarnJob *warn_job_free(WarnJob *job);

/* Reads the properties, now or after the read that is under way. */
void warn_job_load(WarnJob *job);

/* Drops the read that is under way: the next change causes a new one. */
void warn_job_forget_call(WarnJob *job);

/* Calls a method of the job. ret and func may be NULL. */
int warn_job_call(WarnJob *job,
                sd_bus_slot **ret,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...);
