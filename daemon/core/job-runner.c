/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/timespan.h"
#include "core/helpers.h"
#include "core/job-runner.h"
#include "core/journal.h"

/* If usher-warn has not reported within this time, the user counts as not warned. usher-warn waits two
 * seconds for a notification server. The rest allows for a slow start on a busy machine. */
#define WARNED_USEC (10 * USEC_PER_SEC)

/* logind sends no signal when a session starts closing while its processes remain, and such a session is
 * ended differently. So logind is queried this long before the deadline. */
#define LOOK_AHEAD_USEC (USEC_PER_SEC / 2)

/* A difference of time_suspended() that is a suspend. */
#define SUSPEND_USEC (USEC_PER_SEC / 2)

void job_runner_changed(JobRunner *j, unsigned mask) {
        Manager *m = j->manager;

        if (mask == 0)
                return;

        m->events->job_changed(j, mask, m->userdata);
        manager_store_changed(m);
}

Session *job_runner_session(const JobRunner *j) {
        return job_end_session(&j->end);
}

static JobSession look(const JobRunner *j) {
        const Session *s = job_runner_session(j);

        if (j->manager->logind_lost || (j->restored && !j->manager->serving))
                return JOB_SESSION_UNKNOWN;
        if (!s)
                return JOB_SESSION_GONE;
        if (session_is_closing(s->info))
                return JOB_SESSION_CLOSING;

        return session_is_opening(s->info) ? JOB_SESSION_OPENING : JOB_SESSION_OPEN;
}

static void job_runner_unregister(JobRunner *j) {
        Manager *m = j->manager;

        index_remove(&m->jobs_by_number, &j->by_number);
        index_remove(&m->jobs_by_session, &j->by_session);
        index_remove(&m->jobs_by_station, &j->by_station);
        TAILQ_REMOVE(&m->jobs, j, jobs);
}

static int job_runner_register(JobRunner *j) {
        Manager *m = j->manager;
        int r;

        (void) snprintf(j->number, sizeof(j->number), "%" PRIu32, j->job.number);
        r = index_add(&m->jobs_by_number, &j->by_number, j->number, j);
        if (r >= 0)
                r = index_add(&m->jobs_by_session, &j->by_session, j->job.session.id, j);
        if (r >= 0)
                r = index_add(&m->jobs_by_station, &j->by_station, j->job.station, j);

        return r;
}

static void finish(JobRunner *j) {
        Manager *m = j->manager;
        Session *session = job_runner_session(j);

        if (session && (j->job.result == JOB_FAILED || j->job.scope_gone))
                session->outlives_log_off = true;

        journal_job_ended(&j->job, manager_station_name(m, j->job.station), j->phase_began, j->blockers,
                        j->end.survivors);
        m->events->job_removed(j, m->userdata);
        job_runner_unregister(j);

        manager_changed(m, MANAGER_CHANGED_JOBS);
        manager_station_changed(m, j->job.station, STATION_CHANGED_JOBS);
        manager_store_changed(m);
        MANAGER_CALL_FEATURES(m, job_ended, &j->job);

        j->manager = NULL;
        job_runner_free(j);
}

JobRunner *job_runner_free(JobRunner *j) {
        if (!j)
                return NULL;

        if (j->manager)
                job_runner_unregister(j);
        sd_event_source_disable_unref(j->timer);
        job_end_done(&j->end);
        job_done(&j->job);
        free(j->blockers);
        free(j);
        return NULL;
}

/* The next reminder, or the time by which usher-warn must have reported. */
static usec_t next_warning(const JobRunner *j, usec_t now) {
        usec_t next = job_next_reminder(&j->job, now, &j->manager->config);

        if (j->job.warned == JOB_WARNED_PENDING && j->warn_since + WARNED_USEC > now)
                next = MIN_OF(next, j->warn_since + WARNED_USEC);

        return next;
}

/* usher-warn is started with the job, and again at each reminder in case it was killed. A job without a
 * grace period needs no warning; usher-warn is then started only to ask the desktop, if any, to log out. */
