/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus-util.h"
#include "log.h"
#include "job-runner.h"
#include "names.h"
#include "plan.h"
#include "shutdown.h"
#include "timespan.h"

bool plan_is_shutdown(PlanKind kind) {
        return kind == PLAN_RESTART || kind == PLAN_POWER_OFF;
}

JobReason plan_reason(PlanKind kind) {
        return kind == PLAN_RESTART   ? JOB_REASON_RESTART :
               kind == PLAN_POWER_OFF ? JOB_REASON_POWER_OFF :
                                        JOB_REASON_MODE_SWITCH;
}

const char *plan_describe(PlanKind kind) {
        return kind == PLAN_RESTART   ? "restart" :
               kind == PLAN_POWER_OFF ? "be switched off" :
               kind == PLAN_CONSOLE   ? "be switched to console mode" :
                                        "be switched to station mode";
}

static JobRunner *next_job(Plan *p, JobRunner *l) {
        for (l = l ? TAILQ_NEXT(l, jobs) : TAILQ_FIRST(&p->manager->jobs); l; l = TAILQ_NEXT(l, jobs))
                if (l->job.plan == p->kind)
                        return l;

        return NULL;
}

static void disown_jobs(Plan *p) {
        JobRunner *l;

        while ((l = next_job(p, NULL)))
                l->job.plan = PLAN_NONE;
        p->manager->store_dirty = true;
}

Plan *plan_free(Plan *p) {
        if (!p)
                return NULL;

        if (p->manager->plan == p)
                p->manager->plan = NULL;
        logind_request_free(p->question);
        units_call_free(p->queue_call);
        sd_event_source_disable_unref(p->step);
        sd_event_source_disable_unref(p->limit);
        sd_bus_message_unref(p->message);
        free(p->by_user);
        free(p);
        return NULL;
}

DEFINE_CLEANUP(Plan *, plan_free);

void plan_end(Plan *p) {
        Manager *m = p->manager;

        disown_jobs(p);
        plan_free(p);
        manager_changed(m, 0);
}

int plan_check(Manager *m, sd_bus_error *error) {
        if (shutdown_is_under_way(m) || (m->plan && plan_is_shutdown(m->plan->kind)))
                return sd_bus_error_setf(error, USHER_ERROR_SHUTTING_DOWN, "The machine is about to %s already.",
                                m->plan && plan_is_shutdown(m->plan->kind) ? plan_describe(m->plan->kind) : "shut down");
        if (m->plan)
                return sd_bus_error_setf(error, USHER_ERROR_BUSY, "The machine is about to %s.",
                                plan_describe(m->plan->kind));

        return 0;
}

int plan_select_everybody(Manager *m, const SessionInfo ***ret, size_t *ret_n) {
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
                if (session_kind(s->facts) == SESSION_KIND_USER)
                        sessions[n++] = s->facts;

        *ret = sessions;
        *ret_n = n;
        return 0;
}

static void call_off(Plan *p) {
        JobRunner *l;

        /* Whose end has begun cannot be called back. */
        while ((l = next_job(p, NULL))) {
                l->job.plan = PLAN_NONE;
                (void) job_runner_cancel(l);
        }

        plan_end(p);
}

static int on_step(sd_event_source *s, void *userdata) {
        Plan *p = userdata;

        if (p->called_off) {
                log_notice("The machine was to %s, but that was called off.", plan_describe(p->kind));
                call_off(p);
        } else if (p->stage == PLAN_LOGGING_OFF && p->manager->serving && !next_job(p, NULL))
                plan_act(p);

        return 0;
}

/* Not from within the end of a job: whoever ends it may be walking through all of them. */
static void step_soon(Plan *p) {
        int r;

        r = sd_event_source_set_enabled(p->step, SD_EVENT_ONESHOT);
        if (r < 0)
                log_error_errno(r, "Failed to go on, the machine will not %s: %m", plan_describe(p->kind));
}

void plan_job_ended(Manager *m, const Job *j) {
        Plan *p = m->plan;

        if (!p || j->plan != p->kind || p->stage != PLAN_LOGGING_OFF)
                return;

        p->due = now_monotonic();
        if (j->result == JOB_CANCELLED)
                p->called_off = true;
        else if (j->result == JOB_FAILED)
                log_warning("A session could not be ended. The machine will %s all the same.", plan_describe(p->kind));
        step_soon(p);
}

