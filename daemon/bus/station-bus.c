/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/bus.h"
#include "bus/logoff-methods.h"
#include "bus/message-methods.h"
#include "bus/station-methods.h"
#include "common/bus-util.h"
#include "common/names.h"

/* The object of the vtable is the manager; the station is looked up by its path each time. */
static Station *station_at(Manager *m, const char *path) {
        _cleanup_free_ char *id = bus_path_id(path, USHER_PATH_STATION);

        return id ? manager_find_station(m, id) : NULL;
}

BUS_GETTER(get_text) {
        Station *s = station_at(userdata, path);

        if (!s)
                return -ENOENT;

        return sd_bus_message_append(reply, "s",
                        streq(property, "Id")                     ? s->id :
                                        streq(property, "Label")  ? s->label :
                                        streq(property, "State")  ? station_state_to_string(s->state) :
                                        streq(property, "Health") ? station_health_to_string(s->health) :
                                                                    s->active_session);
}

BUS_GETTER(get_active_user) {
        Station *s = station_at(userdata, path);

        return s ? sd_bus_message_append(reply, "(us)", (uint32_t) s->active_uid, s->active_user) : -ENOENT;
}

BUS_GETTER(get_sessions) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        Station *s = station_at(userdata, path);
        size_t n;
        int r;

        if (!s)
                return -ENOENT;

        r = manager_sessions_of(userdata, s->id, &sessions, &n);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "(susss)");
        for (size_t i = 0; i < n && r >= 0; i++)
                if (session_kind(sessions[i]) == SESSION_KIND_USER)
                        r = sd_bus_message_append(reply, "(susss)", sessions[i]->id,
                                        (uint32_t) sessions[i]->uid, strempty(sessions[i]->user),
                                        strempty(sessions[i]->type), strempty(sessions[i]->state));
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_hubs) {
        Station *s = station_at(userdata, path);
        Manager *m = userdata;
        int r;

        if (!s)
                return -ENOENT;

        r = sd_bus_message_open_container(reply, 'a', "o");
        for (size_t i = 0; i < topology_n_hubs(m->topology) && r >= 0; i++) {
                const Hub *h = topology_hub_at(m->topology, i);
                _cleanup_free_ char *hub = NULL;

                if (!streq_ptr(h->seat, s->id))
                        continue;

                hub = hub_path(h);
                r = hub ? sd_bus_message_append(reply, "o", hub) : -ENOMEM;
        }
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_displays) {
        Station *s = station_at(userdata, path);
        Manager *m = userdata;
        const TopologySeat *seat;
        int r;

        if (!s)
                return -ENOENT;

        seat = topology_find_seat(m->topology, s->id);
        r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; seat && i < seat->devices.n_entries && r >= 0; i++)
                if (seat->devices.entries[i].kind == DEVICE_DISPLAY)
                        r = sd_bus_message_append(reply, "s", seat->devices.entries[i].syspath);
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_devices) {
        static const DeviceList none = {};
        Station *s = station_at(userdata, path);
        Manager *m = userdata;
        const TopologySeat *seat;

        if (!s)
                return -ENOENT;

        seat = topology_find_seat(m->topology, s->id);
        return append_devices(reply, seat ? &seat->devices : &none);
}

BUS_GETTER(get_idle_since) {
        Station *s = station_at(userdata, path);

        return s ? sd_bus_message_append(reply, "t", s->idle_since) : -ENOENT;
}

BUS_GETTER(get_jobs) {
        Station *s = station_at(userdata, path);

        return s ? append_paths_of_jobs(reply, userdata, s->id) : -ENOENT;
}

static int method_log_off(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Station *s = station_at(userdata, sd_bus_message_get_path(message));

        return s ? log_off_station(userdata, message, s, error) : -ENOENT;
}

static int method_set_label(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Station *s = station_at(userdata, sd_bus_message_get_path(message));

        return s ? set_label(userdata, message, s, error) : -ENOENT;
}

