/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One log-off as a state machine: time and what logind says go in, the next thing to do comes out. It knows
 * no clock and no bus; the runner in core/job-runner.c does what it answers. */

#include "core/config.h"
#include "peer/session-info.h"

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

typedef enum JobReason {
        JOB_REASON_REQUESTED,
        JOB_REASON_IDLE,
        JOB_REASON_RESTART,
        JOB_REASON_POWER_OFF,
        JOB_REASON_MODE_SWITCH,
        _JOB_REASON_MAX,
        _JOB_REASON_INVALID = -EINVAL,
} JobReason;

typedef enum JobResult {
        JOB_LIVE, /* no result so far */
        JOB_DONE,
        JOB_LEFT,
        JOB_CANCELLED,
        JOB_FAILED,
        _JOB_RESULT_MAX,
        _JOB_RESULT_INVALID = -EINVAL,
} JobResult;

/* What comes when all jobs of a request have ended: they are one plan, of which there is one at a time. */
typedef enum PendingKind {
        PENDING_NONE,
        PENDING_RESTART,
        PENDING_POWER_OFF,
        PENDING_CONSOLE, /* the mode */
        PENDING_STATION,
        _PLAN_KIND_MAX,
        _PLAN_KIND_INVALID = -EINVAL,
} PendingKind;

/* What a fresh look at logind says of the job's session. */
typedef enum JobSession {
        JOB_SESSION_UNKNOWN, /* logind is away: nothing can be said, so nothing is done */
        JOB_SESSION_OPENING,
        JOB_SESSION_OPEN,
        JOB_SESSION_CLOSING,
        JOB_SESSION_GONE, /* or the id is another session's now */
} JobSession;

typedef enum JobAction {
        JOB_WAIT,
        JOB_ASK,       /* the desktop is to log out by itself: the phase says so to usher-warn */
        JOB_TERMINATE, /* logind's TerminateSession */
        JOB_KILL,      /* logind's KillSession(all, SIGKILL) */
        JOB_STOP_SCOPE,
        JOB_FINISH, /* the result stands in the job */
} JobAction;

typedef struct Job {
        uint32_t number;
        SessionIdentity session;
        char *station; /* seat id, "" without a seat */
        char *user;
        uid_t uid;
        char *scope;
        bool graphical;
        bool block_logins; /* newcomers are kept out until it has ended */
        PendingKind pending;
        char *lost_hubs; /* the station hubs for whose loss alone it was begun, with spaces between; "" for
                            none */

        JobReason reason;
        char *message;
        uid_t by_uid;
        char *by_user;

        usec_t created;  /* CLOCK_MONOTONIC */
        usec_t grace;    /* what was asked for; given in full to a session that is still opening */
        usec_t deadline; /* CLOCK_MONOTONIC: when the phase ends */
        JobPhase phase;
        bool scope_stopped; /* the last step within JOB_KILLING */
        bool interrupted;   /* logind went away in the middle: the step is done again when it is back */
        bool opening;       /* when it was looked at last; its grace begins when that is over */
        bool leaving;       /* the desktop took the request and the session is closing */
        bool nobody_to_ask; /* usher-warn: no session manager took the request */
        bool shared; /* somebody else asked for it as well: it is not the first one's alone to call off */
        JobWarned warned;
        JobResult result;
} Job;

DECLARE_STRING_TABLE(JobPhase, job_phase);
DECLARE_STRING_TABLE(JobWarned, job_warned);
DECLARE_STRING_TABLE(JobReason, job_reason);
DECLARE_STRING_TABLE(JobResult, job_result);
DECLARE_STRING_TABLE(PendingKind, pending_kind);

/* A request as it was asked for, before there is a job. */
typedef struct JobRequest {
        usec_t grace;
        JobReason reason;
        const char *message; /* "" for none */
        uid_t by_uid;
        const char *by_user;
        bool block_logins;
        PendingKind pending;
        const char *lost_hubs;
} JobRequest;

int job_init(Job *j, uint32_t number, const SessionInfo *session, const JobRequest *request, usec_t now);
void job_done(Job *j);

/* Whether Usher began it by itself, for a session that nobody used: no account stands behind it. */
bool job_is_automatic(const Job *j);

/* A second request for the same session: the earlier deadline wins, and with it its words. Who asks for what
 * began automatically has it for their own from then on. Returns whether anything changed, or -ENOMEM. */
int job_join(Job *j, const JobRequest *request, usec_t now);

/* Whether it is this account's alone: who asked for it may call it off, unless somebody else did too. */
bool job_is_owned_by(const Job *j, uid_t uid);

/* The next thing to do at |now|; the phase, deadline and result of the job are moved along. Call it when a
 * deadline has passed, when logind said something new and when usher-warn reported. */
JobAction job_step(Job *j, usec_t now, JobSession session, const Config *config);

/* When job_step() must be called again at the latest. */
usec_t job_wakeup(const Job *j, usec_t now, JobSession session);

/* Ends the warning now; what follows is what would follow the deadline. -EALREADY after the warning. */
int job_end_now(Job *j, usec_t now);

/* -EALREADY when the end has begun: what was asked of the desktop cannot be taken back. */
int job_cancel(Job *j);

/* -EALREADY after the warning, -ERANGE past config->maximum_grace_usec from the start; nothing changes then.
 */
int job_extend(Job *j, usec_t by, const Config *config);

/* After a restart of usherd or a suspend: the user gets at least the minimum grace, and is warned again.
 * Returns whether the deadline moved. */
bool job_ensure_minimum(Job *j, usec_t now, const Config *config);
