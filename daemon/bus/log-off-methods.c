/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/find.h"
#include "bus/log-off-methods.h"
#include "bus/object.h"
#include "bus/options.h"
#include "bus/sender.h"
#include "bus/targets.h"
#include "common/bus-util.h"
#include "common/names.h"
#include "common/timespan.h"
#include "core/jobs.h"

int log_off_error(int r, sd_bus_error *error) {
        if (r == -ENOBUFS)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "Too many log-offs under way (limit %u).", JOBS_MAX);
        if (r == -ENOMEM)
                return r;

        return sd_bus_error_set_errnof(error, r, "Failed to block new logins: %m");
}

/* polkit lets every user log off their own sessions, and each log-off starts a job, a unit and a record. So
 * these count, RATE_EACH_MAX a minute. All others are for users who have been given the right. */
static int count_own(Bus *b, const Targets *t, uid_t uid, sd_bus_error *error) {
        unsigned limit;

        if (uid == 0 || t->n == 0)
                return 0;
        for (size_t i = 0; i < t->n; i++)
                if (t->sessions[i]->info->uid != uid)
                        return 0;

        limit = rate_note(&b->own_log_offs, uid, now_monotonic());
        if (limit == 0)
                return 0;

        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                        "Too many log-offs of own sessions within a minute (limit %u).", limit);
}

/* Starts the jobs, which are in the store before the caller hears of them. The caller frees the array. */
static int start(Bus *b,
                sd_bus_message *message,
                const Targets *t,
                const LogOffOptions *options,
                const char *method,
                JobRunner ***ret,
                sd_bus_error *error) {

        Operation operation = targets_operation(t, method);
        _cleanup_free_ JobRunner **jobs = NULL;
        _cleanup_free_ char *name = NULL;
        uid_t uid;
        int r;

        r = sender_name(b, message, &uid, &name, error);
        if (r < 0)
                return r;

        r = count_own(b, t, uid, error);
        if (r < 0)
                return r;

        jobs = calloc(t->n + 1, sizeof(*jobs));
        if (!jobs)
                return -ENOMEM;

        r = jobs_start(b->manager, t->sessions, t->n,
                        &(JobRequest) {
                                        .origin = JOB_ORIGIN_CALLER,
                                        .reason = options->reason,
                                        .grace = options->grace,
                                        .message = options->message,
                                        .by_uid = uid,
                                        .by_user = name,
                                        .block_logins = options->block_logins,
                        },
                        &operation, jobs);
        if (r < 0)
                return log_off_error(r, error);

        *ret = TAKE_PTR(jobs);
        return 0;
}

static int start_and_reply(Bus *b,
                sd_bus_message *message,
                const Targets *t,
                const LogOffOptions *options,
                const char *method,
                sd_bus_error *error) {

        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        _cleanup_free_ JobRunner **jobs = NULL;
        int r;

        r = start(b, message, t, options, method, &jobs, error);
        if (r < 0)
                return r;

        r = list_reply_new(message, "o", &reply);
        for (size_t i = 0; i < t->n && r >= 0; i++)
                r = append_job_path(reply, jobs[i]);
        if (r < 0)
                return r;

        return list_reply_send(reply);
}

/* Blocking new logins affects everybody, so it needs the right to log off all. */
static int authorize_targets(Bus *b,
                sd_bus_message *message,
                const Targets *t,
                const LogOffOptions *options,
                sd_bus_error *error) {

        int r;

        r = authorize_log_off(b, message, t->sessions, t->n, options->grace, error);
        if (r <= 0 || !options->block_logins)
                return r;

        return authorize(b, message, USHER_ACTION_LOG_OFF_ALL, NULL, error);
}

static int log_off_at(Station *s,
                sd_bus_message *message,
                const LogOffOptions *options,
                bool dry_run,
                sd_bus_error *error) {

        _cleanup_(targets_done) Targets t = {};
        Bus *b = bus_of(s->manager);
        int r;

        r = targets_select(&t, b->manager,
                        &(Selection) { .station = s->id, .seatless = true, .administrators = true });
        if (r < 0)
                return r;

        r = authorize_targets(b, message, &t, options, error);
        if (r <= 0)
                return r < 0 ? r : 1;
        if (dry_run)
                return targets_reply(&t, b->manager, message);

        /* Nothing happens at a station without users, so there is no operation either. */
        if (t.n == 0)
                return sd_bus_reply_method_return(message, "ao", 0);

        return start_and_reply(b, message, &t, options, "LogOff", error);
}

int log_off_station(Bus *b, sd_bus_message *message, const char *name, bool dry_run, sd_bus_error *error) {
        LogOffOptions options;
        Station *s;
        int r;

        r = log_off_options_read(message, &b->manager->config, &options, error);
        if (r < 0)
                return r;

        r = find_station(b, name, &s, error);
        if (r < 0)
                return r;

        return log_off_at(s, message, &options, dry_run, error);
}

int log_off_session(Bus *b, sd_bus_message *message, const char *id, bool dry_run, sd_bus_error *error) {
        _cleanup_free_ JobRunner **jobs = NULL;
        _cleanup_free_ char *path = NULL;
        LogOffOptions options;
        Session *s;
        Targets t;
        int r;

        r = log_off_options_read(message, &b->manager->config, &options, error);
        if (r < 0)
                return r;

        r = find_session(b, id, &s, error);
        if (r < 0)
                return r;
        if (!session_is_person(s))
                return no_such(error, USHER_ERROR_NO_SUCH_SESSION, "user session", id);

        t = (Targets) { .sessions = &s, .n = 1 };
        r = authorize_targets(b, message, &t, &options, error);
        if (r <= 0)
                return r < 0 ? r : 1;
        if (dry_run)
                return targets_reply(&t, b->manager, message);

        r = start(b, message, &t, &options, "LogOffSession", &jobs, error);
        if (r < 0)
                return r;

        path = job_path(jobs[0]);
        return path ? sd_bus_reply_method_return(message, "o", path) : -ENOMEM;
}

int log_off_all(Bus *b, sd_bus_message *message, bool dry_run, sd_bus_error *error) {
        _cleanup_(sender_session_done) SenderSession own = {};
        _cleanup_(targets_done) Targets t = {};
        LogOffOptions options;
        bool administrators;
        int r;

        r = log_off_options_read(message, &b->manager->config, &options, error);
        if (r < 0)
                return r;

        r = authorize_log_off_all(b, message, options.grace, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = authorize_quietly(b, message, USHER_ACTION_LOG_OFF_ADMINISTRATOR, &administrators, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        if (!options.include_caller)
                sender_session_read(&own, b, message);

        r = targets_select(&t, b->manager,
                        &(Selection) {
                                        .own = &own,
                                        .seatless = options.include_seatless,
                                        .administrators = administrators,
                        });
        if (r < 0)
                return r;
        if (dry_run)
                return targets_reply(&t, b->manager, message);

        return start_and_reply(b, message, &t, &options, "LogOffAll", error);
}

int method_log_off(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *name;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        return r < 0 ? r : log_off_station(userdata, message, name, false, error);
}

int station_method_log_off(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Station *s = userdata;
        LogOffOptions options;
        int r;

        r = log_off_options_read(message, &s->manager->config, &options, error);
        if (r < 0)
                return r;

        return log_off_at(s, message, &options, false, error);
}

int method_log_off_session(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *id;
        int r;

        r = sd_bus_message_read(message, "s", &id);
        return r < 0 ? r : log_off_session(userdata, message, id, false, error);
}

int method_log_off_all(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return log_off_all(userdata, message, false, error);
}
