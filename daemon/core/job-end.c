/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/names.h"
#include "common/timespan.h"
#include "core/job-end.h"

void job_end_init(JobEnd *e, Manager *m, const Job *j) {
        *e = (JobEnd) { .manager = m, .job = j };
}

void job_end_done(JobEnd *e) {
        logind_end_free(e->request);
        async_call_free(e->survivors_call);
        async_call_free(e->stop_call);
        free(e->survivors);
}

Session *job_end_session(const JobEnd *e) {
        Session *s = manager_find_session(e->manager, e->job->session.id);

        return s && session_identity_matches(&e->job->session, s->info) ? s : NULL;
}

usec_t job_end_given(const JobEnd *e) {
        return e->request ? logind_end_sent(e->request) : e->answered;
}

static void on_ended(int r, void *userdata) {
        JobEnd *e = userdata;

        e->answered = now_monotonic();

        /* Whatever logind answered, only a look at it shows whether the session is gone. */
        if (r < 0 && r != -ESRCH)
                log_warning_errno(r, "Failed to end session '%s', going on: %m", e->job->session.id);

        logind_look_session(e->manager->logind, e->job->session.id);
}

static void end_session(JobEnd *e, LogindEndHow how, LogindEndHandler handler) {
        const Session *s = job_end_session(e);
        int r;

        e->request = logind_end_free(e->request);
        e->answered = 0;
        if (!s)
                return;

        r = logind_end_session(e->manager->logind, &e->request, s->info, how, handler, e);
        if (r < 0)
                log_error_errno(r, "Failed to end session '%s', going on: %m", e->job->session.id);
}

static void on_survivors(sd_bus_message *reply, void *userdata) {
        JobEnd *e = userdata;
        char *names = systemd_read_processes(reply);

        if (!names) {
                log_oom();
                return;
        }

        free(e->survivors);
        e->survivors = names;
}

static void on_scope_stopped(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;
        JobEnd *e = userdata;

        if (async_reply_errno(reply) >= 0)
                return;

        e->scope_gone = sd_bus_message_is_method_error(reply, SYSTEMD_ERROR_NO_SUCH_UNIT) > 0;
        text = async_reply_error_text(reply);
        log_warning("Failed to stop the scope of a session: %s", strempty(text));
}

static void on_checked(int r, void *userdata) {
        JobEnd *e = userdata;
        const char *scope = e->job->scope;

        e->answered = now_monotonic();
        if (r < 0) {
                log_warning_errno(r, "Session '%s' was not found again, not stopping '%s': %m",
                                e->job->session.id, scope);
                return;
        }

        async_call_free(e->survivors_call);
        r = systemd_list_processes(e->manager->systemd, &e->survivors_call, scope, on_survivors, e);
        if (r < 0)
                log_warning_errno(r, "Failed to list the processes in '%s': %m", scope);

        async_call_free(e->stop_call);
        r = systemd_stop_unit(e->manager->systemd, &e->stop_call, scope, on_scope_stopped, e);
        if (r < 0)
                log_warning_errno(r, "Failed to stop '%s': %m", scope);
}

void job_end_perform(JobEnd *e, JobAction action) {
        switch (action) {
        case JOB_TERMINATE:
                /* While the machine goes down logind would have systemd stop the scope, and systemd does
                 * that only when the shutdown hook has ended, which waits for us. */
                end_session(e, e->manager->going_down ? LOGIND_SIGNAL : LOGIND_TERMINATE, on_ended);
                break;
        case JOB_KILL:
                end_session(e, LOGIND_KILL, on_ended);
                break;
        case JOB_STOP_SCOPE:
                /* A new session with the same id has a scope of the same name. */
                if (!isempty(e->job->scope))
                        end_session(e, LOGIND_CHECK, on_checked);
                break;
        default:
                break;
        }
}
