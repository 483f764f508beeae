/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One running log-off: does what the job's state machine answers, with one timer. */

#include "core/manager.h"

typedef enum JobChange {
        JOB_CHANGED_PHASE = 1 << 0,
        JOB_CHANGED_DEADLINE = 1 << 1,
        JOB_CHANGED_WARNED = 1 << 2,
        JOB_CHANGED_MESSAGE = 1 << 3,
        JOB_CHANGED_RESULT = 1 << 4,
        JOB_CHANGED_STARTED_BY = 1 << 5, /* and why */
} JobChange;

struct JobRunner {
        Manager *manager;
        Job job;
        bool restored; /* from before a restart of usherd: its session is to be found again first */

        sd_event_source *timer;
        usec_t readable_since; /* CLOCK_MONOTONIC: the user has been able to read the warning for so long */
        usec_t warn_since; /* CLOCK_MONOTONIC: usher-warn has had so long to tell how it reached the user */
        usec_t warn_again; /* CLOCK_MONOTONIC: when usher-warn is started next, lest it was killed */
        LogindEnd *end;
        UnitsCall *survivors_call;
        char *survivors;                    /* what still ran after SIGKILL */
        char *blockers;                     /* what held the desktop's log-out up, as usher-warn tells */
        usec_t phase_began[_JOB_PHASE_MAX]; /* CLOCK_MONOTONIC, 0 for one that never was */

        TAILQ_ENTRY(JobRunner) jobs;
};

/* Begins a log-off of this session, or joins the one that is under way. Returns 1 for a new job, 0 for a
 * joined one, -ENOBUFS when there are JOBS_MAX. */
int job_runner_begin(Manager *m, const SessionInfo *session, const JobRequest *request, JobRunner **ret);

/* Takes a job from before a restart; what it owns is taken out of j. */
int job_runner_restore(Manager *m, Job *j);

JobRunner *job_runner_free(JobRunner *l);

/* Looks at the job anew: after a deadline, and when logind said something about its session. May free it. */
void job_runner_advance(JobRunner *l);

/* After a restart of usherd: at least the minimum grace from now on. */
void job_runner_resume(JobRunner *l);

/* After a suspend: the same, and whoever was warned is warned anew. */
void job_runner_wake(JobRunner *l);

/* The session as logind has it now, NULL when it is gone or the id is another's. */
const SessionInfo *job_runner_session(JobRunner *l);

/* -EALREADY when the end has begun. job_runner_cancel() frees the job when it succeeds. */
int job_runner_cancel(JobRunner *l);
int job_runner_end_now(JobRunner *l);
/* -ERANGE past the maximum grace. */
int job_runner_extend(JobRunner *l, usec_t by);

/* usher-warn tells how the user was reached, and what came of asking the desktop to log out. */
void job_runner_set_warned(JobRunner *l, JobWarned warned);
void job_runner_set_asked(JobRunner *l, bool accepted, const char *blockers);
