/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "build-config.h"
#include "bus/bus.h"
#include "bus/logoff-methods.h"
#include "bus/message-methods.h"
#include "bus/shutdown-methods.h"
#include "bus/station-methods.h"
#include "common/bus-util.h"
#include "common/names.h"
#include "core/job-runner.h"

BUS_GETTER(get_version) {
        return sd_bus_message_append(reply, "s", PROJECT_VERSION);
}

BUS_GETTER(get_stations) {
        _cleanup_free_ Station **stations = NULL;
        size_t n;
        int r;

        r = manager_sort_stations(userdata, &stations, &n);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "o");
        for (size_t i = 0; i < n && r >= 0; i++) {
                _cleanup_free_ char *station = station_path(stations[i]);

                r = station ? sd_bus_message_append(reply, "o", station) : -ENOMEM;
        }
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_jobs) {
        return append_paths_of_jobs(reply, userdata, NULL);
}

BUS_GETTER(get_grace) {
        const Config *c = &((Manager *) userdata)->config;

        return sd_bus_message_append(reply, "t",
                        streq(property, "GraceUSec")                         ? c->grace_usec :
                                        streq(property, "MinimumGraceUSec")  ? c->minimum_grace_usec :
                                        streq(property, "ShutdownGraceUSec") ? c->shutdown_grace_usec :
                                                                               c->maximum_grace_usec);
}

BUS_GETTER(get_mode) {
        return sd_bus_message_append(reply, "s", mode_to_string(((Manager *) userdata)->mode));
}

BUS_GETTER(get_remind) {
        const Config *c = &((Manager *) userdata)->config;

        return sd_bus_message_append_array(
                        reply, 't', c->remind_usec, c->n_remind * sizeof(c->remind_usec[0]));
}

BUS_GETTER(get_last_operation) {
        const Operation *o = &((Manager *) userdata)->last_operation;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r < 0)
                return r;

        if (o->method) {
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}", "method", "s", o->method,
                                "jobs", "u", o->jobs, "skipped-caller", "u", o->skipped_caller,
                                "skipped-administrators", "u", o->skipped_administrators, "skipped-seatless",
                                "u", o->skipped_seatless, "skipped-classes", "u", o->skipped_classes);
                if (r < 0)
                        return r;
        }

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_udev_overruns) {
        return sd_bus_message_append(reply, "t", ((Manager *) userdata)->udev_overruns);
}

static int append_station(sd_bus_message *reply, Manager *m, const Station *s) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        _cleanup_free_ char *path = station_path(s);
        const SessionInfo *user;
        size_t n;
        int r;

        if (!path)
                return -ENOMEM;

        r = manager_sessions_of(m, s->id, &sessions, &n);
        if (r < 0)
                return r;

        user = station_user_session(sessions, n);
        return sd_bus_message_append(reply, "(ssssso)", s->id, s->label, station_state_to_string(s->state),
                        user ? strempty(user->user) : "", user ? user->id : "", path);
}

static int method_list_stations(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        _cleanup_free_ Station **stations = NULL;
        size_t n;
        int r;

        r = manager_sort_stations(userdata, &stations, &n);
        if (r < 0)
                return r;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "(ssssso)");
        for (size_t i = 0; i < n && r >= 0; i++)
                r = append_station(reply, userdata, stations[i]);
        if (r < 0)
                return r;

        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

static int append_hub(sd_bus_message *reply, const Hub *h) {
        _cleanup_free_ char *path = hub_path(h);

        if (!path)
                return -ENOMEM;

        return sd_bus_message_append(reply, "(sssso)", h->id, hub_role_to_string(h->role), h->product,
                        strempty(h->seat), path);
}

static int method_list_hubs(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const Topology *t = ((Manager *) userdata)->topology;
        int r;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "(sssso)");
        for (size_t i = 0; i < topology_n_hubs(t) && r >= 0; i++)
                r = append_hub(reply, topology_hub_at(t, i));
        if (r < 0)
                return r;

        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

