/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/timespan.h"
#include "core/job-runner.h"
#include "feature/pending.h"
#include "feature/shutdown.h"

bool pending_is_shutdown(PendingKind kind) {
        return kind == PENDING_RESTART || kind == PENDING_POWER_OFF;
}

JobReason pending_reason(PendingKind kind) {
        return kind == PENDING_RESTART            ? JOB_REASON_RESTART :
                        kind == PENDING_POWER_OFF ? JOB_REASON_POWER_OFF :
                                                    JOB_REASON_MODE_SWITCH;
}

const char *pending_describe(PendingKind kind) {
        return kind == PENDING_RESTART            ? "restart" :
                        kind == PENDING_POWER_OFF ? "be switched off" :
                        kind == PENDING_CONSOLE   ? "be switched to console mode" :
                                                    "be switched to station mode";
}

static JobRunner *next_job(PendingAction *p, JobRunner *l) {
        for (l = l ? TAILQ_NEXT(l, jobs) : TAILQ_FIRST(&p->manager->jobs); l; l = TAILQ_NEXT(l, jobs))
                if (l->job.pending == p->kind)
                        return l;

        return NULL;
}

static void disown_jobs(PendingAction *p) {
        JobRunner *l;

        while ((l = next_job(p, NULL)))
                l->job.pending = PENDING_NONE;
        p->manager->store_dirty = true;
}

PendingAction *pending_free(PendingAction *p) {
        if (!p)
                return NULL;

        if (p->manager->pending == p)
                p->manager->pending = NULL;
        shutdown_request_free(p->question);
        units_call_free(p->queue_call);
        sd_event_source_disable_unref(p->step);
        sd_event_source_disable_unref(p->limit);
        sd_bus_message_unref(p->message);
        free(p->by_user);
        free(p);
        return NULL;
}

DEFINE_CLEANUP(PendingAction *, pending_free);

void pending_end(PendingAction *p) {
        Manager *m = p->manager;

        disown_jobs(p);
        pending_free(p);
        manager_changed(m, 0);
}

int pending_check(Manager *m, sd_bus_error *error) {
        if (shutdown_is_under_way(m) || (m->pending && pending_is_shutdown(m->pending->kind)))
                return sd_bus_error_setf(error, USHER_ERROR_SHUTTING_DOWN,
                                "The machine is about to %s already.",
                                m->pending && pending_is_shutdown(m->pending->kind) ?
                                                pending_describe(m->pending->kind) :
                                                "shut down");
        if (m->pending)
                return sd_bus_error_setf(error, USHER_ERROR_BUSY, "The machine is about to %s.",
                                pending_describe(m->pending->kind));

        return 0;
}

int pending_select_everybody(Manager *m, const SessionInfo ***ret, size_t *ret_n) {
        const SessionInfo **sessions;
        size_t n = 0;
        Session *s;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                n++;

        sessions = calloc(n + 1, sizeof(*sessions));
        if (!sessions)
                return -ENOMEM;

        n = 0;
        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (session_kind(s->info) == SESSION_KIND_USER)
                        sessions[n++] = s->info;

        *ret = sessions;
        *ret_n = n;
        return 0;
}

static void call_off(PendingAction *p) {
        JobRunner *l;

        /* Whose end has begun cannot be called back. */
        while ((l = next_job(p, NULL))) {
                l->job.pending = PENDING_NONE;
                (void) job_runner_cancel(l);
        }

        pending_end(p);
}

static int on_step(sd_event_source *s, void *userdata) {
        PendingAction *p = userdata;

        if (p->called_off) {
                log_notice("The machine was to %s, but that was called off.", pending_describe(p->kind));
                call_off(p);
        } else if (p->stage == PENDING_LOGGING_OFF && p->manager->serving && !next_job(p, NULL))
                pending_act(p);

        return 0;
}

/* Not from within the end of a job: whoever ends it may be walking through all of them. */
static void step_soon(PendingAction *p) {
        int r;

        r = sd_event_source_set_enabled(p->step, SD_EVENT_ONESHOT);
        if (r < 0)
                log_error_errno(r, "Failed to go on, the machine will not %s: %m",
                                pending_describe(p->kind));
}

void pending_job_ended(Manager *m, const Job *j) {
        PendingAction *p = m->pending;

        if (!p || j->pending != p->kind || p->stage != PENDING_LOGGING_OFF)
                return;

        p->due = now_monotonic();
        if (j->result == JOB_CANCELLED)
                p->called_off = true;
        else if (j->result == JOB_FAILED)
                log_warning("A session could not be ended. The machine will %s all the same.",
                                pending_describe(p->kind));
        step_soon(p);
}

static int pending_new(Manager *m, PendingKind kind, PendingAction **ret) {
        _cleanup_(pending_freep) PendingAction *p = NULL;
        int r;

        p = malloc(sizeof(*p));
        if (!p)
                return -ENOMEM;
        *p = (PendingAction) { .manager = m, .kind = kind, .due = now_monotonic() };

        r = sd_event_add_defer(m->event, &p->step, on_step, p);
        if (r >= 0)
                r = sd_event_source_set_enabled(p->step, SD_EVENT_OFF);
        if (r < 0)
                return r;

        m->pending = *ret = TAKE_PTR(p);
        return 0;
}

static unsigned count_live_after(Manager *m, const SessionInfo *const *sessions, size_t n_sessions) {
        unsigned n = 0;
        JobRunner *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                n++;
        for (size_t i = 0; i < n_sessions; i++)
                n += !manager_find_job_of(m, sessions[i]);

        return n;
}

