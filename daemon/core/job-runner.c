/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/timespan.h"
#include "core/job-runner.h"
#include "core/journal.h"
#include "feature/login-screen.h"
#include "feature/pending.h"
#include "feature/shutdown.h"

/* usher-warn tells how the user was reached within this time of the job, or nobody was reached: it gives a
 * notification server two seconds, and the rest is for a busy machine to start it. */
#define WARNED_USEC (10 * USEC_PER_SEC)

/* logind says nothing when a session whose processes stay on begins to close: it is asked this long before
 * the end, which goes another way for such a session. */
#define LOOK_AHEAD_USEC (USEC_PER_SEC / 2)

static void changed(JobRunner *l, unsigned mask) {
        Manager *m = l->manager;

        if (mask == 0)
                return;

        m->store_dirty = true;
        m->events->job_changed(l, mask, m->userdata);
        manager_changed(m, 0);
}

const SessionInfo *job_runner_session(JobRunner *l) {
        const SessionInfo *f = manager_find_session(l->manager, l->job.session.id);

        return f && session_identity_matches(&l->job.session, f) ? f : NULL;
}

static JobSession look(JobRunner *l) {
        const SessionInfo *f = job_runner_session(l);

        if (l->manager->logind_lost || (l->restored && !l->manager->serving))
                return JOB_SESSION_UNKNOWN;
        if (!f)
                return JOB_SESSION_GONE;
        if (session_is_closing(f))
                return JOB_SESSION_CLOSING;

        return session_is_opening(f) ? JOB_SESSION_OPENING : JOB_SESSION_OPEN;
}

/* Nobody is to log in at a machine that goes down, or at a seat that goes. */
static bool leaves_a_login_screen(const JobRunner *l) {
        const Job *j = &l->job;

        return (j->result == JOB_DONE || j->result == JOB_LEFT) && j->graphical && !isempty(j->station) &&
                        j->pending == PENDING_NONE && !shutdown_is_under_way(l->manager);
}

static void finish(JobRunner *l) {
        Manager *m = l->manager;
        const Job *j = &l->job;
        Session *entry;

        /* Whoever was idle_reset is idle only from now on. */
        entry = manager_find_session_entry(m, j->session.id);
        if (j->result == JOB_CANCELLED && entry)
                entry->idle_reset = now_monotonic();

        journal_job_ended(l);
        m->store_dirty = true;
        m->events->job_removed(l, m->userdata);
        TAILQ_REMOVE(&m->jobs, l, jobs);

        manager_changed(m, MANAGER_CHANGED_JOBS);
        manager_station_changed(m, j->station, STATION_CHANGED_JOBS);
        pending_job_ended(m, j);
        shutdown_job_ended(m);
        if (leaves_a_login_screen(l))
                login_screen_expect(m, j->station, j->number);

        l->manager = NULL;
        job_runner_free(l);
}

JobRunner *job_runner_free(JobRunner *l) {
        if (!l)
                return NULL;

        if (l->manager)
                TAILQ_REMOVE(&l->manager->jobs, l, jobs);
        sd_event_source_disable_unref(l->timer);
        logind_end_free(l->end);
        units_call_free(l->survivors_call);
        job_done(&l->job);
        free(l->survivors);
        free(l->blockers);
        free(l);
        return NULL;
}

static void on_ended(int r, void *userdata) {
        JobRunner *l = userdata;

        /* Whatever it answered, only a look at logind says whether the session is gone. */
        if (r < 0 && r != -ESRCH)
                log_warning_errno(r, "Ending session '%s' failed, going on: %m", l->job.session.id);

        logind_look_session(l->manager->logind, l->job.session.id);
}

static void end_session(JobRunner *l, LogindEndHow how) {
        const SessionInfo *f = job_runner_session(l);
        int r;

        l->end = logind_end_free(l->end);
        if (!f)
                return;

        r = logind_end_session(l->manager->logind, &l->end, f, how, on_ended, l);
        if (r < 0)
                log_error_errno(r, "Failed to end session '%s', going on: %m", l->job.session.id);
}

static void on_survivors(const char *names, void *userdata) {
        JobRunner *l = userdata;

        if (string_replace(&l->survivors, names) < 0)
                log_oom();
}

static void stop_scope(JobRunner *l) {
        int r;

        if (isempty(l->job.scope))
                return;

        units_call_free(l->survivors_call);
        r = units_list_survivors(l->manager->units, &l->survivors_call, l->job.scope, on_survivors, l);
        if (r < 0)
                log_warning_errno(r, "Failed to ask what runs in '%s': %m", l->job.scope);

        units_stop_scope(l->manager->units, l->job.scope);
}

