/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One log-off as a state machine: the time and logind's answers go in, the next action comes out. It knows
 * no clock and no bus; core/job-runner.c carries the actions out. */

#include "core/config.h"
#include "peer/session-info.h"

/* A session that has not opened after this gets its grace as if it had: a login that hangs must not hold up
 * a restart for ever. */
#define JOB_OPENING_MAX_USEC (2 * USEC_PER_MINUTE)

/* A job whose deadline passed this long ago, because usherd was not running, is cancelled instead of carried
 * out. The limit allows for an upgrade that stops usherd. A log-off or a restart that comes later would
 * surprise users. */
#define JOB_LATE_MAX_USEC (5 * USEC_PER_MINUTE)

typedef enum JobPhase {
        JOB_WARNING,
        JOB_ASKING,
        JOB_TERMINATING,
        JOB_KILLING,
        _JOB_PHASE_MAX,
        _JOB_PHASE_INVALID = -EINVAL,
} JobPhase;

typedef enum JobWarned {
        JOB_WARNED_PENDING,
        JOB_WARNED_DESKTOP,
        JOB_WARNED_TERMINAL,
        JOB_WARNED_NONE,
        _JOB_WARNED_MAX,
        _JOB_WARNED_INVALID = -EINVAL,
} JobWarned;

/* Where a job comes from. Idle and hub-lost jobs are automatic: nobody requested them. */
typedef enum JobOrigin {
        JOB_ORIGIN_CALLER, /* somebody called a method of org.usher1 */
        JOB_ORIGIN_IDLE,
        JOB_ORIGIN_HUB_LOST,
        JOB_ORIGIN_SHUTDOWN, /* a shutdown that was not requested from usherd */
        JOB_ORIGIN_PENDING,  /* a pending action: restart, power-off, mode */
        _JOB_ORIGIN_MAX,
        _JOB_ORIGIN_INVALID = -EINVAL,
} JobOrigin;

/* The reason shown to the user. A caller may give any of them. */
typedef enum JobReason {
        JOB_REASON_REQUESTED,
        JOB_REASON_IDLE,
        JOB_REASON_RESTART,
        JOB_REASON_POWER_OFF,
        JOB_REASON_MODE_SWITCH,
        JOB_REASON_HUB_LOST,
        _JOB_REASON_MAX,
        _JOB_REASON_INVALID = -EINVAL,
} JobReason;

typedef enum JobResult {
        JOB_LIVE, /* no result yet */
        JOB_DONE,
        JOB_LEFT,
        JOB_CANCELLED,
        JOB_FAILED,
        _JOB_RESULT_MAX,
        _JOB_RESULT_INVALID = -EINVAL,
} JobResult;

/* What the last query of logind says about the job's session. */
typedef enum JobSession {
        JOB_SESSION_UNKNOWN, /* logind is away: nothing is known, so nothing is done */
        JOB_SESSION_OPENING,
        JOB_SESSION_OPEN,
        JOB_SESSION_CLOSING,
        JOB_SESSION_GONE, /* or the id belongs to another session now */
} JobSession;

typedef enum JobAction {
        JOB_WAIT,
        JOB_ASK,       /* the desktop is to log out by itself: usher-warn sees the phase and asks it */
        JOB_TERMINATE, /* logind's TerminateSession */
        JOB_KILL,      /* logind's KillSession(all, SIGKILL) */
        JOB_STOP_SCOPE,
        JOB_FINISH, /* the job has its result */
} JobAction;

