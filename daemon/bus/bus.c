/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <systemd/sd-daemon.h>

#include "bus/bus.h"
#include "bus/message-methods.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "core/job-runner.h"

static char *encode_path(const char *prefix, const char *id) {
        char *path;

        return sd_bus_path_encode(prefix, id, &path) < 0 ? NULL : path;
}

char *bus_path_id(const char *path, const char *prefix) {
        _cleanup_free_ char *id = NULL, *canonical = NULL;

        if (sd_bus_path_decode(path, prefix, &id) <= 0)
                return NULL;

        /* Decoding is lenient, and would give an object several paths. */
        canonical = encode_path(prefix, id);
        return canonical && streq(canonical, path) ? TAKE_PTR(id) : NULL;
}

char *station_path(const Station *s) {
        return encode_path(USHER_PATH_STATION, s->id);
}

char *hub_path(const Hub *h) {
        return encode_path(USHER_PATH_HUB, h->id);
}

char *job_path(const JobRunner *l) {
        char *path;

        /* A number needs no encoding, and the interface promises it as it is. */
        return asprintf(&path, USHER_PATH_JOB "/%" PRIu32, l->job.number) < 0 ? NULL : path;
}

int append_paths_of_jobs(sd_bus_message *reply, Manager *m, const char *station) {
        JobRunner *l;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "o");
        if (r < 0)
                return r;

        TAILQ_FOREACH(l, &m->jobs, jobs) {
                _cleanup_free_ char *path = NULL;

                if (station && !streq(l->job.station, station))
                        continue;

                path = job_path(l);
                if (!path)
                        return -ENOMEM;

                r = sd_bus_message_append(reply, "o", path);
                if (r < 0)
                        return r;
        }

        return sd_bus_message_close_container(reply);
}

void bus_emit_changed(Manager *m,
                const char *path,
                const char *interface,
                const BusChange *table,
                size_t n_table,
                unsigned mask) {

        char *names[32] = {};
        size_t n = 0;
        int r;

        for (size_t i = 0; i < n_table; i++)
                if (mask & table[i].bit && n < ELEMENTSOF(names) - 1)
                        names[n++] = (char *) table[i].property;

        if (n == 0)
                return;

        r = path ? sd_bus_emit_properties_changed_strv(m->bus, path, interface, names) : -ENOMEM;
        if (r < 0)
                log_warning_errno(r, "Failed to tell what changed at '%s', ignoring: %m", strempty(path));
}

