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

/* A hub's id is its port path: bus, '-', then the port at each hub on the way. */
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

static int set_devices(Table *t, struct libscols_line *line, const SnapshotHub *hub) {
        _cleanup_free_ const char **list = NULL;

        list = calloc(hub->devices.n + 1, sizeof(char *));
        if (!list)
                return -ENOMEM;

        for (size_t i = 0; i < hub->devices.n; i++)
                list[i] = hub->devices.items[i].syspath;

        return table_set_list(t, line, HUB_DEVICES, list, hub->devices.n);
}

int hubs_table_add(Table *t,
                const Snapshot *s,
                const SnapshotHub *hub,
                struct libscols_line *parent,
                struct libscols_line **ret) {

        const SnapshotStation *station = snapshot_find_station_by_path(s, hub->station);
        const char *name = station ? snapshot_station_title(station) : "";
        struct libscols_line *line;
        int r;

        r = table_add(t, parent, &line);
        if (r >= 0)
                r = table_set(t, line, HUB_ID, hub->id);
        if (r >= 0)
                r = table_set(t, line, HUB_ROLE, hub->role);
        if (r >= 0)
                r = table_set(t, line, HUB_PRODUCT, hub->product);
        if (r >= 0)
                r = table_set(t, line, HUB_STATION, station && table_is_json(t) ? station->id : name);
        if (r >= 0)
                r = table_set(t, line, HUB_USER, station ? station_person(station) : "");
        if (r >= 0 && table_is_json(t))
                r = table_set(t, line, HUB_LABEL, station ? station->label : "");
        if (r >= 0)
                r = table_set(t, line, HUB_VENDOR, hub->vendor);
        if (r >= 0)
                r = table_set(t, line, HUB_SYSPATH, hub->syspath);
        if (r >= 0)
                r = set_devices(t, line, hub);
        if (r < 0)
                return r;

        *ret = line;
        return 0;
}

static bool is_of(const SnapshotHub *hub, const SnapshotStation *only) {
        return !only || streq(hub->station, only->path);
}

/* The hub's parent, if it is shown too. */
static const SnapshotHub *parent_of(const Snapshot *s, const SnapshotHub *hub, const SnapshotStation *only) {
        const SnapshotHub *parent = snapshot_find_hub_by_path(s, hub->parent);

        return parent && parent != hub && is_of(parent, only) ? parent : NULL;
}

/* A hub can be added once its parent is. Each round adds the next level; when a round adds nothing, what is
 * left are hubs that claim to be each other's parents, which become roots: none is ever lost. */
int hubs_table_add_tree(Table *t, const Snapshot *s, const SnapshotStation *only) {
        _cleanup_free_ struct libscols_line **lines = NULL;
        bool progress, roots = false;
        int r;

        lines = calloc(s->n_hubs + 1, sizeof(*lines));
        if (!lines)
                return -ENOMEM;

        /* Whose they are stands above them. */
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

                        r = hubs_table_add(t, s, hub, above, lines + i);
                        if (r < 0)
                                return r;
                        progress = true;
                }

                if (!progress && !roots)
                        progress = roots = true;
        } while (progress);

        return 0;
}