static int plan_new(Manager *m, PlanKind kind, Plan **ret) {
        _cleanup_(plan_freep) Plan *p = NULL;
        int r;

        p = malloc(sizeof(*p));
        if (!p)
                return -ENOMEM;
        *p = (Plan) { .manager = m, .kind = kind, .due = now_monotonic() };

        r = sd_event_add_defer(m->event, &p->step, on_step, p);
        if (r >= 0)
                r = sd_event_source_set_enabled(p->step, SD_EVENT_OFF);
        if (r < 0)
                return r;

        m->plan = *ret = TAKE_PTR(p);
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

static int begin_jobs(Plan *p, sd_bus_error *error) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        Manager *m = p->manager;
        JobRunner *l;
        size_t n;
        int r;

        r = plan_select_everybody(m, &sessions, &n);
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
                                                .reason = plan_reason(p->kind),
                                                .message = p->request.message,
                                                .by_uid = p->request.by_uid,
                                                .by_user = p->request.by_user,
                                                .block_logins = p->request.block_logins,
                                                .plan = p->kind,
                                },
                                &l);
                if (r < 0)
                        return r;
        }

        manager_store_jobs(m);
        manager_set_last_operation(m,
                        &(Operation) {
                                        .method = p->kind == PLAN_RESTART   ? "Restart" :
                                                  p->kind == PLAN_POWER_OFF ? "PowerOff" :
                                                                              "SetMode",
                                        .jobs = (unsigned) n,
                        });
        log_notice("The machine is to %s, asked for by '%s'; %zu sessions are logged off first.", plan_describe(p->kind),
                        p->request.by_user, n);
        return 0;
}

/* Everything is known: begins, answers, and frees what only the answer needed. */
static void begin_and_answer(Plan *p, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *message = NULL;
        PlanAnswer answer = p->answer;
        Manager *m = p->manager;
        PlanKind kind = p->kind;
        int r = 0;

        p->stage = PLAN_LOGGING_OFF;
        if (!sd_bus_error_is_set(error))
                r = begin_jobs(p, error);
        if (r < 0 && !sd_bus_error_is_set(error))
                (void) sd_bus_error_set_errno(error, r);

        message = TAKE_PTR(p->message);
        answer(m, message, kind, error);
        p->request = (PlanRequest) {};

        if (sd_bus_error_is_set(error))
                call_off(p);
        else
                step_soon(p);
}

static void on_blockers(int r, const char *text, void *userdata) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        Plan *p = userdata;

        if (shutdown_is_under_way(p->manager))
                (void) sd_bus_error_setf(&error, USHER_ERROR_SHUTTING_DOWN, "The machine is about to shut down already.");
        else if (r < 0)
                (void) sd_bus_error_setf(&error, SD_BUS_ERROR_FAILED,
                                "logind does not say whether somebody holds the shutdown up: %s", text);
        else if (r > 0)
                (void) sd_bus_error_setf(&error, USHER_ERROR_BUSY, "The shutdown is held up by %s.", text);

        begin_and_answer(p, &error);
}

int plan_begin(Manager *m, const PlanRequest *request, sd_bus_message *message, PlanAnswer answer, sd_bus_error *error) {
        _cleanup_bus_error_ sd_bus_error begin_error = SD_BUS_ERROR_NULL;
        Plan *p;
        int r;

        r = plan_check(m, error);
        if (r < 0)
                return r;

        r = plan_new(m, request->kind, &p);
        if (r < 0)
                return r;

        p->request = *request;
        p->request.by_user = p->by_user = strdup(request->by_user);
        p->message = sd_bus_message_ref(message);
        p->answer = answer;
        if (!p->by_user) {
                plan_free(p);
                return -ENOMEM;
        }

        if (!plan_is_shutdown(p->kind)) {
                begin_and_answer(p, &begin_error);
                return 0;
        }

        r = logind_ask_blockers(m->logind, &p->question, on_blockers, p);
        if (r < 0)
                plan_free(p);

        return r;
}

bool plan_to_be_stored(Manager *m, StoredPlan *ret) {
        const Plan *p = m->plan;
        JobRunner *l;

        /* Whoever asked for it has no answer yet, or it is off. */
        if (!p || p->stage == PLAN_ASKING || p->called_off)
                return false;

        *ret = (StoredPlan) { .kind = p->kind, .block_logins = p->block_logins, .due = p->due };
        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (l->job.plan == p->kind)
                        ret->due = MAX_OF(ret->due, l->job.deadline);

        return true;
}

void plan_restore(Manager *m, const StoredPlan *stored) {
        PlanKind kind = stored->kind;
        JobRunner *l;
        Plan *p;
        int r = 0;

        if (kind != PLAN_NONE) {
                r = plan_new(m, kind, &p);
                if (r < 0)
                        log_error_errno(r, "Failed to take up what was planned again: %m");
        }

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (r < 0 || l->job.plan != kind)
                        l->job.plan = PLAN_NONE;
        if (kind == PLAN_NONE || r < 0)
                return;

        p->stage = PLAN_LOGGING_OFF;
        p->block_logins = stored->block_logins;
        p->due = stored->due;
}

void plan_serve(Manager *m) {
        Plan *p = m->plan;

        if (!p)
                return;

        if (now_monotonic() > p->due + PLAN_LATE_MAX_USEC) {
                log_notice("The machine was to %s, but usherd was away for too long: that is off.",
                                plan_describe(p->kind));
                call_off(p);
                return;
        }

        log_info("After the log-offs the machine is to %s, as before the restart of usherd.", plan_describe(p->kind));
        step_soon(p);
}

void plan_logind_synced(Manager *m) {
        if (m->plan)
                step_soon(m->plan);
}

void plan_give_way(Manager *m) {
        Plan *p = m->plan;

        if (!p || p->stage != PLAN_LOGGING_OFF)
                return;

        log_info("The machine, which was to %s, shuts down already.", plan_describe(p->kind));
        plan_end(p);
}
