/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Runs one job: does what the state machine in core/job.c answers, with one timer. */

#include "core/job-end.h"
#include "core/job.h"
#include "core/manager.h"

typedef enum JobChange {
        JOB_CHANGED_PHASE = 1 << 0,
        JOB_CHANGED_DEADLINE = 1 << 1,
        JOB_CHANGED_WARNED = 1 << 2,
        JOB_CHANGED_MESSAGE = 1 << 3,
        JOB_CHANGED_RESULT = 1 << 4,
        JOB_CHANGED_STARTED_BY = 1 << 5, /* and Reason */
        JOB_CHANGED_TIME_REQUESTED = 1 << 6,
        JOB_CHANGED_USER_EXTENDABLE = 1 << 7,
} JobChange;

struct JobRunner {
        Manager *manager;
        Job job;
        bool restored; /* by a new usherd, and its session has not been seen again yet */

        sd_event_source *timer;
        usec_t readable_since; /* CLOCK_MONOTONIC: the user has been able to read the warning since then */
        usec_t warn_since;     /* CLOCK_MONOTONIC: usher-warn has had time to report since then */
        usec_t warn_again;     /* CLOCK_MONOTONIC: when usher-warn is started again, in case it was killed */
        usec_t suspended;      /* time_suspended() when the user was last warned of what is left */
        JobEnd end;
        char *blockers;                     /* what held up the desktop's log-out, as usher-warn reports */
        usec_t phase_began[_JOB_PHASE_MAX]; /* CLOCK_MONOTONIC, 0 for a phase that never was */

        TAILQ_ENTRY(JobRunner) jobs;
        char number[sizeof("4294967295")]; /* of the job, as a key */
        IndexEntry by_number;
        IndexEntry by_session;
        IndexEntry by_station;
};

/* Starts a job for this session. It is registered and announced; its first step is the timer's, so that a
 * job without grace ends after its caller has heard of it. Only jobs_start() calls this. Returns -ENOMEM. */
int job_runner_start(JobRunner **ret, Manager *m, const Session *s, const JobRequest *request);

/* Another request for the same session: see job_join(). May free the runner only by ending the job. */
int job_runner_join(JobRunner *j, const JobRequest *request);

/* Takes up a job of the last usherd; takes what it owns out of job. */
int job_runner_restore(Manager *m, Job *job);

JobRunner *job_runner_free(JobRunner *j);

/* Announces and stores what has changed, as a mask of JobChange. */
void job_runner_changed(JobRunner *j, unsigned mask);

/* Looks again at the session and the deadline. May free the runner. */
void job_runner_advance(JobRunner *j);

/* The bus name is ours: the job gets at least the minimum grace from now on. A restored job that is late
 * ends as cancelled instead, unless the pending action waits for it. May free the runner. */
void job_runner_serve(JobRunner *j);

/* After a suspend: the same, and warns again. May free the runner. */
void job_runner_wake(JobRunner *j);

/* The job's session as logind has it now, or NULL when it is gone or its id belongs to another one. */
Session *job_runner_session(const JobRunner *j);

/* -EALREADY when the end has begun. job_runner_cancel() frees the runner when it succeeds. */
int job_runner_cancel(JobRunner *j);
int job_runner_end_now(JobRunner *j);

/* usher-warn reports how it reached the user, and whether the desktop took the request to log out; blockers
 * names what holds it up. */
void job_runner_set_warned(JobRunner *j, JobWarned warned);
void job_runner_set_asked(JobRunner *j, bool accepted, const char *blockers);