static void perform(JobRunner *l, JobAction action) {
        switch (action) {
        case JOB_ASK:
                /* usher-warn sees the phase and asks; it must be there for that. */
                l->warn_again = 0;
                break;
        case JOB_TERMINATE:
                /* While the machine goes down logind would have systemd stop the scope, and systemd waits
                 * with that until the hook has ended, which waits for us. */
                end_session(l, shutdown_is_under_way(l->manager) ? LOGIND_SIGNAL : LOGIND_TERMINATE);
                break;
        case JOB_KILL:
                end_session(l, LOGIND_KILL);
                break;
        case JOB_STOP_SCOPE:
                stop_scope(l);
                break;
        default:
                break;
        }
}

/* The next reminder time that lies ahead, or the time by which usher-warn must have told how it reached the
 * user. */
static usec_t next_warning(JobRunner *l, usec_t now) {
        const Config *c = &l->manager->config;
        usec_t next = USEC_INFINITY;

        for (size_t i = 0; i < c->n_remind; i++) {
                usec_t t = l->job.deadline > c->remind_usec[i] ? l->job.deadline - c->remind_usec[i] : 0;

                if (t > now)
                        next = MIN_OF(next, t);
        }

        if (l->job.warned == JOB_WARNED_PENDING && l->warn_since + WARNED_USEC > now)
                next = MIN_OF(next, l->warn_since + WARNED_USEC);

        return next;
}

/* usher-warn is started with the job and again at each reminder: where it runs already nothing happens, and
 * where it was killed it is back. */
static void warn(JobRunner *l, usec_t now) {
        if (now < l->warn_again)
                return;

        if (l->job.warned == JOB_WARNED_PENDING && now >= l->warn_since + WARNED_USEC)
                job_runner_set_warned(l, JOB_WARNED_NONE);

        units_start_warn(l->manager->units, l->job.uid);
        l->warn_again = next_warning(l, now);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *userdata) {
        JobRunner *l = userdata;

        /* While the end is on its way a lost signal must not hold it up. */
        if (l->job.phase != JOB_WARNING || now_monotonic() + LOOK_AHEAD_USEC >= l->job.deadline)
                logind_look_session(l->manager->logind, l->job.session.id);

        job_runner_advance(l);
        return 0;
}

static int arm(JobRunner *l, usec_t when) {
        int r;

        if (!l->timer)
                return sd_event_add_time(l->manager->event, &l->timer, CLOCK_MONOTONIC, when, USEC_PER_MSEC,
                                on_timer, l);

        r = sd_event_source_set_time(l->timer, when);
        if (r < 0)
                return r;

        return sd_event_source_set_enabled(l->timer, SD_EVENT_ONESHOT);
}

void job_runner_advance(JobRunner *l) {
        Job *j = &l->job;
        JobPhase phase = j->phase;
        usec_t deadline = j->deadline, now = now_monotonic(), when;
        JobSession session = look(l);
        JobAction action;
        unsigned mask = 0;
        int r;

        if (session == JOB_SESSION_OPENING || j->opening)
                l->readable_since = now;
        action = job_step(j, now, session, &l->manager->config);
        if (session != JOB_SESSION_UNKNOWN)
                l->restored = false;

        if (j->phase != phase)
                mask |= JOB_CHANGED_PHASE;
        if (l->phase_began[j->phase] == 0)
                l->phase_began[j->phase] = now;
        if (j->deadline != deadline)
                mask |= JOB_CHANGED_DEADLINE;
        if (action == JOB_FINISH)
                mask |= JOB_CHANGED_RESULT;
        changed(l, mask);

        if (action == JOB_FINISH) {
                finish(l);
                return;
        }

        perform(l, action);

        when = job_wakeup(j, now, session);
        if (j->phase == JOB_WARNING && j->deadline > now + LOOK_AHEAD_USEC)
                when = MIN_OF(when, j->deadline - LOOK_AHEAD_USEC);
        if (j->phase == JOB_WARNING || j->phase == JOB_ASKING) {
                warn(l, now);
                when = MIN_OF(when, l->warn_again);
        }
        r = arm(l, when);
        if (r < 0)
                log_error_errno(r, "Failed to set the timer of job %" PRIu32 ": %m", j->number);
}

static int job_runner_new(JobRunner **ret, Manager *m) {
        JobRunner *l;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;
        *l = (JobRunner) { .manager = m };

        TAILQ_INSERT_TAIL(&m->jobs, l, jobs);
        *ret = l;
        return 0;
}

