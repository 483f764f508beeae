/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/bus.h"
#include "bus/logoff-methods.h"
#include "bus/options.h"
#include "bus/sender.h"
#include "common/bus-util.h"
#include "common/names.h"
#include "core/job-runner.h"
#include "core/privilege.h"
#include "feature/pending.h"
#include "feature/shutdown.h"

/* Sessions that a request is about. */
typedef struct Targets {
        const SessionInfo **sessions;
        size_t n;
        Operation operation; /* who was left alone */
} Targets;

static void targets_done(Targets *t) {
        free(t->sessions);
}

static int append_path(sd_bus_message *reply, const JobRunner *l) {
        _cleanup_free_ char *path = job_path(l);

        return path ? sd_bus_message_append(reply, "o", path) : -ENOMEM;
}

static unsigned count_new(Manager *m, const Targets *t) {
        unsigned n = 0;
        JobRunner *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                n++;
        for (size_t i = 0; i < t->n; i++)
                n += !manager_find_job_of(m, t->sessions[i]);

        return n;
}

/* Begins all of them and appends their jobs to the reply; the jobs are on disk before the caller hears of
 * them. */
static int begin(Manager *m,
                sd_bus_message *message,
                Targets *t,
                const LogOffOptions *options,
                sd_bus_message *reply,
                sd_bus_error *error) {

        _cleanup_free_ char *name = NULL;
        uid_t uid;
        int r;

        if (count_new(m, t) > JOBS_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "There would be more than %u log-offs under way.", JOBS_MAX);

        r = sender_name(m, message, &uid, &name);
        if (r < 0)
                return r;

        if (options->block_logins && t->n > 0) {
                r = manager_block_logins(m);
                if (r < 0)
                        return sd_bus_error_set_errnof(error, r, "Newcomers cannot be kept out: %m");
        }

        for (size_t i = 0; i < t->n; i++) {
                JobRunner *l;

                r = job_runner_begin(m, t->sessions[i],
                                &(JobRequest) {
                                                .grace = options->grace,
                                                .reason = options->reason,
                                                .message = options->message,
                                                .by_uid = uid,
                                                .by_user = name,
                                                .block_logins = options->block_logins,
                                },
                                &l);
                if (r < 0)
                        return r;

                r = append_path(reply, l);
                if (r < 0)
                        return r;
        }

        manager_store_jobs(m);
        t->operation.jobs = (unsigned) t->n;
        manager_set_last_operation(m, &t->operation);
        return 0;
}

static int begin_and_reply(Manager *m,
                sd_bus_message *message,
                Targets *t,
                const LogOffOptions *options,
                sd_bus_error *error) {

        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int r;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "o");
        if (r < 0)
                return r;

        r = begin(m, message, t, options, reply, error);
        if (r < 0)
                return r;

        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

/* Whether this is a session that Usher may ever end; counts what it does not know. */
static bool is_target(const SessionInfo *f, Operation *o) {
        SessionKind kind = session_kind(f);

        o->skipped_classes += kind == SESSION_KIND_UNKNOWN;
        return kind == SESSION_KIND_USER;
}

/* Keeping newcomers out concerns everybody, whoever's session it is for. */
static int authorize(Manager *m,
                sd_bus_message *message,
                const Targets *t,
                const LogOffOptions *options,
                sd_bus_error *error) {

        int r;

        r = authorize_log_off(m, message, t->sessions, t->n, options->grace, error);
        if (r <= 0 || !options->block_logins)
                return r;

        return polkit_check(m->polkit, message, USHER_ACTION_LOG_OFF_ALL, NULL, error);
}