static int method_identify(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Station *s = station_at(userdata, sd_bus_message_get_path(message));

        return s ? identify_station(userdata, message, s, error) : -ENOENT;
}

static int method_lock(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Station *s = station_at(userdata, sd_bus_message_get_path(message));

        return s ? lock_station(userdata, message, s, error) : -ENOENT;
}

static int method_send_message(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Station *s = station_at(userdata, sd_bus_message_get_path(message));

        return s ? send_message_station(userdata, message, s, error) : -ENOENT;
}

static const sd_bus_vtable station_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Id", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Label", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("State", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Health", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("ActiveSession", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("ActiveUser", "(us)", get_active_user, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Sessions", "a(susss)", get_sessions, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Hubs", "ao", get_hubs, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Displays", "as", get_displays, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Devices", "a(ss)", get_devices, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("IdleSinceHint", "t", get_idle_since, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Jobs", "ao", get_jobs, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_METHOD_WITH_ARGS("LogOff",
                        SD_BUS_ARGS("a{sv}", options),
                        SD_BUS_RESULT("ao", jobs),
                        method_log_off,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetLabel",
                        SD_BUS_ARGS("s", label),
                        SD_BUS_NO_RESULT,
                        method_set_label,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Identify",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        method_identify,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                        "Lock", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, method_lock, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SendMessage",
                        SD_BUS_ARGS("s", text),
                        SD_BUS_NO_RESULT,
                        method_send_message,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const BusChange station_changes[] = {
        { STATION_CHANGED_LABEL, "Label" },
        { STATION_CHANGED_STATE, "State" },
        { STATION_CHANGED_HEALTH, "Health" },
        { STATION_CHANGED_ACTIVE_SESSION, "ActiveSession" },
        { STATION_CHANGED_ACTIVE_USER, "ActiveUser" },
        { STATION_CHANGED_SESSIONS, "Sessions" },
        { STATION_CHANGED_HUBS, "Hubs" },
        { STATION_CHANGED_DISPLAYS, "Displays" },
        { STATION_CHANGED_DEVICES, "Devices" },
        { STATION_CHANGED_IDLE, "IdleSinceHint" },
        { STATION_CHANGED_JOBS, "Jobs" },
};

void station_emit_changed(Manager *m, const Station *s, unsigned mask) {
        _cleanup_free_ char *path = station_path(s);

        bus_emit_changed(m, path, USHER_IFACE_STATION, station_changes, ELEMENTSOF(station_changes), mask);
}

static int find_station(sd_bus *bus,
                const char *path,
                const char *interface,
                void *userdata,
                void **found,
                sd_bus_error *error) {
        _cleanup_free_ char *id = bus_path_id(path, USHER_PATH_STATION);
        Station *s;

        if (!id)
                return 0;

        /* Before it is announced a station is not there for anybody. */
        s = manager_find_station(userdata, id);
        if (!s || !s->announced)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_STATION, "There is no such station.");

        *found = userdata;
        return 1;
}

static int list_stations(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error) {
        _cleanup_free_ Station **stations = NULL;
        char **paths;
        size_t n;
        int r;

        r = manager_sort_stations(userdata, &stations, &n);
        if (r < 0)
                return r;

        paths = calloc(n + 1, sizeof(*paths));
        if (!paths)
                return -ENOMEM;

        for (size_t i = 0; i < n; i++) {
                paths[i] = station_path(stations[i]);
                if (!paths[i])
                        return bus_free_paths(paths);
        }

        *ret = paths;
        return 1;
}

int station_bus_setup(Manager *m) {
        int r;

        r = sd_bus_add_fallback_vtable(m->bus, NULL, USHER_PATH_STATION, USHER_IFACE_STATION, station_vtable,
                        find_station, m);
        if (r < 0)
                return r;

        return sd_bus_add_node_enumerator(m->bus, NULL, USHER_PATH_STATION, list_stations, m);
}
