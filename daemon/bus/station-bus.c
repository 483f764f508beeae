/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/bus.h"
#include "bus/find.h"
#include "bus/log-off-methods.h"
#include "bus/message-methods.h"
#include "bus/object.h"
#include "bus/station-methods.h"
#include "common/names.h"

BUS_GETTER(get_text) {
        const Station *s = userdata;

        return sd_bus_message_append(reply, "s",
                        streq(property, "Id")                     ? s->id :
                                        streq(property, "Label")  ? s->label :
                                        streq(property, "State")  ? station_state_to_string(s->state) :
                                        streq(property, "Health") ? station_health_to_string(s->health) :
                                                                    s->active_session);
}

BUS_GETTER(get_active_user) {
        const Station *s = userdata;

        return sd_bus_message_append(reply, "(us)", (uint32_t) s->active_uid, s->active_user);
}

BUS_GETTER(get_sessions) {
        _cleanup_free_ Session **sessions = NULL;
        const Station *s = userdata;
        size_t n;
        int r;

        r = manager_list_sessions(s->manager, s->id, true, &sessions, &n);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "(susss)");
        for (size_t i = 0; i < n && r >= 0; i++) {
                const SessionInfo *info = sessions[i]->info;

                r = sd_bus_message_append(reply, "(susss)", info->id, (uint32_t) info->uid,
                                strempty(info->user), strempty(info->type), strempty(info->state));
        }
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_hubs) {
        const Station *s = userdata;
        const Topology *t = s->manager->topology;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "o");
        for (size_t i = 0; i < topology_n_hubs(t) && r >= 0; i++) {
                const Hub *h = topology_hub_at(t, i);
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

static const DeviceList *devices_of(const Station *s) {
        static const DeviceList none = {};
        const TopologySeat *seat = topology_find_seat(s->manager->topology, s->id);

        return seat ? &seat->devices : &none;
}

BUS_GETTER(get_displays) {
        const DeviceList *devices = devices_of(userdata);
        int r;

        r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; i < devices->n_entries && r >= 0; i++)
                if (devices->entries[i].kind == DEVICE_DISPLAY)
                        r = sd_bus_message_append(reply, "s", devices->entries[i].syspath);
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

BUS_GETTER(get_devices) {
        return append_devices(reply, devices_of(userdata));
}

BUS_GETTER(get_idle_since) {
        return sd_bus_message_append(reply, "t", ((const Station *) userdata)->idle_since);
}

static bool is_at_station(const Job *j, void *userdata) {
        return streq(j->station, ((const Station *) userdata)->id);
}

BUS_GETTER(get_jobs) {
        Station *s = userdata;

        return append_job_paths(reply, s->manager, is_at_station, s);
}

static int find_object(sd_bus *bus,
                const char *path,
                const char *interface,
                void *userdata,
                void **found,
                sd_bus_error *error) {
        _cleanup_free_ char *id = bus_path_id(path, USHER_PATH_STATION);
        Bus *b = userdata;
        Station *s;

        if (!id)
                return 0;

        /* Before it is announced, a station does not exist for clients. */
        s = manager_find_station(b->manager, id);
        if (!s || !s->announced)
                return no_such(error, USHER_ERROR_NO_SUCH_STATION, "station", id);

        *found = s;
        return 1;
}

static int check_object(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        return object_check(m, USHER_PATH_STATION, find_object, userdata, error);
}

static int list_objects(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error) {
        _cleanup_free_ Station **stations = NULL;
        Bus *b = userdata;
        char **paths;
        size_t n;
        int r;

        r = manager_list_stations(b->manager, &stations, &n);
        if (r < 0)
                return r;

        paths = calloc(n + 1, sizeof(*paths));
        if (!paths)
                return -ENOMEM;

        for (size_t i = 0; i < n; i++) {
                paths[i] = station_path(stations[i]->id);
                if (!paths[i])
                        return bus_free_paths(paths);
        }

        *ret = paths;
        return 1;
}

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

void station_emit_changed(Bus *b, const Station *s, unsigned mask) {
        _cleanup_free_ char *path = station_path(s->id);

        bus_emit_changed(b->manager->bus, path, USHER_IFACE_STATION, station_changes,
                        ELEMENTSOF(station_changes), mask);
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
                        station_method_log_off,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetLabel",
                        SD_BUS_ARGS("s", label),
                        SD_BUS_NO_RESULT,
                        station_method_set_label,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Identify",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        station_method_identify,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Lock",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        station_method_lock,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SendMessage",
                        SD_BUS_ARGS("s", text),
                        SD_BUS_NO_RESULT,
                        station_method_send_message,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int station_bus_add(Bus *b) {
        int r;

        r = sd_bus_add_fallback(b->manager->bus, NULL, USHER_PATH_STATION, check_object, b);
        if (r < 0)
                return r;

        r = sd_bus_add_fallback_vtable(b->manager->bus, NULL, USHER_PATH_STATION, USHER_IFACE_STATION,
                        station_vtable, find_object, b);
        if (r < 0)
                return r;

        return sd_bus_add_node_enumerator(b->manager->bus, NULL, USHER_PATH_STATION, list_objects, b);
}
