/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A job is read whole each time: what a signal says about it is only that it is worth reading. The match for
 * these signals is made once the job is known to be ours, and the job is read again after that, so that no
 * change is lost and other people's jobs cost one call. */

#include <stdarg.h>

#include "common/log.h"
#include "common/names.h"
#include "warn/jobs.h"
#include "warn/message.h"
#include "warn/warn-job.h"

int job_new(WarnJob **ret, Jobs *jobs, sd_bus *bus, const char *path) {
        WarnJob *job;

        job = malloc(sizeof(*job));
        if (!job)
                return -ENOMEM;

        *job = (WarnJob) {
                .jobs = jobs,
                .bus = sd_bus_ref(bus),
                .path = strdup(path),
                .uid = (uid_t) -1,
                .by_uid = (uid_t) -1,
        };
        if (!job->path) {
                (void) job_free(job);
                return -ENOMEM;
        }

        *ret = job;
        return 0;
}

WarnJob *job_free(WarnJob *job) {
        if (!job)
                return NULL;

        sd_bus_slot_unref(job->call);
        sd_bus_slot_unref(job->match);
        sd_bus_unref(job->bus);
        free(job->path);
        free(job->station);
        free(job->label);
        free(job->session);
        free(job->reason);
        free(job->message);
        free(job->by_name);
        free(job->phase);
        free(job->warned);
        free(job);
        return NULL;
}

int job_call(WarnJob *job,
                sd_bus_slot **ret,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...) {
        va_list ap;
        int r;

        va_start(ap, types);
        r = jobs_callv(job->jobs, ret, job->path, USHER_IFACE_JOB, member, func, userdata, types, ap);
        va_end(ap);

        return r;
}

static int read_user(sd_bus_message *m, uid_t *ret_uid, char **name) {
        const char *s;
        uint32_t uid;
        int r;

        r = sd_bus_message_read(m, "(us)", &uid, &s);
        if (r < 0)
                return r;

        if (name) {
                r = string_replace(name, s);
                if (r < 0)
                        return r;
        }

        *ret_uid = uid;
        return 1;
}

static int read_job_property(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        WarnJob *job = userdata;
        const struct {
                const char *name;
                char **field;
        } strings[] = {
                { "Station", &job->station },
                { "Session", &job->session },
                { "Reason", &job->reason },
                { "Message", &job->message },
                { "Phase", &job->phase },
                { "Warned", &job->warned },
        };
        int r;

        for (size_t i = 0; i < ELEMENTSOF(strings); i++)
                if (streq(name, strings[i].name))
                        return message_read_string(m, strings[i].field);

        if (streq(name, "DeadlineMonotonic"))
                r = sd_bus_message_read(m, "t", &job->deadline_monotonic);
        else if (streq(name, "User"))
                r = read_user(m, &job->uid, NULL);
        else if (streq(name, "StartedBy"))
                r = read_user(m, &job->by_uid, &job->by_name);
        else
                return 0;

        return r < 0 ? r : 1;
}

static void announce(WarnJob *job) {
        jobs_announce(job->jobs, job);

        if (job->again)
                job_read(job);
}

static int on_label(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        WarnJob *job = userdata;

        job->call = sd_bus_slot_unref(job->call);

        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_enter_container(m, 'v', "s") > 0)
                (void) message_read_string(m, &job->label);

        announce(job);
        return 0;
}

/* The station's friendly name; it is not worth failing for. */
static int job_ask_label(WarnJob *job) {
        _cleanup_free_ char *path = NULL;
        int r;

        r = sd_bus_path_encode(USHER_PATH_STATION, job->station, &path);
        if (r < 0)
                return r;

        return jobs_call(job->jobs, &job->call, path, DBUS_IFACE_PROPERTIES, "Get", on_label, job, "ss",
                        USHER_IFACE_STATION, "Label");
}

static int on_job_changed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        WarnJob *job = userdata;

        if (jobs_is_sender(job->jobs, m))
                job_read(job);

        return 0;
}

static void job_watch(WarnJob *job) {
        int r;

        r = sd_bus_match_signal_async(job->bus, &job->match, USHER_BUS_NAME, job->path,
                        DBUS_IFACE_PROPERTIES, "PropertiesChanged", on_job_changed, NULL, job);
        if (r < 0) {
                log_warning_errno(r, "Failed to watch '%s', ignoring it: %m", job->path);
                jobs_drop(job->jobs, job, "");
                return;
        }

        job_read(job);
}

static int on_job(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        WarnJob *job = userdata;
        int r;

        job->call = sd_bus_slot_unref(job->call);

        if (sd_bus_message_is_method_error(m, "org.freedesktop.DBus.Error.UnknownObject") ||
                        sd_bus_message_is_method_error(m, "org.freedesktop.DBus.Error.UnknownMethod") ||
                        sd_bus_message_is_method_error(m, USHER_ERROR_NO_SUCH_JOB)) {
                jobs_drop(job->jobs, job, "");
                return 0;
        }

        r = sd_bus_message_is_method_error(m, NULL) ? -sd_bus_message_get_errno(m) :
                                                      bus_message_read_properties(m, read_job_property, job);
        if (r < 0) {
                log_warning_errno(r, "Failed to read '%s', ignoring: %m", job->path);
                return 0;
        }

        if (job->uid != getuid() || !job->session || !job->phase || !job->warned || !job->reason) {
                jobs_drop(job->jobs, job, "");
                return 0;
        }

        if (!job->match) {
                job_watch(job);
                return 0;
        }

        if (job->announced || isempty(job->station) || job_ask_label(job) < 0)
                announce(job);

        return 0;
}

void job_read(WarnJob *job) {
        int r;

        job->again = job->call;
        if (job->call)
                return;

        r = jobs_call(job->jobs, &job->call, job->path, DBUS_IFACE_PROPERTIES, "GetAll", on_job, job, "s",
                        USHER_IFACE_JOB);
        if (r < 0)
                log_debug_errno(r, "Failed to ask for '%s', ignoring: %m", job->path);
}
