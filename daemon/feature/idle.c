/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What idle means is logind's to say: a desktop sets the hint, and for a terminal logind looks when
 * something was last typed. The latter comes without a signal, so sessions on terminals are looked at now
 * and then.
 *
 * One timer and at most one question. The question who holds an idle inhibitor is asked each minute while
 * somebody is idle, and right before a log-off begins; what it finds sets that user's clocks back. */

#include "common/log.h"
#include "common/timespan.h"
#include "core/job-runner.h"
#include "feature/idle.h"
#include "peer/logind-idle.h"

/* How often to look at terminals, and for inhibitors. */
#define LOOK_USEC USEC_PER_MINUTE

/* How soon a key that is pressed on a terminal calls its log-off off. */
#define LOOK_WARNED_USEC (2 * USEC_PER_SEC)

/* Between two questions, also when logind does not answer them. */
#define PAUSE_USEC USEC_PER_SEC

struct IdleWatch {
        Manager *manager;
        sd_event_source *timer;
        LogindIdle *question;
        usec_t asked; /* CLOCK_MONOTONIC, 0 before the first */
};

/* Usher began it by itself, and nobody has asked for it since. */
static bool is_ours(const JobRunner *l) {
        return job_is_automatic(&l->job);
}

static IdleClock clock_of(IdleWatch *w, const Session *s) {
        Station *station = manager_find_station_by_session(w->manager, s->info);

        return (IdleClock) {
                .limit = config_idle_log_off(
                                &w->manager->config, s->info->seat, station ? station->label : ""),
                .inhibited = s->inhibited,
                .idle_reset = s->idle_reset,
        };
}

static bool is_in_use(const JobRunner *l, const SessionInfo *f) {
        return is_ours(l) && l->job.phase == JOB_WARNING && !f->idle;
}

/* Those who are back. The job is freed by its cancellation. */
static void cancel_returned(IdleWatch *w) {
        Session *s;

        TAILQ_FOREACH(s, &w->manager->sessions, sessions) {
                JobRunner *l = manager_find_job_of(w->manager, s->info);

                if (!l || !is_in_use(l, s->info))
                        continue;

                log_info("Session '%s' is in use again, its log-off is called off.", s->info->id);
                (void) job_runner_cancel(l);
        }
}

static int begin(IdleWatch *w, const SessionInfo *f, usec_t limit) {
        _cleanup_free_ char *span = timespan_format(limit);
        JobRunner *l;
        int r;

        r = job_runner_begin(w->manager, f,
                        &(JobRequest) {
                                        .grace = w->manager->config.grace_usec,
                                        .reason = JOB_REASON_IDLE,
                                        .message = "",
                                        .by_user = "",
                        },
                        &l);
        if (r < 0)
                return r;

        log_info("Session '%s' has not been used for %s, warning its user.", f->id, strempty(span));
        manager_store_jobs(w->manager);
        return 0;
}

static void begin_due(IdleWatch *w, usec_t now) {
        Session *s;

        TAILQ_FOREACH(s, &w->manager->sessions, sessions) {
                IdleClock c = clock_of(w, s);
                int r;

                if (idle_due(s->info, &c) > now || manager_find_job_of(w->manager, s->info))
                        continue;

                r = begin(w, s->info, c.limit);
                if (r < 0)
                        log_warning_errno(r, "Failed to log off the idle session '%s': %m", s->info->id);
        }
}

static void on_inhibitors(int r, const uid_t *uids, size_t n_uids, void *userdata) {
        IdleWatch *w = userdata;
        usec_t now = now_monotonic();
        Session *s;

        if (r < 0) {
                /* Somebody may watch a film: nothing is begun on a guess. */
                log_debug_errno(r, "Failed to ask for idle inhibitors, asking again: %m");
                idle_watch_check(w);
                return;
        }

        TAILQ_FOREACH(s, &w->manager->sessions, sessions)
                for (size_t i = 0; i < n_uids; i++)
                        if (s->info->uid == uids[i])
                                s->inhibited = now;

        begin_due(w, now);
        idle_watch_check(w);
}

