/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/deferred.h"
#include "bus/log-off-methods.h"
#include "bus/object.h"
#include "bus/options.h"
#include "bus/sender.h"
#include "bus/shutdown-methods.h"
#include "bus/targets.h"
#include "common/bus-util.h"
#include "common/names.h"
#include "feature/mode.h"
#include "feature/pending.h"

/* Why an action does not begin. Returns a negative errno with the error set, or 0 if it does. */
static int outcome_error(
                Manager *m, PendingOutcome outcome, int failure, const char *text, sd_bus_error *error) {
        const char *current = pending_describe(pending_current(m));

        switch (outcome) {
        case PENDING_STARTED:
                return 0;
        case PENDING_SHUTTING_DOWN:
                if (m->going_down)
                        return sd_bus_error_setf(error, USHER_ERROR_SHUTTING_DOWN,
                                        "The machine is shutting down already.");
                return sd_bus_error_setf(
                                error, USHER_ERROR_SHUTTING_DOWN, "A %s is pending already.", current);
        case PENDING_BUSY:
                return sd_bus_error_setf(error, USHER_ERROR_BUSY, "A %s is pending already.", current);
        case PENDING_INHIBITED:
                return sd_bus_error_setf(error, USHER_ERROR_BUSY, "The shutdown is inhibited by %s.", text);
        case PENDING_NO_ANSWER:
                return sd_bus_error_setf(
                                error, SD_BUS_ERROR_FAILED, "Failed to query shutdown inhibitors: %s", text);
        case PENDING_CANCELLED:
                return sd_bus_error_setf(error, SD_BUS_ERROR_FAILED, "The %s was cancelled before it began.",
                                current);
        default:
                return log_off_error(failure, error);
        }
}

static int check_pending(Manager *m, sd_bus_error *error) {
        return outcome_error(m, pending_check(m), 0, "", error);
}

static int reply_awaited_jobs(sd_bus_message *message, Manager *m) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int r;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;

        r = append_job_paths(reply, m, pending_awaits, NULL);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

static void on_started(PendingOutcome outcome, int failure, const char *text, void *userdata) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        DeferredCall *c = userdata;
        Manager *m = deferred_call_bus(c)->manager;
        int r;

        r = outcome_error(m, outcome, failure, text, &error);
        if (r >= 0)
                r = reply_awaited_jobs(deferred_call_message(c), m);
        if (r >= 0) {
                deferred_call_free(c);
                return;
        }

        if (!sd_bus_error_is_set(&error))
                (void) sd_bus_error_set_errno(&error, r);
        deferred_call_error(c, &error);
}

/* The sender is authorised from here on. */
static int start(Bus *b,
                sd_bus_message *message,
                PendingKind kind,
                const LogOffOptions *options,
                sd_bus_error *error) {

        _cleanup_free_ char *name = NULL;
        DeferredCall *c;
        uid_t uid;
        int r;

        r = sender_name(b, message, &uid, &name, error);
        if (r < 0)
                return r;

        r = deferred_wait_for_reply(b->deferred, message, uid, &c, error);
        if (r < 0)
                return r;

        r = pending_start(b->manager,
                        &(PendingRequest) {
                                        .kind = kind,
                                        .grace = options->grace,
                                        .message = options->message,
                                        .by_uid = uid,
                                        .by_user = name,
                                        .block_logins = options->block_logins,
                        },
                        on_started, c);
        return deferred_call_started(c, r);
}

/* Who inhibits a shutdown is not asked. */
static int reply_targets(Bus *b, sd_bus_message *message) {
        _cleanup_(targets_done) Targets t = {};
        int r;

        r = targets_select(&t, b->manager, &(Selection) { .seatless = true, .administrators = true });
        if (r < 0)
                return r;

        return targets_reply(&t, b->manager, message);
}

int shut_down(Bus *b, sd_bus_message *message, PendingKind kind, bool dry_run, sd_bus_error *error) {
        const Config *config = &b->manager->config;
        LogOffOptions options = {
                /* There is a warning even where systemd's own shutdowns have none. */
                .grace = config->shutdown_grace_usec > 0 ? config->shutdown_grace_usec : config->grace_usec,
                .message = "",
                .block_logins = true,
        };
        int r;

        r = log_off_options_read_over(message, config, &options, error);
        if (r < 0)
                return r;

        r = check_pending(b->manager, error);
        if (r < 0)
                return r;

        r = authorize_pending(b, message, kind, options.grace, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        return dry_run ? reply_targets(b, message) : start(b, message, kind, &options, error);
}

int set_mode(Bus *b, sd_bus_message *message, const char *name, bool dry_run, sd_bus_error *error) {
        Manager *m = b->manager;
        LogOffOptions options = { .grace = m->config.grace_usec, .message = "", .block_logins = true };
        PendingKind kind;
        Mode mode;
        int r;

        r = log_off_options_read_over(message, &m->config, &options, error);
        if (r < 0)
                return r;

        mode = mode_from_string(name);
        if ((int) mode < 0)
                return sd_bus_error_setf(
                                error, SD_BUS_ERROR_INVALID_ARGS, "The mode must be station or console.");

        r = check_pending(m, error);
        if (r < 0)
                return r;
        if (mode_is_switching(m))
                return sd_bus_error_setf(error, USHER_ERROR_BUSY, "A switch of mode is under way.");

        kind = mode == MODE_CONSOLE ? PENDING_CONSOLE : PENDING_STATION;
        r = authorize_pending(b, message, kind, options.grace, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        if (mode == mode_current(m))
                return dry_run ? targets_reply(&(Targets) {}, m, message) :
                                 sd_bus_reply_method_return(message, "ao", 0);

        return dry_run ? reply_targets(b, message) : start(b, message, kind, &options, error);
}

int method_restart(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return shut_down(userdata, message, PENDING_RESTART, false, error);
}

int method_power_off(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return shut_down(userdata, message, PENDING_POWER_OFF, false, error);
}

int method_set_mode(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *name;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        return r < 0 ? r : set_mode(userdata, message, name, false, error);
}
