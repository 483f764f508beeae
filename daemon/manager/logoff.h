/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One running log-off: does what the job's state machine answers, with one timer. */

#include "manager.h"

typedef enum JobChange {
        JOB_CHANGED_PHASE = 1 << 0,
        JOB_CHANGED_DEADLINE = 1 << 1,
        JOB_CHANGED_WARNED = 1 << 2,
        JOB_CHANGED_MESSAGE = 1 << 3,
        JOB_CHANGED_RESULT = 1 << 4,
        JOB_CHANGED_STARTED_BY = 1 << 5, /* and why */
} JobChange;

struct LogOff {
        Manager *manager;
        Job job;
        bool restored; /* from before a restart of usherd: its session is to be found again first */

        sd_event_source *timer;
        usec_t readable_since; /* CLOCK_MONOTONIC: the user has been able to read the warning for so long */
        usec_t warn_since; /* CLOCK_MONOTONIC: usher-warn has had so long to tell how it reached the user */
        usec_t warn_again; /* CLOCK_MONOTONIC: when usher-warn is started next, lest it was killed */
        LogindEnd *end;
        UnitsCall *survivors_call;
        char *survivors; /* what still ran after SIGKILL */
        char *blockers;  /* what held the desktop's log-out up, as usher-warn tells */
        usec_t phase_began[_JOB_PHASE_MAX]; /* CLOCK_MONOTONIC, 0 for one that never was */

        TAILQ_ENTRY(LogOff) jobs;
};

/* Begins a log-off of this session, or joins the one that is under way. Returns 1 for a new job, 0 for a joined one,
 * -ENOBUFS when there are JOBS_MAX. */
int logoff_begin(Manager *m, const SessionFacts *session, const JobRequest *request, LogOff **ret);

/* Takes a job from before a restart; what it owns is taken out of j. */
int logoff_restore(Manager *m, Job *j);

LogOff *logoff_free(LogOff *l);

/* Looks at the job anew: after a deadline, and when logind said something about its session. May free it. */
void logoff_advance(LogOff *l);

/* After a restart of usherd: at least the minimum grace from now on. */
void logoff_resume(LogOff *l);

/* After a suspend: the same, and whoever was warned is warned anew. */
void logoff_wake(LogOff *l);

/* The session as logind has it now, NULL when it is gone or the id is another's. */
const SessionFacts *logoff_session(LogOff *l);

/* -EALREADY when the end has begun. logoff_cancel() frees the job when it succeeds. */
int logoff_cancel(LogOff *l);
int logoff_end_now(LogOff *l);
/* -ERANGE past the maximum grace. */
int logoff_extend(LogOff *l, usec_t by);

/* usher-warn tells how the user was reached, and what came of asking the desktop to log out. */
void logoff_set_warned(LogOff *l, JobWarned warned);
void logoff_set_asked(LogOff *l, bool accepted, const char *blockers);