int append_devices(sd_bus_message *reply, const DeviceList *devices) {
        int r;

        r = sd_bus_message_open_container(reply, 'a', "(ss)");
        for (size_t i = 0; i < devices->n_entries && r >= 0; i++)
                r = sd_bus_message_append(reply, "(ss)", device_kind_to_string(devices->entries[i].kind),
                                devices->entries[i].syspath);
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

int bus_free_paths(char **paths) {
        for (char **p = paths; *p; p++)
                free(*p);
        free(paths);
        return -ENOMEM;
}

static void emit(Manager *m, const char *member, const char *types, ...) {
        _cleanup_bus_message_ sd_bus_message *signal = NULL;
        va_list ap;
        int r;

        r = sd_bus_message_new_signal(m->bus, &signal, USHER_PATH, USHER_IFACE_MANAGER, member);
        if (r >= 0) {
                va_start(ap, types);
                r = sd_bus_message_appendv(signal, types, ap);
                va_end(ap);
        }
        if (r >= 0)
                r = sd_bus_send(m->bus, signal, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to send the signal %s, ignoring: %m", member);
}

static void log_emit(int r, const char *path) {
        if (r < 0)
                log_warning_errno(r, "Failed to tell of '%s', ignoring: %m", strempty(path));
}

/* What is there must be found before it is announced, and still be found when its end is announced. */

static void on_station_added(Station *s, void *userdata) {
        _cleanup_free_ char *path = station_path(s);
        Manager *m = userdata;

        if (!path) {
                log_oom();
                return;
        }

        log_emit(sd_bus_emit_object_added(m->bus, path), path);
        emit(m, "StationAdded", "so", s->id, path);
}

static void on_station_removed(Station *s, void *userdata) {
        _cleanup_free_ char *path = station_path(s);
        Manager *m = userdata;

        if (!path) {
                log_oom();
                return;
        }

        log_emit(sd_bus_emit_object_removed(m->bus, path), path);
        emit(m, "StationRemoved", "so", s->id, path);
}

static void on_station_changed(Station *s, unsigned mask, void *userdata) {
        station_emit_changed(userdata, s, mask);
}

static void on_hub_added(const Hub *h, void *userdata) {
        _cleanup_free_ char *path = hub_path(h);
        Manager *m = userdata;

        log_emit(path ? sd_bus_emit_object_added(m->bus, path) : -ENOMEM, path);
}

static void on_hub_removed(const Hub *h, void *userdata) {
        _cleanup_free_ char *path = hub_path(h);
        Manager *m = userdata;

        log_emit(path ? sd_bus_emit_object_removed(m->bus, path) : -ENOMEM, path);
}

static void on_hub_changed(const Hub *h, unsigned mask, void *userdata) {
        hub_emit_changed(userdata, h, mask);
}

static void on_job_new(JobRunner *l, void *userdata) {
        _cleanup_free_ char *path = job_path(l);
        Manager *m = userdata;

        if (!path) {
                log_oom();
                return;
        }

        log_emit(sd_bus_emit_object_added(m->bus, path), path);
        emit(m, "JobNew", "uo", l->job.number, path);
}

static void on_job_removed(JobRunner *l, void *userdata) {
        _cleanup_free_ char *path = job_path(l);
        Manager *m = userdata;

        if (!path) {
                log_oom();
                return;
        }

        log_emit(sd_bus_emit_object_removed(m->bus, path), path);
        emit(m, "JobRemoved", "uosss", l->job.number, path, l->job.station, l->job.session.id,
                        job_result_to_string(l->job.result));
}

static void on_job_changed(JobRunner *l, unsigned mask, void *userdata) {
        job_emit_changed(userdata, l, mask);
}

static void notify_status(Manager *m) {
        unsigned stations = 0, jobs = 0;
        Station *s;
        JobRunner *l;

        TAILQ_FOREACH(s, &m->stations, stations)
                stations++;
        TAILQ_FOREACH(l, &m->jobs, jobs)
                jobs++;

        (void) sd_notifyf(false, "STATUS=%u stations, %zu hubs, %u log-offs under way", stations,
                        topology_n_hubs(m->topology), jobs);
}

static void on_manager_changed(unsigned mask, void *userdata) {
        manager_emit_changed(userdata, mask);
        notify_status(userdata);
}

static void on_notice_new(const Notice *n, void *userdata) {
        notice_emit_new(n);
}

/* DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER of the D-Bus specification. */
#define NAME_IS_OURS 1U

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        Manager *m = userdata;
        uint32_t result = 0;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                log_error("The name " USHER_BUS_NAME " is not to be had: %s",
                                strempty(sd_bus_message_get_error(reply)->message));
                (void) sd_event_exit(m->event, EXIT_FAILURE);
        } else if (sd_bus_message_read(reply, "u", &result) < 0 || result != NAME_IS_OURS) {
                log_error("Somebody else holds the name " USHER_BUS_NAME ". Does another usherd run?");
                (void) sd_event_exit(m->event, EXIT_FAILURE);
        } else {
                notify_status(m);
                (void) sd_notify(false, "READY=1");
                manager_serve(m);
        }

        return 0;
}

static void on_ready(void *userdata) {
        Manager *m = userdata;
        int r;

        r = sd_bus_request_name_async(m->bus, NULL, USHER_BUS_NAME, 0, on_name, m);
        if (r < 0) {
                log_error_errno(r, "Failed to ask for the name " USHER_BUS_NAME ": %m");
                (void) sd_event_exit(m->event, EXIT_FAILURE);
        }
}

const ManagerEvents bus_manager_events = {
        .ready = on_ready,
        .station_added = on_station_added,
        .station_changed = on_station_changed,
        .station_removed = on_station_removed,
        .hub_added = on_hub_added,
        .hub_changed = on_hub_changed,
        .hub_removed = on_hub_removed,
        .job_new = on_job_new,
        .job_changed = on_job_changed,
        .job_removed = on_job_removed,
        .manager_changed = on_manager_changed,
        .notice_new = on_notice_new,
};

int bus_setup(Manager *m) {
        int (*const setup[])(Manager *) = {
                manager_bus_setup,
                station_bus_setup,
                hub_bus_setup,
                job_bus_setup,
                log_control_setup,
        };
        int r;

        r = sd_bus_add_object_manager(m->bus, NULL, USHER_PATH);
        if (r < 0)
                return log_error_errno(r, "Failed to add the object manager: %m");

        for (size_t i = 0; i < ELEMENTSOF(setup); i++) {
                r = setup[i](m);
                if (r < 0)
                        return log_error_errno(r, "Failed to add the objects of the bus: %m");
        }

        return 0;
}
