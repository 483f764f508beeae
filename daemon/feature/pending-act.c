/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The last step of a pending action, after all users are logged off. If usherd is killed during this step,
 * its successor repeats it. So it first checks whether the machine is already shutting down. It asks logind,
 * which may still be waiting for delay locks, and systemd, because a shutdown can be requested without
 * logind. An error that is not a refusal is retried when logind is back, and periodically if logind is only
 * slow, for PENDING_LATE_MAX_USEC. Immediately before the step logind lists the sessions again, because a
 * user may have logged in, and the inhibitors, because its refusal does not name who blocks the shutdown. */

#include "common/log.h"
#include "common/shutdown-target.h"
#include "core/jobs.h"
#include "feature/pending-act.h"
#include "feature/pending-start.h"
#include "peer/logind-request.h"

/* From one try to the next it is twice as long, up to the maximum. */
#define RETRY_USEC (1 * USEC_PER_SEC)
#define RETRY_MAX_USEC (30 * USEC_PER_SEC)

static bool is_refusal(int r) {
        /* logind is not there, does not answer in time, or the bus is gone.
         */
        return r != -EHOSTUNREACH && r != -ETIMEDOUT && r != -ECONNRESET;
}

static int on_limit(sd_event_source *s, uint64_t usec, void *userdata) {
        PendingAction *p = userdata;

        log_error("Cancelled pending %s: logind could not be reached.", pending_describe(p->kind));
        pending_end(p);
        return 0;
}

/* Ends the action if that fails. */
static int set_limit(PendingAction *p) {
        int r;

        if (p->limit)
                return 0;

        r = sd_event_add_time(p->manager->event, &p->limit, CLOCK_MONOTONIC, p->due + PENDING_LATE_MAX_USEC,
                        0, on_limit, p);
        if (r < 0) {
                log_error_errno(r, "Cancelled pending %s: failed to wait for logind: %m",
                                pending_describe(p->kind));
                pending_end(p);
        }

        return r;
}

static int on_retry(sd_event_source *s, uint64_t usec, void *userdata) {
        PendingAction *p = userdata;

        p->retry = sd_event_source_disable_unref(p->retry);
        pending_step_soon(p);
        return 0;
}

/* Tries again when logind is back, or after a delay if it is only slow. */
static void wait_for_logind(PendingAction *p) {
        if (p->retry_usec == 0)
                log_info("Waiting for logind to carry out the pending %s.", pending_describe(p->kind));

        p->stage = PENDING_LOGGING_OFF;
        if (set_limit(p) < 0 || p->retry)
                return;

        p->retry_usec = p->retry_usec == 0 ? RETRY_USEC : MIN_OF(2 * p->retry_usec, RETRY_MAX_USEC);
        if (sd_event_add_time_relative(p->manager->event, &p->retry, CLOCK_MONOTONIC, p->retry_usec, 0,
                            on_retry, p) < 0)
                log_oom();
}

static void look(PendingAction *p) {
        if (set_limit(p) < 0)
                return;

        p->looking = true;
        logind_look(p->manager->logind);
}

static void shut_down_failed(PendingAction *p, int r, const char *text) {
        if (!is_refusal(r)) {
                wait_for_logind(p);
                return;
        }

        log_error("Cancelled pending %s: logind refused: %s", pending_describe(p->kind), text);
        pending_end(p);
}

static void on_shut_down(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;
        PendingAction *p = userdata;
        int r;

        r = async_reply_errno(reply);
        if (r >= 0) {
                /* systemd does the rest. usher-shutdown.service will find no users to log off. */
                pending_end(p);
                return;
        }

        text = async_reply_error_text(reply);
        shut_down_failed(p, r, strempty(text));
}

static void give_way(PendingAction *p) {
        log_info("Dropped pending %s: the machine is already shutting down.", pending_describe(p->kind));
        pending_end(p);
}

static void send_shut_down(PendingAction *p) {
        int r;

        p->stage = PENDING_ACTING;
        r = logind_shut_down(p->manager->logind, &p->call, p->kind == PENDING_RESTART, on_shut_down, p);
        if (r < 0)
                shut_down_failed(p, r, strerror(-r));
}

static void on_inhibitors(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *blockers = NULL;
        PendingAction *p = userdata;
        int r;

        r = logind_read_shutdown_blockers(reply, &blockers);
        if (r < 0)
                wait_for_logind(p);
        else if (r > 0) {
                log_error("Cancelled pending %s: blocked by %s", pending_describe(p->kind), blockers);
                pending_end(p);
        } else
                send_shut_down(p);
}

static void check_inhibitors(PendingAction *p) {
        if (logind_list_inhibitors(p->manager->logind, &p->call, on_inhibitors, p) < 0)
                wait_for_logind(p);
}

static void on_jobs(sd_bus_message *reply, void *userdata) {
        const ShutdownTarget *target = NULL;
        PendingAction *p = userdata;

        /* If systemd does not say, logind still knows what it has begun itself. */
        if (async_reply_errno(reply) >= 0 && shutdown_target_read(reply, &target) >= 0 && target)
                give_way(p);
        else
                look(p);
}

static void on_preparing(sd_bus_message *reply, void *userdata) {
        PendingAction *p = userdata;
        int r;

        r = logind_read_preparing_for_shutdown(reply);
        if (r < 0)
                wait_for_logind(p);
        else if (r > 0)
                give_way(p);
        else if (systemd_list_jobs(p->manager->systemd, &p->call, on_jobs, p) < 0)
                look(p);
}

static void shut_down(PendingAction *p) {
        Manager *m = p->manager;
        int r = -EHOSTUNREACH;

        if (m->logind_synced && !m->logind_lost)
                r = logind_get_preparing_for_shutdown(m->logind, &p->call, on_preparing, p);
        if (r < 0)
                wait_for_logind(p);
}

static void on_switched(const char *error, void *userdata) {
        PendingAction *p = userdata;

        if (!isempty(error))
                log_error("Failed to carry out the %s, it was undone: %s", pending_describe(p->kind), error);
        else
                log_notice("The machine is in %s mode now.",
                                p->kind == PENDING_CONSOLE ? "console" : "station");

        pending_end(p);
}

static void switch_mode(PendingAction *p) {
        Mode mode = p->kind == PENDING_CONSOLE ? MODE_CONSOLE : MODE_STATION;
        int r;

        p->stage = PENDING_ACTING;
        r = manager_switch_mode(p->manager, mode, on_switched, p);
        if (r < 0) {
                log_error_errno(r, "Failed to carry out the %s: %m", pending_describe(p->kind));
                pending_end(p);
        }
}

void pending_looked(PendingAction *p) {
        int r;

        if (!p->looking)
                return;

        p->looking = false;
        r = pending_warn_late(p);
        if (r < 0) {
                log_error_errno(r, "Cancelled pending %s: failed to warn those who logged in meanwhile: %m",
                                pending_describe(p->kind));
                (void) jobs_cancel(p->manager, pending_awaits, NULL);
                pending_end(p);
                return;
        }

        /* The limit is for waiting: a warning, or a switch that systemd has begun, takes its own time. */
        p->limit = sd_event_source_disable_unref(p->limit);
        if (r > 0)
                return;

        if (pending_is_shutdown(p->kind))
                check_inhibitors(p);
        else
                switch_mode(p);
}

void pending_act(PendingAction *p) {
        if (p->stage == PENDING_ACTING || p->call || p->looking)
                return;

        if (pending_is_shutdown(p->kind))
                shut_down(p);
        else
                look(p);
}
