/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/jobs.h"
#include "feature/pending-start.h"
#include "peer/logind-request.h"

static JobReason reason_of(PendingKind kind) {
        return kind == PENDING_RESTART            ? JOB_REASON_RESTART :
                        kind == PENDING_POWER_OFF ? JOB_REASON_POWER_OFF :
                                                    JOB_REASON_MODE_SWITCH;
}

static const char *method_of(PendingKind kind) {
        return kind == PENDING_RESTART ? "Restart" : kind == PENDING_POWER_OFF ? "PowerOff" : "SetMode";
}

static JobRequest make_request(const PendingAction *p, usec_t grace) {
        return (JobRequest) {
                .origin = JOB_ORIGIN_PENDING,
                .reason = reason_of(p->kind),
                .grace = grace,
                .message = p->message,
                .by_uid = p->by_uid,
                .by_user = p->by_user,
                .block_logins = p->block_logins,
                .awaited = true,
        };
}

static int start_jobs(PendingAction *p) {
        _cleanup_free_ Session **sessions = NULL;
        Manager *m = p->manager;
        JobRequest request;
        size_t n;
        int r;

        r = manager_list_sessions(m, NULL, true, &sessions, &n);
        if (r < 0)
                return r;

        if (p->block_logins) {
                r = logins_block(m->logins);
                if (r < 0)
                        return r;
        }

        p->stage = PENDING_LOGGING_OFF;
        request = make_request(p, p->grace);
        r = jobs_start(m, sessions, n, &request, &(Operation) { .method = method_of(p->kind) }, NULL);
        if (r < 0)
                return r;

        if (n == 0)
                jobs_store(m);
        log_notice("Pending %s, requested by '%s': logging off %zu sessions first.",
                        pending_describe(p->kind), p->by_user, n);
        return 0;
}

int pending_warn_late(PendingAction *p) {
        _cleanup_free_ Session **sessions = NULL;
        Manager *m = p->manager;
        JobRequest request = make_request(p, m->config.minimum_grace_usec);
        size_t n, n_late = 0;
        int r;

        r = manager_list_sessions(m, NULL, true, &sessions, &n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++)
                if (!sessions[i]->outlives_log_off)
                        sessions[n_late++] = sessions[i];

        r = jobs_start(m, sessions, n_late, &request, NULL, NULL);
        if (r < 0)
                return r;

        if (n_late > 0)
                log_notice("Pending %s: %zu sessions began meanwhile, logging them off first.",
                                pending_describe(p->kind), n_late);
        return (int) n_late;
}

/* Nothing stands in the way: starts the jobs and answers. Frees the action if they cannot be started. */
static void begin(PendingAction *p) {
        int r;

        r = start_jobs(p);
        if (r < 0) {
                pending_answer(p, PENDING_FAILED, r, strerror(-r));
                (void) jobs_cancel(p->manager, pending_awaits, NULL);
                pending_end(p);
                return;
        }

        pending_answer(p, PENDING_STARTED, 0, "");
        pending_step_soon(p);
}

static void on_inhibitors(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;
        PendingAction *p = userdata;
        int r;

        r = logind_read_shutdown_blockers(reply, &text);
        if (p->manager->going_down)
                pending_answer(p, PENDING_SHUTTING_DOWN, 0, "");
        else if (r < 0) {
                text = async_reply_errno(reply) < 0 ? async_reply_error_text(reply) : NULL;
                pending_answer(p, PENDING_NO_ANSWER, 0, text ? text : strerror(-r));
        } else if (r > 0)
                pending_answer(p, PENDING_INHIBITED, 0, strempty(text));
        else {
                begin(p);
                return;
        }

        pending_end(p);
}

int pending_begin(PendingAction *p) {
        if (pending_is_shutdown(p->kind))
                return logind_list_inhibitors(p->manager->logind, &p->call, on_inhibitors, p);

        begin(p);
        return 0;
}