int log_off_station(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error) {
        _cleanup_(targets_done) Targets t = { .operation.method = "LogOff" };
        LogOffOptions options;
        size_t n = 0;
        int r;

        r = log_off_options_read(message, &m->config, &options, error);
        if (r < 0)
                return r;

        r = manager_sessions_of(m, s->id, &t.sessions, &t.n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < t.n; i++)
                if (is_target(t.sessions[i], &t.operation))
                        t.sessions[n++] = t.sessions[i];
        t.n = n;

        r = authorize(m, message, &t, &options, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        return begin_and_reply(m, message, &t, &options, error);
}

int log_off_session(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const SessionInfo *f;
        LogOffOptions options;
        const char *id;
        Targets t;
        int r;

        r = sd_bus_message_read(message, "s", &id);
        if (r < 0)
                return r;

        r = log_off_options_read(message, &m->config, &options, error);
        if (r < 0)
                return r;

        f = manager_find_session(m, id);
        if (!f || session_kind(f) != SESSION_KIND_USER)
                return sd_bus_error_setf(
                                error, USHER_ERROR_NO_SUCH_SESSION, "There is no such session of a person.");

        t = (Targets) { .sessions = &f, .n = 1, .operation.method = "LogOffSession" };
        r = authorize(m, message, &t, &options, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;

        r = begin(m, message, &t, &options, reply, error);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

/* Every session of a person, but for those that the options or the caller's rights leave alone. */
static int select_all(Manager *m,
                sd_bus_message *message,
                const LogOffOptions *options,
                bool administrators,
                Targets *t) {

        Session *s;
        size_t n = 0;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                n++;

        t->sessions = calloc(n + 1, sizeof(*t->sessions));
        if (!t->sessions)
                return -ENOMEM;

        TAILQ_FOREACH(s, &m->sessions, sessions) {
                const SessionInfo *f = s->info;

                if (!is_target(f, &t->operation))
                        continue;

                if (isempty(f->seat) && !options->include_seatless)
                        t->operation.skipped_seatless++;
                else if (!options->include_caller && is_callers_session(message, f))
                        t->operation.skipped_caller++;
                else if (!administrators && administrator_may_own(m, f))
                        t->operation.skipped_administrators++;
                else
                        t->sessions[t->n++] = f;
        }

        return 0;
}

int log_off_all(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        _cleanup_(targets_done) Targets t = { .operation.method = "LogOffAll" };
        LogOffOptions options;
        bool administrators;
        int r;

        r = log_off_options_read(message, &m->config, &options, error);
        if (r < 0)
                return r;

        r = authorize_log_off_all(m, message, options.grace, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = authorize_administrators(m, message, &administrators, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = select_all(m, message, &options, administrators, &t);
        if (r < 0)
                return r;

        return begin_and_reply(m, message, &t, &options, error);
}

int cannot_stay(sd_bus_error *error) {
        return sd_bus_error_setf(error, USHER_ERROR_NOT_CANCELLABLE,
                        "The machine shuts down, and every session ends with it.");
}

/* Returns 1 with the verdict, 0 when it is not in, or what polkit_check() does where asking is worth it. */
static int may_cancel(Manager *m,
                sd_bus_message *message,
                const char *action,
                bool ask,
                bool *ret,
                sd_bus_error *error) {

        PolkitVerdict verdict;
        int r;

        if (ask)
                return polkit_check(m->polkit, message, action, NULL, error);

        r = polkit_probe(m->polkit, message, action, &verdict, error);
        if (r < 0)
                return r;

        *ret = verdict == POLKIT_ALLOWED;
        return verdict != POLKIT_PENDING;
}

int cancel_all(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        unsigned others = 0, own = 0, planned = 0, cancelled = 0;
        bool may_others = true, may_pending = true;
        JobRunner *l, *next;
        uid_t uid;
        int r;

        r = polkit_sender_uid(message, &uid);
        if (r < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED, "Cannot tell who is asking.");

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (job_is_owned_by(&l->job, uid))
                        own++;
                else if (l->job.pending != PENDING_NONE)
                        planned++;
                else
                        others++;

        /* What somebody began they may call off. For the rest a dialog is only worth it when there is
         * nothing of their own to cancel. */
        if (others > 0 || (own == 0 && planned == 0)) {
                r = may_cancel(m, message, USHER_ACTION_LOG_OFF_ALL, own == 0, &may_others, error);
                if (r <= 0)
                        return r < 0 ? r : 1;
        }
        if (planned > 0) {
                r = may_cancel(m, message, pending_action(m->pending ? m->pending->kind : PENDING_NONE),
                                own == 0 && others == 0, &may_pending, error);
                if (r <= 0)
                        return r < 0 ? r : 1;
        }

        if (shutdown_is_under_way(m) && !TAILQ_EMPTY(&m->jobs))
                return cannot_stay(error);

        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                next = TAILQ_NEXT(l, jobs);
                if (job_is_owned_by(&l->job, uid) ||
                                (l->job.pending != PENDING_NONE ? may_pending : may_others))
                        cancelled += job_runner_cancel(l) >= 0;
        }

        manager_store_jobs(m);
        return sd_bus_reply_method_return(message, "u", cancelled);
}
