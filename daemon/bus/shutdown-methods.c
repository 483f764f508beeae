/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/bus.h"
#include "bus/logoff-methods.h"
#include "bus/options.h"
#include "bus/sender.h"
#include "bus/shutdown-methods.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "core/job-runner.h"
#include "feature/pending.h"

static int append_jobs(sd_bus_message *reply, Manager *m, PendingKind kind) {
        JobRunner *l;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "o");
        if (r < 0)
                return r;

        TAILQ_FOREACH(l, &m->jobs, jobs) {
                _cleanup_free_ char *path = NULL;

                if (kind == PENDING_NONE || l->job.pending != kind)
                        continue;

                path = job_path(l);
                r = path ? sd_bus_message_append(reply, "o", path) : -ENOMEM;
                if (r < 0)
                        return r;
        }

        return sd_bus_message_close_container(reply);
}

static int reply_jobs(Manager *m, sd_bus_message *message, PendingKind kind) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int r;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;

        r = append_jobs(reply, m, kind);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

static void on_answer(Manager *m, sd_bus_message *message, PendingKind kind, const sd_bus_error *error) {
        int r;

        r = sd_bus_error_is_set(error) ? sd_bus_reply_method_error(message, error) :
                                         reply_jobs(m, message, kind);
        if (r < 0)
                log_warning_errno(r, "Failed to answer, ignoring: %m");
}

/* What was read is allowed from here on. */
static int begin(Manager *m,
                sd_bus_message *message,
                PendingKind kind,
                const LogOffOptions *options,
                sd_bus_error *error) {

        _cleanup_free_ char *name = NULL;
        uid_t uid;
        int r;

        r = sender_name(m, message, &uid, &name);
        if (r < 0)
                return r;

        r = pending_begin(m,
                        &(PendingRequest) {
                                        .kind = kind,
                                        .grace = options->grace,
                                        .message = options->message,
                                        .by_uid = uid,
                                        .by_user = name,
                                        .block_logins = options->block_logins,
                        },
                        message, on_answer, error);
        return r < 0 ? r : 1;
}

int shut_down(Manager *m, sd_bus_message *message, PendingKind kind, sd_bus_error *error) {
        LogOffOptions options = {
                /* Where systemd's own shutdowns get no warning, those that are asked of us do. */
                .grace = m->config.shutdown_grace_usec > 0 ? m->config.shutdown_grace_usec :
                                                             m->config.grace_usec,
                .message = "",
                .block_logins = true,
        };
        int r;

        r = log_off_options_read_over(message, &m->config, &options, error);
        if (r < 0)
                return r;

        r = pending_check(m, error);
        if (r < 0)
                return r;

        r = authorize_pending(m, message, kind, options.grace, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        return begin(m, message, kind, &options, error);
}

int set_mode(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        LogOffOptions options = { .grace = m->config.grace_usec, .message = "", .block_logins = true };
        const char *name;
        PendingKind kind;
        Mode mode;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;

        mode = mode_from_string(name);
        if (mode < 0)
                return sd_bus_error_setf(
                                error, SD_BUS_ERROR_INVALID_ARGS, "The mode is station or console.");

        r = log_off_options_read_over(message, &m->config, &options, error);
        if (r < 0)
                return r;

        r = pending_check(m, error);
        if (r < 0)
                return r;

        kind = mode == MODE_CONSOLE ? PENDING_CONSOLE : PENDING_STATION;
        r = authorize_pending(m, message, kind, options.grace, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        if (mode == m->mode)
                return reply_jobs(m, message, PENDING_NONE);

        return begin(m, message, kind, &options, error);
}