static int append_job(sd_bus_message *reply, const JobRunner *l) {
        _cleanup_free_ char *path = job_path(l);
        const Job *j = &l->job;

        if (!path)
                return -ENOMEM;

        return sd_bus_message_append(reply, "(ussstso)", j->number, j->station, j->session.id, j->user,
                        job_deadline_realtime(j), job_phase_to_string(j->phase), path);
}

static int method_list_jobs(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        Manager *m = userdata;
        JobRunner *l;
        int r;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "(ussstso)");
        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (r >= 0)
                        r = append_job(reply, l);
        if (r < 0)
                return r;

        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

static int reply_station(sd_bus_message *message, const Station *s, sd_bus_error *error) {
        _cleanup_free_ char *path = NULL;

        if (!s || !s->announced)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_STATION, "There is no such station.");

        path = station_path(s);
        return path ? sd_bus_reply_method_return(message, "o", path) : -ENOMEM;
}

static int method_get_station(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *name;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;

        return reply_station(message, manager_find_station_by_name(userdata, name), error);
}

static int method_get_station_by_session(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const SessionInfo *f;
        const char *id;
        int r;

        r = sd_bus_message_read(message, "s", &id);
        if (r < 0)
                return r;

        f = manager_find_session(userdata, id);
        if (!f)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_SESSION, "There is no such session.");

        return reply_station(message, manager_find_station_by_session(userdata, f), error);
}

static int method_get_station_by_hub(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Manager *m = userdata;
        const char *name;
        const Hub *h;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;

        h = topology_find_hub(m->topology, name);
        if (!h)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_HUB, "There is no such hub.");
        if (!h->seat)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_STATION,
                                "The hub belongs to no station, or to several.");

        return reply_station(message, manager_find_station(m, h->seat), error);
}

static int method_log_off(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Manager *m = userdata;
        const char *name;
        Station *s;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;

        s = manager_find_station_by_name(m, name);
        if (!s || !s->announced)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_STATION, "There is no such station.");

        return log_off_station(m, message, s, error);
}

static int method_log_off_session(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return log_off_session(userdata, message, error);
}

static int method_log_off_all(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return log_off_all(userdata, message, error);
}

static int method_cancel_all(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return cancel_all(userdata, message, error);
}

static int method_attach_hub(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return attach_hub(userdata, message, error);
}

static int method_detach_all(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return detach_all(userdata, message, error);
}

static int method_send_message(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return send_message(userdata, message, error);
}

static int method_send_message_all(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return send_message_all(userdata, message, error);
}

static int method_list_notices(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return list_notices(userdata, message, error);
}

static int method_notice_shown(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return notice_shown(userdata, message, error);
}

static int method_restart(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return shut_down(userdata, message, PENDING_RESTART, error);
}

static int method_power_off(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return shut_down(userdata, message, PENDING_POWER_OFF, error);
}

static int method_set_mode(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        return set_mode(userdata, message, error);
}

