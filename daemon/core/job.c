/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Never early: the only ways out of JOB_WARNING that end a session are the deadline and the user's own wish.
 * Never endless: each later phase has a deadline of its own, and the last one ends in JOB_FAILED. */

#include "core/job.h"

/* While a session is being ended, logind is queried again this often: a lost signal must not delay the
 * end. */
#define LOOK_USEC (1 * USEC_PER_SEC)

static const char *const job_phase_table[_JOB_PHASE_MAX] = {
        [JOB_WARNING] = "warning",
        [JOB_ASKING] = "asking",
        [JOB_TERMINATING] = "terminating",
        [JOB_KILLING] = "killing",
};

static const char *const job_warned_table[_JOB_WARNED_MAX] = {
        [JOB_WARNED_PENDING] = "pending",
        [JOB_WARNED_DESKTOP] = "desktop",
        [JOB_WARNED_TERMINAL] = "terminal",
        [JOB_WARNED_NONE] = "none",
};

static const char *const job_reason_table[_JOB_REASON_MAX] = {
        [JOB_REASON_REQUESTED] = "requested",
        [JOB_REASON_IDLE] = "idle",
        [JOB_REASON_RESTART] = "restart",
        [JOB_REASON_POWER_OFF] = "power-off",
        [JOB_REASON_MODE_SWITCH] = "mode-switch",
        [JOB_REASON_HUB_LOST] = "hub-lost",
};

static const char *const job_result_table[_JOB_RESULT_MAX] = {
        [JOB_LIVE] = "",
        [JOB_DONE] = "done",
        [JOB_LEFT] = "left",
        [JOB_CANCELLED] = "cancelled",
        [JOB_FAILED] = "failed",
};

static const char *const job_origin_table[_JOB_ORIGIN_MAX] = {
        [JOB_ORIGIN_CALLER] = "caller",
        [JOB_ORIGIN_IDLE] = "idle",
        [JOB_ORIGIN_HUB_LOST] = "hub-lost",
        [JOB_ORIGIN_SHUTDOWN] = "shutdown",
        [JOB_ORIGIN_PENDING] = "pending",
};

DEFINE_STRING_TABLE(JobPhase, job_phase, job_phase_table, _JOB_PHASE_MAX);
DEFINE_STRING_TABLE(JobWarned, job_warned, job_warned_table, _JOB_WARNED_MAX);
DEFINE_STRING_TABLE(JobOrigin, job_origin, job_origin_table, _JOB_ORIGIN_MAX);
DEFINE_STRING_TABLE(JobReason, job_reason, job_reason_table, _JOB_REASON_MAX);
DEFINE_STRING_TABLE(JobResult, job_result, job_result_table, _JOB_RESULT_MAX);

int job_init(Job *j, uint32_t number, const SessionInfo *session, const JobRequest *request, usec_t now) {
        int r;

        *j = (Job) {
                .number = number,
                .uid = session->uid,
                .graphical = session_is_graphical(session),
                .origin = request->origin,
                .reason = request->reason,
                .block_logins = request->block_logins,
                .awaited = request->awaited,
                .by_uid = request->by_uid,
                .created = now,
                .grace = request->grace,
                .deadline = now + request->grace,
        };

        r = session_identity_init(&j->session, session);
        if (r >= 0)
                r = string_replace(&j->station, strempty(session->seat));
        if (r >= 0)
                r = string_replace(&j->user, strempty(session->user));
        if (r >= 0)
                r = string_replace(&j->scope, strempty(session->scope));
        if (r >= 0)
                r = string_replace(&j->message, strempty(request->message));
        if (r >= 0)
                r = string_replace(&j->by_user, strempty(request->by_user));
        if (r < 0) {
                job_done(j);
                return r;
        }

        return 0;
}

void job_done(Job *j) {
        session_identity_done(&j->session);
        free(j->station);
        free(j->user);
        free(j->scope);
        free(j->message);
        free(j->by_user);
        *j = (Job) {};
}

bool job_origin_is_automatic(JobOrigin origin) {
        return origin == JOB_ORIGIN_IDLE || origin == JOB_ORIGIN_HUB_LOST;
}

