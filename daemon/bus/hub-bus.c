/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/bus.h"
#include "common/bus-util.h"
#include "common/names.h"

static const Hub *find_exactly(Manager *m, const char *id) {
        const Hub *h = topology_find_hub(m->topology, id);

        /* A hub has one object, whichever of its halves' names is asked for. */
        return h && streq(h->id, id) ? h : NULL;
}

/* The object of the vtable is the manager; the hub is looked up by its path each time. */
static const Hub *hub_at(Manager *m, const char *path) {
        _cleanup_free_ char *id = bus_path_id(path, USHER_PATH_HUB);

        return id ? find_exactly(m, id) : NULL;
}

BUS_GETTER(get_text) {
        const Hub *h = hub_at(userdata, path);

        if (!h)
                return -ENOENT;

        return sd_bus_message_append(reply, "s",
                        streq(property, "Id")                      ? h->id :
                                        streq(property, "SysPath") ? h->syspath :
                                        streq(property, "Role")    ? hub_role_to_string(h->role) :
                                        streq(property, "Vendor")  ? h->vendor :
                                                                     h->product);
}

BUS_GETTER(get_parent) {
        const Hub *h = hub_at(userdata, path);
        _cleanup_free_ char *parent = NULL;

        if (!h)
                return -ENOENT;

        parent = h->parent ? hub_path(h->parent) : strdup("/");
        return parent ? sd_bus_message_append(reply, "o", parent) : -ENOMEM;
}

BUS_GETTER(get_station) {
        _cleanup_free_ char *station = NULL;
        const Hub *h = hub_at(userdata, path);
        Station *s;

        if (!h)
                return -ENOENT;

        s = h->seat ? manager_find_station(userdata, h->seat) : NULL;
        station = s ? station_path(s) : strdup("/");
        return station ? sd_bus_message_append(reply, "o", station) : -ENOMEM;
}

BUS_GETTER(get_devices) {
        const Hub *h = hub_at(userdata, path);

        return h ? append_devices(reply, &h->devices) : -ENOENT;
}

static const sd_bus_vtable hub_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Id", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("SysPath", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Role", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Vendor", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Product", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Parent", "o", get_parent, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Station", "o", get_station, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Devices", "a(ss)", get_devices, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_VTABLE_END,
};

static const BusChange hub_changes[] = {
        { HUB_CHANGED_ROLE, "Role" },
        { HUB_CHANGED_TEXT, "Vendor" },
        { HUB_CHANGED_TEXT, "Product" },
        { HUB_CHANGED_PARENT, "Parent" },
        { HUB_CHANGED_STATION, "Station" },
        { HUB_CHANGED_DEVICES, "Devices" },
};

void hub_emit_changed(Manager *m, const Hub *h, unsigned mask) {
        _cleanup_free_ char *path = hub_path(h);

        bus_emit_changed(m, path, USHER_IFACE_HUB, hub_changes, ELEMENTSOF(hub_changes), mask);
}

static int find_hub(sd_bus *bus,
                const char *path,
                const char *interface,
                void *userdata,
                void **found,
                sd_bus_error *error) {
        _cleanup_free_ char *id = bus_path_id(path, USHER_PATH_HUB);

        if (!id)
                return 0;
        if (!find_exactly(userdata, id))
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_HUB, "There is no such hub.");

        *found = userdata;
        return 1;
}

static int list_hubs(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error) {
        Manager *m = userdata;
        char **paths;

        paths = calloc(topology_n_hubs(m->topology) + 1, sizeof(*paths));
        if (!paths)
                return -ENOMEM;

        for (size_t i = 0; i < topology_n_hubs(m->topology); i++) {
                paths[i] = hub_path(topology_hub_at(m->topology, i));
                if (!paths[i])
                        return bus_free_paths(paths);
        }

        *ret = paths;
        return 1;
}

int hub_bus_setup(Manager *m) {
        int r;

        r = sd_bus_add_fallback_vtable(
                        m->bus, NULL, USHER_PATH_HUB, USHER_IFACE_HUB, hub_vtable, find_hub, m);
        if (r < 0)
                return r;

        return sd_bus_add_node_enumerator(m->bus, NULL, USHER_PATH_HUB, list_hubs, m);
}
