/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A user who alone requested a job may cancel it. Other jobs need a privilege. A pending action and its jobs
 * need the privilege to begin that action. */

#include "bus/authorize.h"
#include "bus/cancel-methods.h"
#include "bus/sender.h"
#include "common/names.h"
#include "core/job-runner.h"
#include "core/jobs.h"
#include "feature/pending.h"

int already_ending(sd_bus_error *error) {
        return sd_bus_error_setf(error, USHER_ERROR_NOT_CANCELLABLE, "The session is being ended already.");
}

static int refuse_going_down(sd_bus_error *error) {
        return sd_bus_error_setf(error, USHER_ERROR_NOT_CANCELLABLE,
                        "The machine is shutting down, which ends every session.");
}

static int authorize_job(Bus *b, sd_bus_message *message, const Job *j, sd_bus_error *error) {
        return authorize(b, message,
                        j->awaited ? pending_polkit_action(pending_current(b->manager)) :
                                     USHER_ACTION_LOG_OFF,
                        (const char *const[]) { "station", j->station, "label",
                                        manager_station_name(b->manager, j->station), "session",
                                        j->session.id, "user", j->user, NULL },
                        error);
}

int job_method_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *j = userdata;
        Manager *m = j->manager;
        Bus *b = bus_of(m);
        uid_t uid;
        int r;

        r = sender_uid(b, message, &uid, error);
        if (r < 0)
                return r;

        /* Being the user of the session gives no right to cancel the job. */
        if (!job_is_owned_by(&j->job, uid)) {
                r = authorize_job(b, message, &j->job, error);
                if (r <= 0)
                        return r < 0 ? r : 1;
        }

        if (m->going_down)
                return refuse_going_down(error);

        r = job_runner_cancel(j);
        if (r < 0)
                return already_ending(error);

        jobs_store(m);
        return sd_bus_reply_method_return(message, NULL);
}

/* What there is to cancel for one caller, and what of it the caller may cancel. */
typedef struct Cancellation {
        uid_t uid;
        unsigned n_own;
        unsigned n_others;
        PendingKind pending;
        bool own_pending; /* the caller has started one of its jobs, whose end has not begun */
        bool may_others;
        bool may_pending;
} Cancellation;

static void cancellation_init(Cancellation *c, Manager *m, uid_t uid) {
        const JobRunner *j;

        *c = (Cancellation) { .uid = uid, .pending = pending_current(m) };
        TAILQ_FOREACH(j, &m->jobs, jobs) {
                bool own = job_is_owned_by(&j->job, uid);

                c->n_own += own;
                c->n_others += !own && !j->job.awaited;
                if (own && j->job.awaited && j->job.phase == JOB_WARNING)
                        c->own_pending = true;
        }
}

static int authorize_part(Bus *b,
                sd_bus_message *message,
                const char *action,
                bool quietly,
                bool *ret,
                sd_bus_error *error) {

        int r;

        if (quietly)
                return authorize_quietly(b, message, action, ret, error);

        r = authorize(b, message, action, NULL, error);
        *ret = r > 0;
        return r;
}

/* Shows a password dialog, or returns an error, only if the caller has nothing else to cancel. */
static int authorize_cancellation(Bus *b, sd_bus_message *message, Cancellation *c, sd_bus_error *error) {
        int r;

        c->may_pending = c->own_pending;

        if (c->n_others > 0) {
                r = authorize_part(
                                b, message, USHER_ACTION_LOG_OFF_ALL, c->n_own > 0, &c->may_others, error);
                if (r <= 0)
                        return r;
        }

        if (c->pending != PENDING_NONE && !c->own_pending) {
                r = authorize_part(b, message, pending_polkit_action(c->pending),
                                c->n_own > 0 || c->n_others > 0, &c->may_pending, error);
                if (r <= 0)
                        return r;
        }

        return 1;
}

static bool is_cancelled(const Job *j, void *userdata) {
        const Cancellation *c = userdata;

        return job_is_owned_by(j, c->uid) || (c->may_others && !j->awaited);
}

int method_cancel_all(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        unsigned n_cancelled = 0, n_pending = 0;
        Bus *b = userdata;
        Manager *m = b->manager;
        Cancellation c;
        uid_t uid;
        int r;

        r = sender_uid(b, message, &uid, error);
        if (r < 0)
                return r;

        cancellation_init(&c, m, uid);
        if (jobs_count(m) == 0 && c.pending == PENDING_NONE)
                return sd_bus_reply_method_return(message, "u", 0);

        r = authorize_cancellation(b, message, &c, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        if (m->going_down)
                return refuse_going_down(error);

        r = c.may_pending ? pending_cancel(m, &n_pending) : -ENOENT;
        if (r >= 0)
                n_cancelled = MAX_OF(n_pending, 1U);
        n_cancelled += jobs_cancel(m, is_cancelled, &c);

        if (r == -EALREADY && n_cancelled == 0)
                return sd_bus_error_setf(error, USHER_ERROR_NOT_CANCELLABLE,
                                "The %s is being carried out already.", pending_describe(c.pending));

        jobs_store(m);
        return sd_bus_reply_method_return(message, "u", n_cancelled);
}