static void warn(JobRunner *j, usec_t now) {
        if (now < j->warn_again || (j->job.phase == JOB_WARNING && now >= j->job.deadline))
                return;

        if (j->job.warned == JOB_WARNED_PENDING && now >= j->warn_since + WARNED_USEC)
                job_runner_set_warned(j, JOB_WARNED_NONE);

        helper_start_warn(j->manager, j->job.uid, j->job.deadline, j->job.warned != JOB_WARNED_PENDING);
        j->warn_again = next_warning(j, now);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *userdata) {
        JobRunner *j = userdata;

        /* While the session is being ended a lost signal must not hold up the end. Before logind has
         * answered there is nothing to see. */
        if ((j->job.phase != JOB_WARNING && !j->end.request) ||
                        now_monotonic() + LOOK_AHEAD_USEC >= j->job.deadline)
                logind_look_session(j->manager->logind, j->job.session.id);

        job_runner_advance(j);
        return 0;
}

/* Without its timer a job still goes on with the next event of its session. */
static void arm(JobRunner *j, usec_t when) {
        int r;

        if (!j->timer)
                r = sd_event_add_time(j->manager->event, &j->timer, CLOCK_MONOTONIC, when, USEC_PER_MSEC,
                                on_timer, j);
        else {
                r = sd_event_source_set_time(j->timer, when);
                if (r >= 0)
                        r = sd_event_source_set_enabled(j->timer, SD_EVENT_ONESHOT);
        }
        if (r < 0)
                log_error_errno(r, "Failed to set the timer of job %" PRIu32 ": %m", j->job.number);
}

/* Moves the state machine along and announces what changed. */
static JobAction step(JobRunner *runner, usec_t now, JobSession session) {
        Job *j = &runner->job;
        JobPhase phase = j->phase;
        usec_t deadline = j->deadline;
        JobAction action;
        unsigned mask = 0;

        j->given = job_end_given(&runner->end);
        action = job_step(j, now, session, &runner->manager->config);
        if (j->phase != phase)
                mask |= JOB_CHANGED_PHASE;
        if (j->deadline != deadline)
                mask |= JOB_CHANGED_DEADLINE;
        if (action == JOB_FINISH)
                mask |= JOB_CHANGED_RESULT;
        if (runner->phase_began[j->phase] == 0)
                runner->phase_began[j->phase] = now;

        job_runner_changed(runner, mask);
        return action;
}

/* Gives at least the minimum grace from now on. */
static void ensure_minimum(JobRunner *j) {
        if (job_ensure_minimum(&j->job, now_monotonic(), &j->manager->config))
                job_runner_changed(j, JOB_CHANGED_DEADLINE);

        j->warn_again = 0;
}

static void warn_anew(JobRunner *j) {
        j->suspended = time_suspended();
        /* The time that is left is the same, but by the wall clock it ends later. */
        if (j->job.phase == JOB_WARNING) {
                j->job.warned = JOB_WARNED_PENDING;
                j->warn_since = now_monotonic();
                job_runner_changed(j, JOB_CHANGED_DEADLINE | JOB_CHANGED_WARNED);
        }

        ensure_minimum(j);
}

void job_runner_advance(JobRunner *runner) {
        Job *j = &runner->job;
        JobSession session = look(runner);
        usec_t now = now_monotonic(), when;
        JobAction action;

        /* logind reports a resume only after its hooks have run, and never for a suspend that it did not
         * start. The deadline may pass before that. */
        if (time_suspended() >= runner->suspended + SUSPEND_USEC)
                warn_anew(runner);
        if (session == JOB_SESSION_OPENING || j->opening)
                runner->readable_since = now;

        j->scope_gone = runner->end.scope_gone;
        action = step(runner, now, session);
        if (session != JOB_SESSION_UNKNOWN)
                runner->restored = false;
        if (action == JOB_FINISH) {
                finish(runner);
                return;
        }

        /* usher-warn sees the phase and asks the desktop; it must run for that. */
        if (action == JOB_ASK)
                runner->warn_again = 0;
        job_end_perform(&runner->end, action);

        when = job_wakeup(j, now, session);
        if (j->phase == JOB_WARNING && j->deadline > now + LOOK_AHEAD_USEC)
                when = MIN_OF(when, j->deadline - LOOK_AHEAD_USEC);
        if (j->phase == JOB_WARNING || j->phase == JOB_ASKING) {
                warn(runner, now);
                when = MIN_OF(when, runner->warn_again);
        }
        arm(runner, when);
}

static int job_runner_new(JobRunner **ret, Manager *m) {
        JobRunner *j;

        j = malloc(sizeof(*j));
        if (!j)
                return -ENOMEM;
        *j = (JobRunner) { .manager = m, .suspended = time_suspended() };
        job_end_init(&j->end, m, &j->job);

        TAILQ_INSERT_TAIL(&m->jobs, j, jobs);
        *ret = j;
        return 0;
}

