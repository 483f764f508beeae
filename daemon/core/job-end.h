/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The steps by which a job ends its session, harder and harder: logind's TerminateSession, SIGKILL, the end
 * of the scope. Whether the session is gone, only the next look at logind says. */

#include "core/job.h"
#include "core/manager.h"

/* Inside of a JobRunner. */
typedef struct JobEnd {
        Manager *manager;
        const Job *job;
        LogindEnd *request;
        usec_t answered; /* CLOCK_MONOTONIC: when logind answered the last request, 0 for not yet */
        AsyncCall *survivors_call;
        AsyncCall *stop_call;
        bool scope_gone; /* systemd does not know the scope, so no process is left */
        char *survivors; /* programs that still ran after SIGKILL, or NULL */
} JobEnd;

void job_end_init(JobEnd *e, Manager *m, const Job *j);
void job_end_done(JobEnd *e);

/* The job's session as logind has it now, or NULL when it is gone or its id belongs to another one. */
Session *job_end_session(const JobEnd *e);

/* When logind was given the last request (CLOCK_MONOTONIC), USEC_INFINITY while that waits for those of
 * other jobs, 0 if there is none. */
usec_t job_end_given(const JobEnd *e);

/* Does what job_step() answered. Errors are logged, and the job goes on: its next deadline brings the next
 * step. */
void job_end_perform(JobEnd *e, JobAction action);
