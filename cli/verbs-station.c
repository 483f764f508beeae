/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "connection.h"
#include "names.h"
#include "output.h"
#include "station-name.h"

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

static int verb_identify(Command *c, char **arguments) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = station_call(c, arguments[0], "Identify", &m);
        if (r < 0)
                return r;

        return connection_call(c, m, "Failed to show the label", NULL);
}

/* A station that is not there yet is made: only a name that could be several is wrong. */
static int verb_attach(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        const SnapshotStation *station = NULL;
        const char *id = arguments[1];
        int r;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;

        switch (station_match(s, id, &station)) {
        case STATION_MATCH_ONE:
                id = station->id;
                break;
        case STATION_MATCH_SEVERAL:
                return station_resolve(s, id, &station);
        case STATION_MATCH_NONE:
                break;
        }

        r = connection_new_call(c, USHER_PATH, USHER_IFACE_MANAGER, "AttachHub", &m);
        if (r < 0)
                return r;
        r = sd_bus_message_append(m, "ss", arguments[0], id);
        if (r < 0)
                return complain(r, "Failed to make the call: %m");

        return connection_call(c, m, "Failed to attach the hub", NULL);
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
        { "identify", "STATION", 1, 1, "Show a station's label on its own screen", verb_identify },
        { "attach", "HUB STATION", 2, 2, "Give a hub to a station, or to a new one", verb_attach },
        { "detach-all", "", 0, 0, "Back to automatic assignment", verb_detach_all },
};

const VerbGroup verbs_station = { "Stations", verbs, ELEMENTSOF(verbs) };