static unsigned count_jobs(Manager *m) {
        unsigned n = 0;
        JobRunner *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                n++;

        return n;
}

static int join(JobRunner *l, const JobRequest *request) {
        int r;

        r = job_join(&l->job, request, now_monotonic());
        if (r < 0)
                return r;
        if (r > 0) {
                changed(l, JOB_CHANGED_DEADLINE | JOB_CHANGED_MESSAGE | JOB_CHANGED_STARTED_BY);
                l->warn_again = 0;
                job_runner_advance(l);
        }

        return 0;
}

int job_runner_begin(Manager *m, const SessionInfo *session, const JobRequest *request, JobRunner **ret) {
        JobRunner *l;
        int r;

        l = manager_find_job_of(m, session);
        if (l) {
                r = join(l, request);
                if (r >= 0)
                        *ret = l;
                return r;
        }

        if (count_jobs(m) >= JOBS_MAX)
                return -ENOBUFS;

        r = job_runner_new(&l, m);
        if (r < 0)
                return r;

        r = job_init(&l->job, m->last_job + 1, session, request, now_monotonic());
        if (r < 0) {
                job_runner_free(l);
                return r;
        }

        m->last_job = l->job.number;
        m->store_dirty = true;
        m->events->job_new(l, m->userdata);
        manager_changed(m, MANAGER_CHANGED_JOBS);
        manager_station_changed(m, l->job.station, STATION_CHANGED_JOBS);

        /* The first step is the timer's, so that a job without grace ends after its caller has heard of it.
         */
        l->phase_began[JOB_WARNING] = l->readable_since = l->job.created;
        l->warn_since = l->job.created;
        logind_look_session(m->logind, session->id);
        warn(l, now_monotonic());
        r = arm(l, 0);
        if (r < 0)
                log_error_errno(r, "Failed to set the timer of job %" PRIu32 ": %m", l->job.number);

        *ret = l;
        return 1;
}

int job_runner_restore(Manager *m, Job *j) {
        JobRunner *l;
        int r;

        r = job_runner_new(&l, m);
        if (r < 0)
                return r;

        l->job = *j;
        *j = (Job) {};
        l->restored = true;
        l->phase_began[JOB_WARNING] = l->readable_since = l->job.created;
        l->warn_since = now_monotonic();
        m->last_job = MAX_OF(m->last_job, l->job.number);
        m->events->job_new(l, m->userdata);
        job_runner_resume(l);
        return 0;
}

void job_runner_wake(JobRunner *l) {
        /* The time that is left is the same, but on the wall it ends later. */
        if (l->job.phase == JOB_WARNING) {
                l->job.warned = JOB_WARNED_PENDING;
                l->warn_since = now_monotonic();
                changed(l, JOB_CHANGED_DEADLINE | JOB_CHANGED_WARNED);
        }

        job_runner_resume(l);
}

void job_runner_resume(JobRunner *l) {
        if (job_ensure_minimum(&l->job, now_monotonic(), &l->manager->config))
                changed(l, JOB_CHANGED_DEADLINE);

        l->warn_again = 0;
        job_runner_advance(l);
}

int job_runner_cancel(JobRunner *l) {
        int r;

        r = job_cancel(&l->job);
        if (r < 0)
                return r;

        job_runner_advance(l);
        return 0;
}

int job_runner_end_now(JobRunner *l) {
        int r;

        r = job_end_now(&l->job, now_monotonic());
        if (r < 0)
                return r;

        /* By the timer: the caller hears first that it was done. */
        changed(l, JOB_CHANGED_DEADLINE);
        return arm(l, 0);
}

int job_runner_extend(JobRunner *l, usec_t by) {
        int r;

        r = job_extend(&l->job, by, &l->manager->config);
        if (r < 0)
                return r;

        changed(l, JOB_CHANGED_DEADLINE);
        job_runner_advance(l);
        return 0;
}

void job_runner_set_warned(JobRunner *l, JobWarned warned) {
        if (l->job.warned == warned)
                return;

        l->job.warned = warned;
        changed(l, JOB_CHANGED_WARNED);
}

void job_runner_set_asked(JobRunner *l, bool accepted, const char *blockers) {
        if (string_replace(&l->blockers, blockers) < 0)
                log_oom();

        if (accepted || l->job.phase != JOB_ASKING)
                return;

        l->job.nobody_to_ask = true;
        (void) arm(l, 0);
}
