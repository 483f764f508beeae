/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "build-config.h"
#include "bus/associate-methods.h"
#include "bus/bus.h"
#include "bus/cancel-methods.h"
#include "bus/dry-run-method.h"
#include "bus/list-methods.h"
#include "bus/log-off-methods.h"
#include "bus/message-methods.h"
#include "bus/object.h"
#include "bus/shutdown-methods.h"
#include "bus/station-methods.h"
#include "common/names.h"
#include "feature/mode.h"
#include "feature/text-console.h"

BUS_GETTER(get_version) {
        return sd_bus_message_append(reply, "s", PROJECT_VERSION);
}

BUS_GETTER(get_stations) {
        _cleanup_free_ Station **stations = NULL;
        Bus *b = userdata;
        size_t n;
        int r;

        r = manager_list_stations(b->manager, &stations, &n);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "o");
        for (size_t i = 0; i < n && r >= 0; i++)
                r = append_station_path(reply, stations[i]->id);
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_jobs) {
        return append_job_paths(reply, ((Bus *) userdata)->manager, NULL, NULL);
}

BUS_GETTER(get_time) {
        const Config *c = &((Bus *) userdata)->manager->config;

        return sd_bus_message_append(reply, "t",
                        streq(property, "GraceUSec")                         ? c->grace_usec :
                                        streq(property, "MinimumGraceUSec")  ? c->minimum_grace_usec :
                                        streq(property, "ShutdownGraceUSec") ? c->shutdown_grace_usec :
                                        streq(property, "FullScreenUSec")    ? c->full_screen_usec :
                                        streq(property, "UserExtendMaxUSec") ? c->user_extend_max_usec :
                                                                               c->maximum_grace_usec);
}

BUS_GETTER(get_mode) {
        return sd_bus_message_append(reply, "s", mode_to_string(mode_current(((Bus *) userdata)->manager)));
}

BUS_GETTER(get_remind) {
        const Config *c = &((Bus *) userdata)->manager->config;

        return sd_bus_message_append_array(
                        reply, 't', c->remind_usec, c->n_remind * sizeof(c->remind_usec[0]));
}

BUS_GETTER(get_last_operation) {
        const Operation *o = &((Bus *) userdata)->manager->last_operation;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0 && o->method)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}", "method", "s", o->method,
                                "jobs", "u", o->jobs, "skipped-caller", "u", o->skipped_caller,
                                "skipped-administrators", "u", o->skipped_administrators, "skipped-seatless",
                                "u", o->skipped_seatless, "skipped-classes", "u", o->skipped_classes);
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_udev_overruns) {
        return sd_bus_message_append(reply, "t", ((Bus *) userdata)->manager->udev_overruns);
}

BUS_GETTER(get_text_console) {
        return sd_bus_message_append(reply, "b", text_console_current(((Bus *) userdata)->manager));
}

static const BusChange manager_changes[] = {
        { MANAGER_CHANGED_STATIONS, "Stations" },
        { MANAGER_CHANGED_JOBS, "Jobs" },
        { MANAGER_CHANGED_LAST_OPERATION, "LastOperation" },
        { MANAGER_CHANGED_CONFIG, "GraceUSec" },
        { MANAGER_CHANGED_CONFIG, "MinimumGraceUSec" },
        { MANAGER_CHANGED_CONFIG, "MaximumGraceUSec" },
        { MANAGER_CHANGED_CONFIG, "ShutdownGraceUSec" },
        { MANAGER_CHANGED_CONFIG, "UserExtendMaxUSec" },
        { MANAGER_CHANGED_CONFIG, "RemindUSec" },
        { MANAGER_CHANGED_CONFIG, "FullScreenUSec" },
        { MANAGER_CHANGED_UDEV_OVERRUNS, "UdevOverruns" },
        { MANAGER_CHANGED_MODE, "Mode" },
        { MANAGER_CHANGED_TEXT_CONSOLE, "TextConsole" },
};

void manager_emit_changed(Bus *b, unsigned mask) {
        bus_emit_changed(b->manager->bus, USHER_PATH, USHER_IFACE_MANAGER, manager_changes,
                        ELEMENTSOF(manager_changes), mask);
}

static const sd_bus_vtable manager_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Stations", "ao", get_stations, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Jobs", "ao", get_jobs, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("GraceUSec", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("MinimumGraceUSec", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("MaximumGraceUSec", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("ShutdownGraceUSec", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("UserExtendMaxUSec", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Mode", "s", get_mode, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("RemindUSec", "at", get_remind, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("FullScreenUSec", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("LastOperation",
                        "a{sv}",
                        get_last_operation,
                        0,
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("TextConsole", "b", get_text_console, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
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
        SD_BUS_METHOD_WITH_ARGS("DryRun",
                        SD_BUS_ARGS("s", method, "s", argument, "a{sv}", options),
                        SD_BUS_RESULT("a(ssusso)", sessions),
                        method_dry_run,
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
        SD_BUS_METHOD_WITH_ARGS("BeginAssociation",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        method_begin_association,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("EndAssociation",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        method_end_association,
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
        SD_BUS_SIGNAL_WITH_ARGS("EnterPressed", SD_BUS_ARGS("s", hub, "s", syspath), 0),
        SD_BUS_SIGNAL("AssociationEnded", "", 0),
        SD_BUS_VTABLE_END,
};

int manager_bus_add(Bus *b) {
        return sd_bus_add_object_vtable(
                        b->manager->bus, NULL, USHER_PATH, USHER_IFACE_MANAGER, manager_vtable, b);
}
