/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* logind says whether a session is idle: a desktop sets the hint, and for a terminal logind looks when
 * something was last typed. It sends no signal for the latter, so sessions on terminals are queried now and
 * then.
 *
 * There is one timer and at most one call. While a session is idle, and right before a log-off begins,
 * logind is asked each minute who holds an idle inhibitor; that resets the clocks of these users' sessions.
 */

#include <search.h>

#include "common/log.h"
#include "common/timespan.h"
#include "core/jobs.h"
#include "feature/idle-clock.h"
#include "feature/idle.h"
#include "peer/logind-request.h"

/* How often terminals are queried, and inhibitors listed. */
#define LOOK_USEC USEC_PER_MINUTE

/* How soon a key that is pressed on a terminal cancels its log-off. */
#define LOOK_WARNED_USEC (2 * USEC_PER_SEC)

/* The pause between two lists of inhibitors, also when logind does not answer. */
#define PAUSE_USEC USEC_PER_SEC

typedef struct IdleSession {
        Session *session;
        IdleClock clock;
        TAILQ_ENTRY(IdleSession) sessions;
} IdleSession;

typedef struct Idle {
        Manager *manager;
        TAILQ_HEAD(, IdleSession) sessions;
        void *by_session; /* tsearch(3) */
        sd_event_source *timer;
        AsyncCall *inhibitors_call;
        usec_t asked; /* CLOCK_MONOTONIC: when the inhibitors were last listed, 0 for never */
} Idle;

static int compare_session(const void *a, const void *b) {
        uintptr_t x = (uintptr_t) ((const IdleSession *) a)->session;
        uintptr_t y = (uintptr_t) ((const IdleSession *) b)->session;

        return x < y ? -1 : x > y;
}

static IdleSession *find_session(Idle *i, Session *session) {
        void **node = tfind(&(IdleSession) { .session = session }, &i->by_session, compare_session);

        return node ? *node : NULL;
}

/* Refreshes the limit, which depends on the configuration and the label. */
static const IdleClock *clock_of(Idle *i, IdleSession *s) {
        const char *seat = s->session->info->seat;
        const Station *station = manager_find_station(i->manager, seat);

        s->clock.limit = config_idle_log_off(&i->manager->config, seat, station ? station->label : "");
        return &s->clock;
}

/* Whether signs of life cancel it: nobody has asked for it since Usher began it. */
static bool is_cancellable(const JobRunner *j) {
        return job_is_automatic(&j->job) && j->job.origin == JOB_ORIGIN_IDLE && j->job.phase == JOB_WARNING;
}

/* Returns whether there are log-offs that signs of life would cancel. */
static bool cancel_returned(Idle *i) {
        JobRunner *j, *next;
        bool any = false;

        for (j = TAILQ_FIRST(&i->manager->jobs); j; j = next) {
                const Session *s = is_cancellable(j) ? job_runner_session(j) : NULL;

                next = TAILQ_NEXT(j, jobs);
                any = any || s;
                if (!s || s->info->idle)
                        continue;

                log_info("Session '%s' is in use again, cancelling its log-off.", s->info->id);
                (void) job_runner_cancel(j);
        }

        return any;
}