int job_runner_start(JobRunner **ret, Manager *m, const Session *s, const JobRequest *request) {
        JobRunner *j;
        int r;

        r = job_runner_new(&j, m);
        if (r < 0)
                return r;

        r = job_init(&j->job, m->last_job + 1, s->info, request, now_monotonic());
        if (r >= 0)
                r = job_runner_register(j);
        if (r < 0) {
                job_runner_free(j);
                return r;
        }

        m->last_job = j->job.number;
        j->phase_began[JOB_WARNING] = j->readable_since = j->warn_since = j->job.created;
        m->events->job_new(j, m->userdata);
        manager_changed(m, MANAGER_CHANGED_JOBS);
        manager_station_changed(m, j->job.station, STATION_CHANGED_JOBS);
        manager_store_changed(m);

        /* Without a grace the timer looks. */
        if (request->grace > LOOK_AHEAD_USEC)
                logind_look_session(m->logind, s->info->id);
        warn(j, now_monotonic());
        arm(j, 0);

        *ret = j;
        return 0;
}

int job_runner_join(JobRunner *j, const JobRequest *request) {
        bool shared = j->job.shared;
        int r;

        r = job_join(&j->job, request, now_monotonic());
        if (j->job.shared != shared)
                job_runner_changed(j, JOB_CHANGED_USER_EXTENDABLE);
        if (r <= 0)
                return r;

        job_runner_changed(j, JOB_CHANGED_DEADLINE | JOB_CHANGED_MESSAGE | JOB_CHANGED_STARTED_BY);
        j->warn_again = 0;
        warn(j, now_monotonic());
        arm(j, 0);
        return 1;
}

int job_runner_restore(Manager *m, Job *job) {
        JobRunner *j;
        int r;

        r = job_runner_new(&j, m);
        if (r < 0)
                return r;

        j->job = *job;
        *job = (Job) {};
        r = job_runner_register(j);
        if (r < 0) {
                job_runner_free(j);
                return r;
        }

        j->restored = true;
        j->phase_began[JOB_WARNING] = j->readable_since = j->job.created;
        j->warn_since = now_monotonic();
        m->last_job = MAX_OF(m->last_job, j->job.number);
        m->events->job_new(j, m->userdata);

        /* What is to lapse keeps its deadline, and needs no warning. */
        if (job_is_late(&j->job, now_monotonic()))
                j->warn_again = USEC_INFINITY;
        else {
                ensure_minimum(j);
                job_runner_advance(j);
        }
        return 0;
}

void job_runner_serve(JobRunner *j) {
        /* A pending action that is late itself does not wait any more: it was cancelled before. */
        if (!j->restored || j->job.awaited || look(j) == JOB_SESSION_GONE ||
                        !job_is_late(&j->job, now_monotonic())) {
                ensure_minimum(j);
                job_runner_advance(j);
                return;
        }

        log_notice("Cancelled the log-off of session '%s': usherd was down for too long.",
                        j->job.session.id);
        j->job.result = JOB_CANCELLED;
        job_runner_advance(j);
}

void job_runner_wake(JobRunner *j) {
        warn_anew(j);
        job_runner_advance(j);
}

int job_runner_cancel(JobRunner *j) {
        int r;

        r = job_cancel(&j->job);
        if (r < 0)
                return r;

        job_runner_advance(j);
        return 0;
}

int job_runner_end_now(JobRunner *j) {
        int r;

        r = job_end_now(&j->job, now_monotonic());
        if (r < 0)
                return r;

        /* By the timer, so that the caller hears first that it was done. */
        job_runner_changed(j, JOB_CHANGED_DEADLINE);
        arm(j, 0);
        return 0;
}

void job_runner_set_warned(JobRunner *j, JobWarned warned) {
        helper_warn_reported(j->manager, j->job.uid);
        if (j->job.warned == warned)
                return;

        j->job.warned = warned;
        job_runner_changed(j, JOB_CHANGED_WARNED);
}

void job_runner_set_asked(JobRunner *j, bool accepted, const char *blockers) {
        helper_warn_reported(j->manager, j->job.uid);
        if (string_replace(&j->blockers, blockers) < 0)
                log_oom();

        if (accepted || j->job.phase != JOB_ASKING)
                return;

        j->job.nobody_to_ask = true;
        arm(j, 0);
}
