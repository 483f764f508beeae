/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/bus.h"
#include "bus/find.h"
#include "bus/object.h"
#include "common/names.h"

BUS_GETTER(get_text) {
        const Hub *h = userdata;

        return sd_bus_message_append(reply, "s",
                        streq(property, "Id")                      ? h->id :
                                        streq(property, "SysPath") ? h->syspath :
                                        streq(property, "Role")    ? hub_role_to_string(h->role) :
                                        streq(property, "Vendor")  ? h->vendor :
                                                                     h->product);
}

BUS_GETTER(get_parent) {
        const Hub *h = userdata;
        _cleanup_free_ char *parent = NULL;

        parent = h->parent ? hub_path(h->parent) : strdup("/");
        return parent ? sd_bus_message_append(reply, "o", parent) : -ENOMEM;
}

/* The seat of a hub is always a station, even where logind does not have the seat. */
BUS_GETTER(get_station) {
        const Hub *h = userdata;

        return h->seat ? append_station_path(reply, h->seat) : sd_bus_message_append(reply, "o", "/");
}

BUS_GETTER(get_devices) {
        const Hub *h = userdata;

        return append_devices(reply, &h->devices);
}

static int find_object(sd_bus *bus,
                const char *path,
                const char *interface,
                void *userdata,
                void **found,
                sd_bus_error *error) {
        _cleanup_free_ char *id = bus_path_id(path, USHER_PATH_HUB);
        Bus *b = userdata;
        const Hub *h;

        if (!id)
                return 0;

        /* A hub has one object, even though it can be looked up by the name of either half. */
        h = topology_find_hub(b->manager->topology, id);
        if (!h || !streq(h->id, id))
                return no_such(error, USHER_ERROR_NO_SUCH_HUB, "hub", id);

        *found = (void *) h;
        return 1;
}

static int check_object(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        return object_check(m, USHER_PATH_HUB, find_object, userdata, error);
}

static int list_objects(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error) {
        const Topology *t = ((Bus *) userdata)->manager->topology;
        char **paths;

        paths = calloc(topology_n_hubs(t) + 1, sizeof(*paths));
        if (!paths)
                return -ENOMEM;

        for (size_t i = 0; i < topology_n_hubs(t); i++) {
                paths[i] = hub_path(topology_hub_at(t, i));
                if (!paths[i])
                        return bus_free_paths(paths);
        }

        *ret = paths;
        return 1;
}

static const BusChange hub_changes[] = {
        { HUB_CHANGED_ROLE, "Role" },
        { HUB_CHANGED_TEXT, "Vendor" },
        { HUB_CHANGED_TEXT, "Product" },
        { HUB_CHANGED_PARENT, "Parent" },
        { HUB_CHANGED_STATION, "Station" },
        { HUB_CHANGED_DEVICES, "Devices" },
};

void hub_emit_changed(Bus *b, const Hub *h, unsigned mask) {
        _cleanup_free_ char *path = hub_path(h);

        bus_emit_changed(b->manager->bus, path, USHER_IFACE_HUB, hub_changes, ELEMENTSOF(hub_changes), mask);
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

int hub_bus_add(Bus *b) {
        int r;

        r = sd_bus_add_fallback(b->manager->bus, NULL, USHER_PATH_HUB, check_object, b);
        if (r < 0)
                return r;

        r = sd_bus_add_fallback_vtable(
                        b->manager->bus, NULL, USHER_PATH_HUB, USHER_IFACE_HUB, hub_vtable, find_object, b);
        if (r < 0)
                return r;

        return sd_bus_add_node_enumerator(b->manager->bus, NULL, USHER_PATH_HUB, list_objects, b);
}
