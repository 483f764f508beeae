/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/associate.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/station-name.h"
#include "common/names.h"

/* Begins a call on the station of that name. */
static int station_call(Command *c, const char *name, const char *member, sd_bus_message **ret) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        const SnapshotStation *station;
        int r;

        r = connection_snapshot(c, &s);
        if (r >= 0)
                r = station_resolve(s, name, &station);
        if (r >= 0)
                r = connection_new_call(c, station->path, USHER_IFACE_STATION, member, ret);

        return r;
}

static int verb_label(Command *c, char **arguments) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = station_call(c, arguments[0], "SetLabel", &m);
        if (r < 0)
                return r;
        r = sd_bus_message_append(m, "s", arguments[1]);
        if (r < 0)
                return complain(r, "Failed to make the call: %m");

        return connection_call(c, m, "Failed to set the label", NULL);
}

/* That one has nothing to show it on is no reason to leave out the others. */
static int identify(Command *c, const SnapshotStation *station) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        _cleanup_free_ char *what = NULL;
        int r;

        if (asprintf(&what, "Failed to show the label of '%s'", snapshot_station_title(station)) < 0)
                return complain(ENOMEM, "Out of memory.");

        r = connection_new_call(c, station->path, USHER_IFACE_STATION, "Identify", &m);
        if (r < 0)
                return r;

        return connection_call(c, m, what, NULL);
}

static int verb_identify(Command *c, char **arguments) {
        _cleanup_free_ const SnapshotStation **stations = NULL;
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        int ret = 0, r;
        size_t n;

        r = connection_snapshot(c, &s);
        if (r >= 0)
                r = station_resolve_all(s, arguments, &stations, &n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                /* Of all there are, those that are not there are not meant. */
                if (!arguments[0] && streq(stations[i]->health, "absent"))
                        continue;

                r = identify(c, stations[i]);
                if (r < 0 && ret == 0)
                        ret = r;
        }

        return ret;
}

static int verb_lock(Command *c, char **arguments) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = station_call(c, arguments[0], "Lock", &m);
        if (r < 0)
                return r;

        return connection_call(c, m, "Failed to lock the station", NULL);
}

/* Whether this can only be the id of a station that is not there yet: what begins an id need not be short
 * for it. */
static bool is_new_id(const Snapshot *s, const char *name) {
        if (!startswith(name, "seat-"))
                return false;

        for (size_t i = 0; i < s->n_stations; i++)
                if (streq(s->stations[i].id, name) || streq(s->stations[i].label, name))
                        return false;

        return true;
}

static int verb_attach(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        const SnapshotStation *station = NULL;
        const char *id = arguments[1];
        int r;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;

        if (!is_new_id(s, id)) {
                r = station_resolve(s, id, &station);
                if (r < 0)
                        return r;
                id = station->id;
        }

        r = connection_new_call(c, USHER_PATH, USHER_IFACE_MANAGER, "AttachHub", &m);
        if (r < 0)
                return r;
        r = sd_bus_message_append(m, "ss", arguments[0], id);
        if (r < 0)
                return complain(r, "Failed to make the call: %m");

        r = connection_call(c, m, "Failed to attach the hub", NULL);
        if (r >= 0 && !station && !c->quiet && c->json == JSON_OFF)
                say(stdout, "'%s' is a new station. It can be used once a screen belongs to it.", id);

        return r;
}

static int verb_detach_all(Command *c, char **arguments) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = connection_new_call(c, USHER_PATH, USHER_IFACE_MANAGER, "DetachAll", &m);
        if (r < 0)
                return r;

        return connection_call(c, m, "Failed to detach the hubs", NULL);
}

static const Verb verbs[] = {
        { "label", "STATION NAME", 2, 2, "Name a station; \"\" takes the name away", verb_label },
        { "identify", "[STATION…]", 0, -1, "Show on its own screen which station it is", verb_identify },
        { "lock", "STATION", 1, 1, "Ask the desktops there to lock their screens", verb_lock },
        { "attach", "HUB STATION", 2, 2, "Give a hub to a station, or to a new one", verb_attach },
        { "associate", "[STATION…]", 0, -1, "Find each station's hub by Enter on its keyboard",
                        verb_associate },
        { "detach-all", "", 0, 0, "Back to automatic assignment", verb_detach_all },
};

const VerbGroup verbs_station = { "Stations", verbs, ELEMENTSOF(verbs) };
