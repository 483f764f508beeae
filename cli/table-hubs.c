/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/listing.h"

enum {
        HUB_ID,
        HUB_ROLE,
        HUB_PRODUCT,
        HUB_STATION,
        HUB_USER,
        HUB_LABEL,
        HUB_VENDOR,
        HUB_SYSPATH,
        HUB_DEVICES,
};

/* A hub's id is its port path: the bus, '-', then the port at each hub on the way. */
static const Column columns[] = {
        [HUB_ID] = { "HUB", COLUMN_TREE },
        [HUB_ROLE] = { "ROLE", 0 },
        [HUB_PRODUCT] = { "PRODUCT", COLUMN_CUT },
        [HUB_STATION] = { "STATION", COLUMN_CUT },
        [HUB_USER] = { "USER", 0 },
        [HUB_LABEL] = { "label", COLUMN_JSON_ONLY },
        [HUB_VENDOR] = { "vendor", COLUMN_JSON_ONLY },
        [HUB_SYSPATH] = { "syspath", COLUMN_JSON_ONLY },
        [HUB_DEVICES] = { "devices", COLUMN_JSON_ONLY | COLUMN_LIST },
};

int hubs_table_new(const Command *c, Table **ret) {
        return table_new(c, "hubs", columns, ELEMENTSOF(columns), ret);
}

static void set_devices(Table *t, const SnapshotHub *hub) {
        _cleanup_free_ const char **list = NULL;

        list = calloc(hub->devices.n + 1, sizeof(char *));
        if (!list) {
                table_set_failed(t);
                return;
        }

        for (size_t i = 0; i < hub->devices.n; i++)
                list[i] = hub->devices.items[i].syspath;

        table_set_list(t, HUB_DEVICES, list, hub->devices.n);
}

static void set_station(Table *t, const SnapshotStation *station) {
        table_set(t, HUB_STATION, table_is_json(t) ? station->id : snapshot_station_title(station));
        table_set(t, HUB_USER, station->active_user.name);
        table_set(t, HUB_LABEL, station->label);
}

struct libscols_line *hubs_table_add(
                Table *t, const Snapshot *s, const SnapshotHub *hub, struct libscols_line *parent) {

        static const SnapshotStation none = { .id = "", .label = "", .active_user = { .name = "" } };
        const SnapshotStation *station = snapshot_find_station_by_path(s, hub->station);
        struct libscols_line *line;

        line = table_add(t, parent);
        table_set(t, HUB_ID, hub->id);
        table_set(t, HUB_ROLE, hub->role);
        table_set(t, HUB_PRODUCT, hub->product);
        set_station(t, station ? station : &none);
        table_set(t, HUB_VENDOR, hub->vendor);
        table_set(t, HUB_SYSPATH, hub->syspath);
        set_devices(t, hub);

        return line;
}

static bool is_of(const SnapshotHub *hub, const SnapshotStation *only) {
        return !only || streq(hub->station, only->path);
}

/* The hub's parent, if it is shown too. */
static const SnapshotHub *parent_of(const Snapshot *s, const SnapshotHub *hub, const SnapshotStation *only) {
        const SnapshotHub *parent = snapshot_find_hub_by_path(s, hub->parent);

        return parent && parent != hub && is_of(parent, only) ? parent : NULL;
}

/* A hub can be added once its parent is. Each round adds the next level. When a round adds nothing, the hubs
 * that are left claim to be each other's parents: they become roots, so that no hub is lost. */
void hubs_table_add_tree(Table *t, const Snapshot *s, const SnapshotStation *only) {
        _cleanup_free_ struct libscols_line **lines = NULL;
        bool progress, roots = false;

        lines = calloc(s->n_hubs + 1, sizeof(*lines));
        if (!lines) {
                table_set_failed(t);
                return;
        }

        /* The block's title names the station already. */
        if (only) {
                table_hide_column(t, HUB_STATION);
                table_hide_column(t, HUB_USER);
        }

        do {
                progress = false;

                for (size_t i = 0; i < s->n_hubs; i++) {
                        const SnapshotHub *hub = s->hubs + i, *parent = parent_of(s, hub, only);
                        struct libscols_line *above = parent ? lines[parent - s->hubs] : NULL;

                        if (lines[i] || !is_of(hub, only) || (parent && !above && !roots))
                                continue;

                        lines[i] = hubs_table_add(t, s, hub, above);
                        if (!lines[i])
                                return;
                        progress = true;
                }

                if (!progress && !roots)
                        progress = roots = true;
        } while (progress);
}
