/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <systemd/sd-daemon.h>

#include "bus/associate-methods.h"
#include "bus/bus.h"
#include "bus/caller.h"
#include "bus/deferred.h"
#include "bus/object.h"
#include "bus/request-size.h"
#include "bus/sender.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "core/jobs.h"
#include "core/lifecycle.h"
#include "core/notice.h"

/* DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER of the D-Bus specification. */
#define NAME_IS_OURS 1U

static void warn_emit(int r, const char *what) {
        if (r < 0)
                log_warning_errno(r, "Failed to announce '%s', ignoring: %m", what);
}

static void emit(Bus *b, const char *member, const char *types, ...) {
        _cleanup_bus_message_ sd_bus_message *signal = NULL;
        va_list ap;
        int r;

        r = sd_bus_message_new_signal(b->manager->bus, &signal, USHER_PATH, USHER_IFACE_MANAGER, member);
        if (r >= 0) {
                va_start(ap, types);
                r = sd_bus_message_appendv(signal, types, ap);
                va_end(ap);
        }
        if (r >= 0)
                r = sd_bus_send(b->manager->bus, signal, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to send signal %s, ignoring: %m", member);
}

static void emit_added(Bus *b, const char *path) {
        warn_emit(path ? sd_bus_emit_object_added(b->manager->bus, path) : -ENOMEM, strempty(path));
}

static void emit_removed(Bus *b, const char *path) {
        warn_emit(path ? sd_bus_emit_object_removed(b->manager->bus, path) : -ENOMEM, strempty(path));
}

static void on_station_added(Station *s, void *userdata) {
        _cleanup_free_ char *path = station_path(s->id);

        emit_added(userdata, path);
        if (path)
                emit(userdata, "StationAdded", "so", s->id, path);
}

static void on_station_removed(Station *s, void *userdata) {
        _cleanup_free_ char *path = station_path(s->id);

        emit_removed(userdata, path);
        if (path)
                emit(userdata, "StationRemoved", "so", s->id, path);
}

static void on_station_changed(Station *s, unsigned mask, void *userdata) {
        station_emit_changed(userdata, s, mask);
}

static void on_hub_added(const Hub *h, void *userdata) {
        _cleanup_free_ char *path = hub_path(h);

        emit_added(userdata, path);
}

static void on_hub_removed(const Hub *h, void *userdata) {
        _cleanup_free_ char *path = hub_path(h);

        emit_removed(userdata, path);
}

static void on_hub_changed(const Hub *h, unsigned mask, void *userdata) {
        hub_emit_changed(userdata, h, mask);
}

static void on_job_new(JobRunner *j, void *userdata) {
        _cleanup_free_ char *path = job_path(j);

        emit_added(userdata, path);
        if (path)
                emit(userdata, "JobNew", "uo", j->job.number, path);
}

static void on_job_removed(JobRunner *j, void *userdata) {
        _cleanup_free_ char *path = job_path(j);

        emit_removed(userdata, path);
        if (path)
                emit(userdata, "JobRemoved", "uosss", j->job.number, path, j->job.station, j->job.session.id,
                                job_result_to_string(j->job.result));
}

static void on_job_changed(JobRunner *j, unsigned mask, void *userdata) {
        job_emit_changed(userdata, j, mask);
}

/* The signal is a broadcast that everybody can read, so it says no more than this. */
static void on_notice_new(const Notice *n, void *userdata) {
        emit(userdata, "NoticeNew", "uu", n->number, (uint32_t) n->uid);
}

static void on_lookup_done(void *userdata) {
        Bus *b = userdata;

        deferred_lookup_done(b->deferred);
}

static void notify_status(Bus *b) {
        unsigned n_stations = 0;
        Station *s;

        TAILQ_FOREACH(s, &b->manager->stations, stations)
                n_stations++;

        (void) sd_notifyf(false, "STATUS=%u stations, %zu hubs, %zu log-offs under way", n_stations,
                        topology_n_hubs(b->manager->topology), jobs_count(b->manager));
}

static void on_changed(unsigned mask, void *userdata) {
        manager_emit_changed(userdata, mask);
        notify_status(userdata);
}

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        Bus *b = userdata;
        uint32_t result = 0;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                log_error("Failed to acquire bus name " USHER_BUS_NAME ": %s",
                                strempty(sd_bus_message_get_error(reply)->message));
                (void) sd_event_exit(b->manager->event, EXIT_FAILURE);
        } else if (sd_bus_message_read(reply, "u", &result) < 0 || result != NAME_IS_OURS) {
                log_error("Bus name " USHER_BUS_NAME " has another owner. Is another usherd running?");
                (void) sd_event_exit(b->manager->event, EXIT_FAILURE);
        } else {
                notify_status(b);
                (void) sd_notify(false, "READY=1");
                manager_serve(b->manager);
        }

        return 0;
}

static void on_ready(void *userdata) {
        Bus *b = userdata;
        int r;

        r = sd_bus_request_name_async(b->manager->bus, NULL, USHER_BUS_NAME, 0, on_name, b);
        if (r < 0) {
                log_error_errno(r, "Failed to request bus name " USHER_BUS_NAME ": %m");
                (void) sd_event_exit(b->manager->event, EXIT_FAILURE);
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
        .notice_new = on_notice_new,
        .lookup_done = on_lookup_done,
        .changed = on_changed,
};

/* Runs before the handler of each message. */
static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Bus *b = userdata;

        deferred_begin_dispatch(b->deferred, m);
        return sd_bus_message_is_method_call(m, NULL, NULL) > 0 ? request_check_size(m, error) : 0;
}

static int add_objects(Bus *b) {
        static int (*const interfaces[])(Bus *) = {
                manager_bus_add,
                station_bus_add,
                hub_bus_add,
                job_bus_add,
                log_control_bus_add,
        };
        int r;

        r = sd_bus_add_filter(b->manager->bus, NULL, on_message, b);
        if (r < 0)
                return r;

        r = sd_bus_add_object_manager(b->manager->bus, NULL, USHER_PATH);
        if (r < 0)
                return r;

        for (size_t i = 0; i < ELEMENTSOF(interfaces); i++) {
                r = interfaces[i](b);
                if (r < 0)
                        return r;
        }

        return 0;
}

int bus_new(Bus **ret, Manager *m) {
        _cleanup_(bus_freep) Bus *b = NULL;
        int r;

        b = malloc(sizeof(*b));
        if (!b)
                return log_oom();
        *b = (Bus) {
                .manager = m,
                .callers = TAILQ_HEAD_INITIALIZER(b->callers),
                .senders = TAILQ_HEAD_INITIALIZER(b->senders),
        };

        r = polkit_new(&b->polkit, m->bus);
        if (r < 0)
                return log_error_errno(r, "Failed to set up the calls to polkit: %m");

        r = deferred_new(&b->deferred, b);
        if (r < 0)
                return log_oom();

        r = senders_watch(b);
        if (r < 0)
                return log_error_errno(r, "Failed to watch the names of callers: %m");

        r = add_objects(b);
        if (r < 0)
                return log_error_errno(r, "Failed to add the objects to the bus: %m");

        *ret = TAKE_PTR(b);
        return 0;
}

Bus *bus_free(Bus *b) {
        if (!b)
                return NULL;

        association_drop(b);
        deferred_free(b->deferred);
        callers_free(b);
        senders_free(b);
        polkit_free(b->polkit);
        free(b);
        return NULL;
}