static int begin_jobs(PendingAction *p, sd_bus_error *error) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        Manager *m = p->manager;
        JobRunner *l;
        size_t n;
        int r;

        r = pending_select_everybody(m, &sessions, &n);
        if (r < 0)
                return r;

        if (count_live_after(m, sessions, n) > JOBS_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "There would be more than %u log-offs under way.", JOBS_MAX);

        if (p->request.block_logins) {
                r = manager_block_logins(m);
                if (r < 0)
                        return sd_bus_error_set_errnof(error, r, "Newcomers cannot be kept out: %m");
                p->block_logins = true;
        }

        for (size_t i = 0; i < n; i++) {
                r = job_runner_begin(m, sessions[i],
                                &(JobRequest) {
                                                .grace = p->request.grace,
                                                .reason = pending_reason(p->kind),
                                                .message = p->request.message,
                                                .by_uid = p->request.by_uid,
                                                .by_user = p->request.by_user,
                                                .block_logins = p->request.block_logins,
                                                .pending = p->kind,
                                },
                                &l);
                if (r < 0)
                        return r;
        }

        manager_store_jobs(m);
        manager_set_last_operation(m,
                        &(Operation) {
                                        .method = p->kind == PENDING_RESTART         ? "Restart" :
                                                        p->kind == PENDING_POWER_OFF ? "PowerOff" :
                                                                                       "SetMode",
                                        .jobs = (unsigned) n,
                        });
        log_notice("The machine is to %s, asked for by '%s'; %zu sessions are logged off first.",
                        pending_describe(p->kind), p->request.by_user, n);
        return 0;
}

/* Everything is known: begins, answers, and frees what only the answer needed. */
static void begin_and_answer(PendingAction *p, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *message = NULL;
        PendingAnswer answer = p->answer;
        Manager *m = p->manager;
        PendingKind kind = p->kind;
        int r = 0;

        p->stage = PENDING_LOGGING_OFF;
        if (!sd_bus_error_is_set(error))
                r = begin_jobs(p, error);
        if (r < 0 && !sd_bus_error_is_set(error))
                (void) sd_bus_error_set_errno(error, r);

        message = TAKE_PTR(p->message);
        answer(m, message, kind, error);
        p->request = (PendingRequest) {};

        if (sd_bus_error_is_set(error))
                call_off(p);
        else
                step_soon(p);
}

static void on_blockers(int r, const char *text, void *userdata) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        PendingAction *p = userdata;

        if (shutdown_is_under_way(p->manager))
                (void) sd_bus_error_setf(&error, USHER_ERROR_SHUTTING_DOWN,
                                "The machine is about to shut down already.");
        else if (r < 0)
                (void) sd_bus_error_setf(&error, SD_BUS_ERROR_FAILED,
                                "logind does not say whether somebody holds the shutdown up: %s", text);
        else if (r > 0)
                (void) sd_bus_error_setf(&error, USHER_ERROR_BUSY, "The shutdown is held up by %s.", text);

        begin_and_answer(p, &error);
}

int pending_begin(Manager *m,
                const PendingRequest *request,
                sd_bus_message *message,
                PendingAnswer answer,
                sd_bus_error *error) {
        _cleanup_bus_error_ sd_bus_error begin_error = SD_BUS_ERROR_NULL;
        PendingAction *p;
        int r;

        r = pending_check(m, error);
        if (r < 0)
                return r;

        r = pending_new(m, request->kind, &p);
        if (r < 0)
                return r;

        p->request = *request;
        p->request.by_user = p->by_user = strdup(request->by_user);
        p->message = sd_bus_message_ref(message);
        p->answer = answer;
        if (!p->by_user) {
                pending_free(p);
                return -ENOMEM;
        }

        if (!pending_is_shutdown(p->kind)) {
                begin_and_answer(p, &begin_error);
                return 0;
        }

        r = logind_ask_blockers(m->logind, &p->question, on_blockers, p);
        if (r < 0)
                pending_free(p);

        return r;
}

bool pending_to_be_stored(Manager *m, StoredPending *ret) {
        const PendingAction *p = m->pending;
        JobRunner *l;

        /* Whoever asked for it has no answer yet, or it is off. */
        if (!p || p->stage == PENDING_ASKING || p->called_off)
                return false;

        *ret = (StoredPending) { .kind = p->kind, .block_logins = p->block_logins, .due = p->due };
        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (l->job.pending == p->kind)
                        ret->due = MAX_OF(ret->due, l->job.deadline);

        return true;
}

void pending_restore(Manager *m, const StoredPending *stored) {
        PendingKind kind = stored->kind;
        JobRunner *l;
        PendingAction *p;
        int r = 0;

        if (kind != PENDING_NONE) {
                r = pending_new(m, kind, &p);
                if (r < 0)
                        log_error_errno(r, "Failed to take up what was planned again: %m");
        }

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (r < 0 || l->job.pending != kind)
                        l->job.pending = PENDING_NONE;
        if (kind == PENDING_NONE || r < 0)
                return;

        p->stage = PENDING_LOGGING_OFF;
        p->block_logins = stored->block_logins;
        p->due = stored->due;
}

void pending_serve(Manager *m) {
        PendingAction *p = m->pending;

        if (!p)
                return;

        if (now_monotonic() > p->due + PENDING_LATE_MAX_USEC) {
                log_notice("The machine was to %s, but usherd was away for too long: that is off.",
                                pending_describe(p->kind));
                call_off(p);
                return;
        }

        log_info("After the log-offs the machine is to %s, as before the restart of usherd.",
                        pending_describe(p->kind));
        step_soon(p);
}

void pending_logind_synced(Manager *m) {
        if (m->pending)
                step_soon(m->pending);
}

void pending_give_way(Manager *m) {
        PendingAction *p = m->pending;

        if (!p || p->stage != PENDING_LOGGING_OFF)
                return;

        log_info("The machine, which was to %s, shuts down already.", pending_describe(p->kind));
        pending_end(p);
}