static const sd_bus_vtable manager_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Stations", "ao", get_stations, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Jobs", "ao", get_jobs, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("GraceUSec", "t", get_grace, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("MinimumGraceUSec", "t", get_grace, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("MaximumGraceUSec", "t", get_grace, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("ShutdownGraceUSec", "t", get_grace, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Mode", "s", get_mode, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("RemindUSec", "at", get_remind, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("LastOperation",
                        "a{sv}",
                        get_last_operation,
                        0,
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("UdevOverruns", "t", get_udev_overruns, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),

        SD_BUS_METHOD_WITH_ARGS("ListStations",
                        SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("a(ssssso)", stations),
                        method_list_stations,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListHubs",
                        SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("a(sssso)", hubs),
                        method_list_hubs,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListJobs",
                        SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("a(ussstso)", jobs),
                        method_list_jobs,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetStation",
                        SD_BUS_ARGS("s", station),
                        SD_BUS_RESULT("o", path),
                        method_get_station,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetStationBySession",
                        SD_BUS_ARGS("s", session),
                        SD_BUS_RESULT("o", path),
                        method_get_station_by_session,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetStationByHub",
                        SD_BUS_ARGS("s", hub),
                        SD_BUS_RESULT("o", path),
                        method_get_station_by_hub,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("LogOff",
                        SD_BUS_ARGS("s", station, "a{sv}", options),
                        SD_BUS_RESULT("ao", jobs),
                        method_log_off,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("LogOffSession",
                        SD_BUS_ARGS("s", session, "a{sv}", options),
                        SD_BUS_RESULT("o", job),
                        method_log_off_session,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("LogOffAll",
                        SD_BUS_ARGS("a{sv}", options),
                        SD_BUS_RESULT("ao", jobs),
                        method_log_off_all,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("CancelAll",
                        SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("u", cancelled),
                        method_cancel_all,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("AttachHub",
                        SD_BUS_ARGS("s", hub, "s", station),
                        SD_BUS_NO_RESULT,
                        method_attach_hub,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("DetachAll",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        method_detach_all,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SendMessage",
                        SD_BUS_ARGS("s", station, "s", text),
                        SD_BUS_NO_RESULT,
                        method_send_message,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SendMessageAll",
                        SD_BUS_ARGS("s", text),
                        SD_BUS_RESULT("u", reached),
                        method_send_message_all,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListNotices",
                        SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("a(ussssusst)", notices),
                        method_list_notices,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("NoticeShown",
                        SD_BUS_ARGS("u", number, "s", how),
                        SD_BUS_NO_RESULT,
                        method_notice_shown,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Restart",
                        SD_BUS_ARGS("a{sv}", options),
                        SD_BUS_RESULT("ao", jobs),
                        method_restart,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("PowerOff",
                        SD_BUS_ARGS("a{sv}", options),
                        SD_BUS_RESULT("ao", jobs),
                        method_power_off,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetMode",
                        SD_BUS_ARGS("s", mode, "a{sv}", options),
                        SD_BUS_RESULT("ao", jobs),
                        method_set_mode,
                        SD_BUS_VTABLE_UNPRIVILEGED),

        SD_BUS_SIGNAL_WITH_ARGS("StationAdded", SD_BUS_ARGS("s", station, "o", path), 0),
        SD_BUS_SIGNAL_WITH_ARGS("StationRemoved", SD_BUS_ARGS("s", station, "o", path), 0),
        SD_BUS_SIGNAL_WITH_ARGS("JobNew", SD_BUS_ARGS("u", number, "o", path), 0),
        SD_BUS_SIGNAL_WITH_ARGS("JobRemoved",
                        SD_BUS_ARGS("u", number, "o", path, "s", station, "s", session, "s", result),
                        0),
        SD_BUS_SIGNAL_WITH_ARGS("NoticeNew", SD_BUS_ARGS("u", number, "u", uid), 0),
        SD_BUS_VTABLE_END,
};

static const BusChange manager_changes[] = {
        { MANAGER_CHANGED_STATIONS, "Stations" },
        { MANAGER_CHANGED_JOBS, "Jobs" },
        { MANAGER_CHANGED_LAST_OPERATION, "LastOperation" },
        { MANAGER_CHANGED_CONFIG, "GraceUSec" },
        { MANAGER_CHANGED_CONFIG, "MinimumGraceUSec" },
        { MANAGER_CHANGED_CONFIG, "MaximumGraceUSec" },
        { MANAGER_CHANGED_CONFIG, "ShutdownGraceUSec" },
        { MANAGER_CHANGED_CONFIG, "RemindUSec" },
        { MANAGER_CHANGED_UDEV_OVERRUNS, "UdevOverruns" },
        { MANAGER_CHANGED_MODE, "Mode" },
};

void manager_emit_changed(Manager *m, unsigned mask) {
        bus_emit_changed(m, USHER_PATH, USHER_IFACE_MANAGER, manager_changes, ELEMENTSOF(manager_changes),
                        mask);
}

int manager_bus_setup(Manager *m) {
        return sd_bus_add_object_vtable(m->bus, NULL, USHER_PATH, USHER_IFACE_MANAGER, manager_vtable, m);
}