bool job_is_automatic(const Job *j) {
        return job_origin_is_automatic(j->origin) && !j->shared;
}

bool job_is_owned_by(const Job *j, uid_t uid) {
        return j->by_uid == uid && !j->shared;
}

/* The administrator promised the user the seconds of the request, not the rest of a countdown that nobody
 * requested. The session's own user could gain time that way, so their requests only join. */
static bool takes_over(const Job *j, const JobRequest *request) {
        return job_origin_is_automatic(j->origin) &&
                        (request->origin != JOB_ORIGIN_CALLER || request->by_uid != j->uid);
}

static int take_over(Job *j, const JobRequest *request, usec_t now) {
        _cleanup_free_ char *message = strdup(strempty(request->message));
        int r;

        if (!message)
                return -ENOMEM;

        r = string_replace(&j->by_user, strempty(request->by_user));
        if (r < 0)
                return r;

        free(j->message);
        j->message = TAKE_PTR(message);
        j->origin = request->origin;
        j->reason = request->reason;
        j->by_uid = request->by_uid;
        j->shared = false;
        j->grace = request->grace;
        j->deadline = now + request->grace;
        j->user_extended = 0;
        j->time_requested = 0;
        j->time_requests = 0;
        return 1;
}

static bool is_by_somebody_else(const Job *j, const JobRequest *request) {
        bool by_person = request->origin == JOB_ORIGIN_CALLER || request->origin == JOB_ORIGIN_PENDING;

        return by_person &&
                        (job_origin_is_automatic(j->origin) || j->by_uid != request->by_uid ||
                                        (request->awaited && !j->awaited));
}

int job_join(Job *j, const JobRequest *request, usec_t now) {
        int r;

        if (job_origin_is_automatic(request->origin))
                return 0;

        if (j->phase == JOB_WARNING && is_by_somebody_else(j, request))
                j->shared = true;
        j->block_logins |= request->block_logins;
        j->awaited |= request->awaited;
        if (j->phase != JOB_WARNING)
                return 0;
        if (takes_over(j, request))
                return take_over(j, request, now);
        if (now + request->grace >= j->deadline)
                return 0;

        if (!isempty(request->message)) {
                r = string_replace(&j->message, request->message);
                if (r < 0)
                        return r;
        }

        j->grace = request->grace;
        j->deadline = now + request->grace;
        return 1;
}

static JobAction enter(Job *j, JobPhase phase, usec_t until, JobAction action) {
        j->phase = phase;
        j->time_requested = 0;
        j->deadline = until;
        return action;
}

static JobAction finish(Job *j, JobResult result) {
        j->result = result;
        return JOB_FINISH;
}

static JobAction begin_end(Job *j, usec_t now, JobSession session, const Config *config) {
        /* TerminateSession does nothing to a session that is closing already. */
        if (session == JOB_SESSION_CLOSING)
                return enter(j, JOB_KILLING, now + config->kill_usec, JOB_KILL);

        if (j->graphical && !j->nobody_to_ask && config->ask_usec > 0)
                return enter(j, JOB_ASKING, now + config->ask_usec, JOB_ASK);

        return enter(j, JOB_TERMINATING, now + config->terminate_usec, JOB_TERMINATE);
}

static JobAction step_warning(Job *j, usec_t now, JobSession session, const Config *config) {
        bool opening;

        if (session == JOB_SESSION_OPENING && j->opening_since == 0)
                j->opening_since = now;

        opening = session == JOB_SESSION_OPENING && now < j->opening_since + JOB_OPENING_MAX_USEC;
        if (opening || j->opening) {
                /* Nobody can read a warning on a desktop that is not there yet. */
                j->opening = opening;
                j->deadline = now + j->grace;
        }

        return j->opening || now < j->deadline ? JOB_WAIT : begin_end(j, now, session, config);
}