typedef struct Job {
        uint32_t number;
        SessionIdentity session;
        char *station; /* seat id, "" without a seat */
        char *user;
        uid_t uid;
        char *scope;
        bool graphical;

        JobOrigin origin;
        JobReason reason;
        char *message; /* "" for none */
        uid_t by_uid;
        char *by_user; /* "" if usherd started the job by itself */
        bool shared;   /* somebody else requested it too: the first caller alone cannot cancel it */

        bool block_logins; /* new logins are blocked until it has ended */
        bool awaited;      /* the pending action waits for its end */

        usec_t created;          /* CLOCK_MONOTONIC */
        usec_t grace;            /* as requested; given in full to a session that is still opening */
        usec_t deadline;         /* CLOCK_MONOTONIC: when the phase ends */
        usec_t user_extended;    /* by how much the session's user has postponed the deadline */
        uint32_t time_requested; /* s: what the session's user asks for, 0 if nothing is asked */
        unsigned time_requests;  /* how often they have asked */
        JobPhase phase;
        usec_t given;         /* CLOCK_MONOTONIC: when logind was given the request of this phase; 0: when it
                               * began; USEC_INFINITY: not yet, those of other jobs are before it */
        bool scope_stopped;   /* the last step within JOB_KILLING */
        bool scope_gone;      /* systemd has no scope to stop: nothing of the session is left */
        bool interrupted;     /* logind went away meanwhile: the step is repeated when it is back */
        bool opening;         /* at the last look; the grace begins when that is over */
        usec_t opening_since; /* CLOCK_MONOTONIC: when it was first seen opening, 0 for never */
        bool leaving;         /* the desktop took the request and the session is closing */
        bool nobody_to_ask;   /* usher-warn found no session manager that takes the request */
        JobWarned warned;
        JobResult result;
} Job;

DECLARE_STRING_TABLE(JobPhase, job_phase);
DECLARE_STRING_TABLE(JobWarned, job_warned);
DECLARE_STRING_TABLE(JobOrigin, job_origin);
DECLARE_STRING_TABLE(JobReason, job_reason);
DECLARE_STRING_TABLE(JobResult, job_result);

/* A request to log off a session, before there is a job. */
typedef struct JobRequest {
        JobOrigin origin;
        JobReason reason;
        usec_t grace;
        const char *message; /* "" or NULL for none */
        uid_t by_uid;
        const char *by_user; /* "" or NULL for usherd itself */
        bool block_logins;
        bool awaited;
} JobRequest;

/* Returns -ENOMEM. The caller frees the job with job_done(). */
int job_init(Job *j, uint32_t number, const SessionInfo *session, const JobRequest *request, usec_t now);
void job_done(Job *j);

bool job_origin_is_automatic(JobOrigin origin);

/* Whether nobody has requested it so far: the user's activity or a returned hub cancels it. */
bool job_is_automatic(const Job *j);

/* Whether only this account has asked for it, and so may cancel it. */
bool job_is_owned_by(const Job *j, uid_t uid);

/* Another request for the same session. A request by anybody but the session's own user takes over an
 * automatic job whole: its origin, grace, message and reason replace those of the job. Otherwise the job
 * keeps its origin and the earlier deadline wins, with its message. An automatic request changes nothing.
 * Returns 1 if anything changed, 0 if not, or -ENOMEM. */
int job_join(Job *j, const JobRequest *request, usec_t now);

/* Moves the job along to |now| and returns the next thing to do. Call it when a deadline has passed, when
 * logind said something new and when usher-warn reported. */
JobAction job_step(Job *j, usec_t now, JobSession session, const Config *config);

/* When job_step() must be called again at the latest. */
usec_t job_wakeup(const Job *j, usec_t now, JobSession session);

/* When the user is reminded next of the time that is left, USEC_INFINITY for not again. */
usec_t job_next_reminder(const Job *j, usec_t now, const Config *config);

/* Ends the warning now, as the deadline would. -EALREADY after the warning. */
int job_end_now(Job *j, usec_t now);

/* -EALREADY when the end has begun: what the desktop was asked cannot be taken back. */
int job_cancel(Job *j);

/* Whether usherd comes back so long after the deadline that the job lapses, whatever its phase. */
bool job_is_late(const Job *j, usec_t now);

/* After a restart of usherd or a suspend the user gets at least the minimum grace. Returns whether the
 * deadline moved. */
bool job_ensure_minimum(Job *j, usec_t now, const Config *config);
