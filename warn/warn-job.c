/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The match for the signals of a job is added once the job is known to be the user's, and then the job is
 * read again. So no change is lost, and a job of another user costs one call and no signal: the ends of a
 * class would otherwise wake every usher-warn for each session. */

#include "common/log.h"
#include "common/names.h"
#include "warn/warn-job.h"

int warn_job_new(WarnJob **ret,
                Client *client,
                const char *path,
                const WarnJobHandler *handler,
                void *userdata) {
        WarnJob *job;

        job = malloc(sizeof(*job));
        if (!job)
                return -ENOMEM;

        *job = (WarnJob) {
                .client = client,
                .handler = handler,
                .handler_userdata = userdata,
                .path = strdup(path),
        };
        job_info_init(&job->info);
        if (!job->path) {
                (void) warn_job_free(job);
                return -ENOMEM;
        }

        *ret = job;
        return 0;
}

WarnJob *warn_job_free(WarnJob *job) {
        if (!job)
                return NULL;

        sd_bus_slot_unref(job->call);
        sd_bus_slot_unref(job->match);
        job_info_done(&job->info);
        free(job->path);
        free(job->label);
        free(job);
        return NULL;
}

int warn_job_call(WarnJob *job,
                sd_bus_slot **ret,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...) {
        va_list ap;
        int r;

        va_start(ap, types);
        r = client_callv(job->client, ret, job->path, USHER_IFACE_JOB, member, func, userdata, types, ap);
        va_end(ap);

        return r;
}

static void loaded(WarnJob *job) {
        /* The handler may not free the job here, so it can be read again. */
        job->handler->loaded(job, job->handler_userdata);

        if (job->again)
                warn_job_load(job);
}

static void lost(WarnJob *job) {
        job->handler->lost(job, job->handler_userdata);
}

static int on_label(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        WarnJob *job = userdata;

        job->call = sd_bus_slot_unref(job->call);

        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_enter_container(m, 'v', "s") > 0)
                (void) bus_message_read_string(m, &job->label);

        loaded(job);
        return 0;
}

/* Reads the station's label. A warning without it is better than none. */
static int load_label(WarnJob *job) {
        _cleanup_free_ char *path = NULL;
        int r;

        r = sd_bus_path_encode(USHER_PATH_STATION, job->info.station, &path);
        if (r < 0)
                return r;

        return client_call(job->client, &job->call, path, DBUS_IFACE_PROPERTIES, "Get", on_label, job, "ss",
                        USHER_IFACE_STATION, "Label");
}

/* Takes what has changed from a PropertiesChanged. False where the job must be read instead: what a signal
 * does not contain may have changed too. */
static bool take_changes(WarnJob *job, sd_bus_message *m) {
        return !job->call && !job->again && sd_bus_message_skip(m, "s") >= 0 &&
                        job_info_read(m, &job->info) >= 0 &&
                        sd_bus_message_enter_container(m, 'a', "s") >= 0 &&
                        sd_bus_message_at_end(m, false) > 0;
}

static int read_result(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        return streq(name, "Result") && streq(contents, "s") ? bus_message_read_string(m, userdata) : 0;
}

static int on_changed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        _cleanup_free_ char *result = NULL;
        WarnJob *job = userdata;

        if (!client_is_sender(job->client, m))
                return 0;

        if (sd_bus_message_skip(m, "s") >= 0 && bus_message_read_properties(m, read_result, &result) >= 0 &&
                        !isempty(result))
                job->handler->ended(job, result, job->handler_userdata);
        else if (sd_bus_message_rewind(m, true) >= 0 && take_changes(job, m))
                job->handler->loaded(job, job->handler_userdata);
        else
                warn_job_load(job);

        return 0;
}

static void watch(WarnJob *job) {
        int r;

        r = client_match(job->client, &job->match, job->path, DBUS_IFACE_PROPERTIES, "PropertiesChanged",
                        on_changed, job);
        if (r < 0) {
                log_warning_errno(r, "Failed to watch job '%s', ignoring the job: %m", job->path);
                lost(job);
                return;
        }

        warn_job_load(job);
}

static bool is_gone(sd_bus_message *m) {
        return sd_bus_message_is_method_error(m, SD_BUS_ERROR_UNKNOWN_OBJECT) ||
                        sd_bus_message_is_method_error(m, SD_BUS_ERROR_UNKNOWN_METHOD) ||
                        sd_bus_message_is_method_error(m, USHER_ERROR_NO_SUCH_JOB);
}

static bool is_ours(const JobInfo *info) {
        return info->user.uid == getuid() && info->session && info->phase && info->warned && info->reason;
}

static int on_job(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        WarnJob *job = userdata;
        int r;

        job->call = sd_bus_slot_unref(job->call);

        if (is_gone(m)) {
                lost(job);
                return 0;
        }

        r = sd_bus_message_is_method_error(m, NULL) ? -sd_bus_message_get_errno(m) :
                                                      job_info_read(m, &job->info);
        if (r < 0) {
                log_warning_errno(r, "Failed to read job '%s', ignoring: %m", job->path);
                if (job->again)
                        warn_job_load(job);
                else
                        job->again = true;
                return 0;
        }

        if (!is_ours(&job->info))
                lost(job);
        else if (!job->match)
                watch(job);
        else if (job->announced || isempty(job->info.station) || load_label(job) < 0)
                loaded(job);

        return 0;
}

void warn_job_load(WarnJob *job) {
        int r;

        job->again = job->call;
        if (job->call)
                return;

        r = client_call(job->client, &job->call, job->path, DBUS_IFACE_PROPERTIES, "GetAll", on_job, job,
                        "s", USHER_IFACE_JOB);
        if (r < 0)
                log_debug_errno(r, "Failed to request job '%s', ignoring: %m", job->path);
}

void warn_job_forget_call(WarnJob *job) {
        job->call = sd_bus_slot_unref(job->call);
        job->again = true;
}