static void ask(IdleWatch *w, usec_t now) {
        int r;

        if (w->question)
                return;

        w->asked = now;
        r = logind_list_idle(w->manager->logind, &w->question, on_inhibitors, w);
        if (r < 0)
                log_warning_errno(r, "Failed to ask for idle inhibitors: %m");
}

/* When a session is to be looked at next. */
static usec_t next_look(IdleWatch *w, const Session *s, usec_t now) {
        JobRunner *l = manager_find_job_of(w->manager, s->info);
        bool terminal = !session_is_graphical(s->info);
        IdleClock c;
        usec_t due;

        if (l)
                return terminal && is_ours(l) && l->job.phase == JOB_WARNING ? now + LOOK_WARNED_USEC :
                                                                               USEC_INFINITY;

        c = clock_of(w, s);
        due = idle_due(s->info, &c);
        if (due != USEC_INFINITY)
                return MIN_OF(MAX_OF(due, w->asked + PAUSE_USEC), now + LOOK_USEC);

        return terminal && c.limit > 0 && idle_concerns(s->info) ? now + LOOK_USEC : USEC_INFINITY;
}

static bool is_waiting(IdleWatch *w, const Session *s) {
        IdleClock c = clock_of(w, s);

        return idle_due(s->info, &c) != USEC_INFINITY && !manager_find_job_of(w->manager, s->info);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        IdleWatch *w = userdata;
        bool waiting = false;
        Session *s;

        TAILQ_FOREACH(s, &w->manager->sessions, sessions) {
                waiting = waiting || is_waiting(w, s);
                if (!session_is_graphical(s->info) && next_look(w, s, 0) != USEC_INFINITY)
                        logind_look_session(w->manager->logind, s->info->id);
        }

        if (waiting)
                ask(w, now_monotonic());
        idle_watch_check(w);
        return 0;
}

static int arm(IdleWatch *w, usec_t when) {
        int r;

        if (when == USEC_INFINITY)
                return sd_event_source_set_enabled(w->timer, SD_EVENT_OFF);

        r = sd_event_source_set_time(w->timer, when);
        return r < 0 ? r : sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT);
}

void idle_watch_check(IdleWatch *w) {
        usec_t now = now_monotonic(), next = USEC_INFINITY;
        Session *s;
        int r;

        /* What logind said last may not be so any more. */
        if (w->manager->logind_lost || !w->manager->logind_synced) {
                (void) arm(w, USEC_INFINITY);
                return;
        }

        cancel_returned(w);

        TAILQ_FOREACH(s, &w->manager->sessions, sessions)
                next = MIN_OF(next, next_look(w, s, now));

        /* Each change of anything comes by here: what is to be looked at in a while must not be put off by
         * that. */
        if (next != USEC_INFINITY && next > now) {
                uint64_t armed;
                int enabled;

                if (sd_event_source_get_enabled(w->timer, &enabled) >= 0 && enabled != SD_EVENT_OFF &&
                                sd_event_source_get_time(w->timer, &armed) >= 0 && armed > now)
                        next = MIN_OF(next, armed);
        }

        r = arm(w, next);
        if (r < 0)
                log_error_errno(r, "Failed to set the timer for idle sessions: %m");
}

int idle_watch_new(IdleWatch **ret, Manager *m) {
        IdleWatch *w;
        int r;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (IdleWatch) { .manager = m };

        r = sd_event_add_time(
                        m->event, &w->timer, CLOCK_MONOTONIC, USEC_INFINITY, USEC_PER_MSEC, on_timer, w);
        if (r < 0) {
                idle_watch_free(w);
                return r;
        }

        *ret = w;
        return 0;
}

IdleWatch *idle_watch_free(IdleWatch *w) {
        if (!w)
                return NULL;

        logind_idle_free(w->question);
        sd_event_source_disable_unref(w->timer);
        free(w);
        return NULL;
}