static JobAction step_asking(Job *j, usec_t now, JobSession session, const Config *config) {
        /* The desktop is logging out: it gets the time of an orderly end, and TerminateSession would do
         * nothing. */
        if (session == JOB_SESSION_CLOSING && !j->leaving) {
                j->leaving = true;
                return enter(j, JOB_ASKING, now + config->terminate_usec, JOB_WAIT);
        }
        if (now < j->deadline && !(j->nobody_to_ask && !j->leaving))
                return JOB_WAIT;
        if (session == JOB_SESSION_CLOSING)
                return enter(j, JOB_KILLING, now + config->kill_usec, JOB_KILL);

        return enter(j, JOB_TERMINATING, now + config->terminate_usec, JOB_TERMINATE);
}

/* A phase lasts its whole time from when logind has the request: among the ends of a class that may be later
 * than its beginning. */
static bool has_time(Job *j, usec_t now, usec_t span) {
        usec_t from = MIN_OF(j->given, now);

        if (now < j->deadline)
                return true;
        if (from + span <= now)
                return false;

        j->deadline = from + span;
        return true;
}

static JobAction step_killing(Job *j, usec_t now, const Config *config) {
        if (has_time(j, now, config->kill_usec))
                return JOB_WAIT;
        /* logind 252 lists a session for ever that was closing when logind restarted. */
        if (j->scope_stopped)
                return finish(j, j->scope_gone ? JOB_DONE : JOB_FAILED);

        j->scope_stopped = true;
        return enter(j, JOB_KILLING, now + config->kill_usec, JOB_STOP_SCOPE);
}

JobAction job_step(Job *j, usec_t now, JobSession session, const Config *config) {
        if (j->result != JOB_LIVE)
                return JOB_FINISH;

        if (session == JOB_SESSION_UNKNOWN) {
                j->interrupted = true;
                return JOB_WAIT;
        }

        if (session == JOB_SESSION_GONE)
                return finish(j, j->phase == JOB_WARNING ? JOB_LEFT : JOB_DONE);

        if (j->interrupted) {
                j->interrupted = false;
                if (j->phase == JOB_TERMINATING)
                        return enter(j, JOB_TERMINATING, now + config->terminate_usec, JOB_TERMINATE);
                if (j->phase == JOB_KILLING && !j->scope_stopped)
                        return enter(j, JOB_KILLING, now + config->kill_usec, JOB_KILL);
        }

        switch (j->phase) {
        case JOB_WARNING:
                return step_warning(j, now, session, config);
        case JOB_ASKING:
                return step_asking(j, now, session, config);
        case JOB_TERMINATING:
                return has_time(j, now, config->terminate_usec) ?
                                JOB_WAIT :
                                enter(j, JOB_KILLING, now + config->kill_usec, JOB_KILL);
        default:
                return step_killing(j, now, config);
        }
}

usec_t job_wakeup(const Job *j, usec_t now, JobSession session) {
        if (j->result != JOB_LIVE)
                return now;

        /* Ends with logind's answer when it is back, not by time. */
        if (session == JOB_SESSION_UNKNOWN)
                return USEC_INFINITY;

        if (j->phase == JOB_WARNING && session != JOB_SESSION_OPENING)
                return j->deadline;

        return MIN_OF(j->deadline, now + LOOK_USEC);
}

usec_t job_next_reminder(const Job *j, usec_t now, const Config *config) {
        usec_t next = USEC_INFINITY;

        for (size_t i = 0; i < config->n_remind; i++)
                if (j->deadline > now && j->deadline - now > config->remind_usec[i])
                        next = MIN_OF(next, j->deadline - config->remind_usec[i]);

        return next;
}

int job_end_now(Job *j, usec_t now) {
        if (j->phase != JOB_WARNING)
                return -EALREADY;

        j->grace = 0;
        j->deadline = now;
        return 0;
}

int job_cancel(Job *j) {
        if (j->phase != JOB_WARNING)
                return -EALREADY;

        j->result = JOB_CANCELLED;
        return 0;
}

bool job_is_late(const Job *j, usec_t now) {
        return now > j->deadline && now - j->deadline > JOB_LATE_MAX_USEC;
}

bool job_ensure_minimum(Job *j, usec_t now, const Config *config) {
        if (j->phase != JOB_WARNING || j->deadline >= now + config->minimum_grace_usec)
                return false;

        j->deadline = now + config->minimum_grace_usec;
        return true;
}