static void log_off(Idle *i, Session *session, usec_t limit) {
        _cleanup_free_ char *span = timespan_format(limit);
        int r;

        r = jobs_start(i->manager, &session, 1,
                        &(JobRequest) {
                                        .origin = JOB_ORIGIN_IDLE,
                                        .reason = JOB_REASON_IDLE,
                                        .grace = i->manager->config.grace_usec,
                        },
                        NULL, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to log off the idle session '%s': %m", session->info->id);
        else
                log_info("Session '%s' has not been used for %s, warning its user.", session->info->id,
                                strempty(span));
}

static void log_off_due(Idle *i, usec_t now) {
        IdleSession *s;

        TAILQ_FOREACH(s, &i->sessions, sessions) {
                const IdleClock *c = clock_of(i, s);

                if (idle_due(s->session->info, c) <= now && !jobs_find(i->manager, s->session))
                        log_off(i, s->session, c->limit);
        }
}

static void check(Idle *i);

static void on_inhibitors(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ uid_t *uids = NULL;
        Idle *i = userdata;
        usec_t now = now_monotonic();
        IdleSession *s;
        size_t n;
        int r;

        r = logind_read_idle_inhibitors(reply, &uids, &n);
        if (r < 0) {
                /* A user may be watching a film, so no log-off begins without an answer. */
                log_debug_errno(r, "Failed to list idle inhibitors, trying again: %m");
                check(i);
                return;
        }

        TAILQ_FOREACH(s, &i->sessions, sessions)
                for (size_t k = 0; k < n; k++)
                        if (s->session->info->uid == uids[k])
                                s->clock.inhibited = now;

        log_off_due(i, now);
        check(i);
}

static void list_inhibitors(Idle *i) {
        int r;

        if (i->inhibitors_call)
                return;

        i->asked = now_monotonic();
        r = logind_list_inhibitors(i->manager->logind, &i->inhibitors_call, on_inhibitors, i);
        if (r < 0)
                log_warning_errno(r, "Failed to list idle inhibitors: %m");
}

/* When a session is looked at next. */
static usec_t next_look(Idle *i, IdleSession *s, usec_t now) {
        const SessionInfo *info = s->session->info;
        const JobRunner *j = jobs_find(i->manager, s->session);
        bool terminal = !session_is_graphical(info);
        const IdleClock *c;
        usec_t due;

        if (j)
                return terminal && is_cancellable(j) ? now + LOOK_WARNED_USEC : USEC_INFINITY;

        c = clock_of(i, s);
        due = idle_due(info, c);
        if (due != USEC_INFINITY)
                return MIN_OF(MAX_OF(due, i->asked + PAUSE_USEC), now + LOOK_USEC);

        return terminal && c->limit > 0 && idle_concerns(info) ? now + LOOK_USEC : USEC_INFINITY;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        Idle *i = userdata;
        bool waiting = false;
        IdleSession *s;

        TAILQ_FOREACH(s, &i->sessions, sessions) {
                const SessionInfo *info = s->session->info;

                if (idle_due(info, clock_of(i, s)) != USEC_INFINITY && !jobs_find(i->manager, s->session))
                        waiting = true;
                if (!session_is_graphical(info) && next_look(i, s, 0) != USEC_INFINITY)
                        logind_look_session(i->manager->logind, info->id);
        }

        if (waiting)
                list_inhibitors(i);
        check(i);
        return 0;
}

static int arm(Idle *i, usec_t when) {
        int r;

        if (when == USEC_INFINITY)
                return sd_event_source_set_enabled(i->timer, SD_EVENT_OFF);

        r = sd_event_source_set_time(i->timer, when);
        return r < 0 ? r : sd_event_source_set_enabled(i->timer, SD_EVENT_ONESHOT);
}

/* This runs after every change of anything, which must not put off a look that is due in a while. */
static usec_t keep_armed(Idle *i, usec_t next, usec_t now) {
        uint64_t armed;
        int enabled;

        if (next == USEC_INFINITY || next <= now || sd_event_source_get_enabled(i->timer, &enabled) < 0 ||
                        enabled == SD_EVENT_OFF || sd_event_source_get_time(i->timer, &armed) < 0 ||
                        armed <= now)
                return next;

        return MIN_OF(next, armed);
}

static void check(Idle *i) {
        usec_t now = now_monotonic(), next = USEC_INFINITY;
        IdleSession *s;
        bool any;
        int r;

        /* What logind said last may be out of date. */
        if (i->manager->logind_lost || !i->manager->logind_synced) {
                (void) arm(i, USEC_INFINITY);
                return;
        }

        /* A log-off that began before the setting was changed is still cancelled. */
        any = cancel_returned(i);
        if (any || config_has_idle_log_off(&i->manager->config))
                TAILQ_FOREACH(s, &i->sessions, sessions)
                        next = MIN_OF(next, next_look(i, s, now));

        r = arm(i, keep_armed(i, next, now));
        if (r < 0)
                log_error_errno(r, "Failed to set the timer for idle sessions: %m");
}

static void idle_notified(void *state) {
        check(state);
}

static void idle_session_new(void *state, Session *session) {
        Idle *i = state;
        IdleSession *s = find_session(i, session);

        if (s) {
                s->clock = (IdleClock) {};
                return;
        }

        s = malloc(sizeof(*s));
        if (!s) {
                log_oom();
                return;
        }
        *s = (IdleSession) { .session = session };
        if (!tsearch(s, &i->by_session, compare_session)) {
                free(s);
                log_oom();
                return;
        }
        TAILQ_INSERT_TAIL(&i->sessions, s, sessions);
}

static void session_done(Idle *i, IdleSession *s) {
        TAILQ_REMOVE(&i->sessions, s, sessions);
        (void) tdelete(s, &i->by_session, compare_session);
        free(s);
}

static void idle_session_gone(void *state, Session *session) {
        IdleSession *s = find_session(state, session);

        if (s)
                session_done(state, s);
}

/* The log-off was cancelled, or failed: the session must be idle for the limit again. */
static void idle_job_ended(void *state, const Job *j) {
        Idle *i = state;
        IdleSession *s;

        if (j->result != JOB_CANCELLED && j->result != JOB_FAILED)
                return;

        TAILQ_FOREACH(s, &i->sessions, sessions)
                if (session_identity_matches(&j->session, s->session->info))
                        s->clock.idle_reset = now_monotonic();
}

static void idle_free(void *state) {
        Idle *i = state;
        IdleSession *s;

        while ((s = TAILQ_FIRST(&i->sessions)))
                session_done(i, s);
        async_call_free(i->inhibitors_call);
        sd_event_source_disable_unref(i->timer);
        free(i);
}

static int idle_new(Manager *m, void **ret) {
        Idle *i;
        int r;

        i = malloc(sizeof(*i));
        if (!i)
                return -ENOMEM;
        *i = (Idle) { .manager = m, .sessions = TAILQ_HEAD_INITIALIZER(i->sessions) };

        r = sd_event_add_time(
                        m->event, &i->timer, CLOCK_MONOTONIC, USEC_INFINITY, USEC_PER_MSEC, on_timer, i);
        if (r < 0) {
                idle_free(i);
                return r;
        }

        *ret = i;
        return 0;
}

const Feature idle_feature = {
        .name = "idle",
        .new = idle_new,
        .free = idle_free,
        .session_new = idle_session_new,
        .session_gone = idle_session_gone,
        .job_ended = idle_job_ended,
        .notified = idle_notified,
};
