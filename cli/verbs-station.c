/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/connection.h"
#include "cli/output.h"
#include "cli/station-name.h"
#include "common/log.h"
#include "common/names.h"

/* Calls a method of a station that takes |argument|, a string, or NULL for none. */
static int call_station(Command *c,
                const SnapshotStation *station,
                const char *member,
                const char *what,
                const char *argument) {
        return connection_call_method(c, station->path, USHER_IFACE_STATION, member, what, NULL,
                        argument ? "s" : "", argument);
}

/* The same for the station of that name. */
static int call_named_station(
                Command *c, const char *name, const char *member, const char *what, const char *argument) {

        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        const SnapshotStation *station;
        int r;

        r = connection_snapshot(c, &s);
        if (r >= 0)
                r = station_resolve(s, name, &station);
        if (r < 0)
                return r;

        return call_station(c, station, member, what, argument);
}

static int verb_label(Command *c, char **arguments) {
        return call_named_station(c, arguments[0], "SetLabel", "Failed to set the label", arguments[1]);
}

static int identify(Command *c, const SnapshotStation *station) {
        _cleanup_free_ char *what = NULL;

        if (asprintf(&what, "Failed to show the label of '%s'", snapshot_station_title(station)) < 0) {
                what = NULL;
                return log_oom();
        }

        return call_station(c, station, "Identify", what, NULL);
}

/* A station that has nothing to show its label on does not stop the others. */
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
                /* "All stations" does not mean those that are absent. */
                if (!arguments[0] && streq(stations[i]->health, "absent"))
                        continue;

                r = identify(c, stations[i]);
                if (r < 0 && ret == 0)
                        ret = r;
        }

        return ret;
}

static int verb_lock(Command *c, char **arguments) {
        return call_named_station(c, arguments[0], "Lock", "Failed to lock the station", NULL);
}

/* Whether the name can only be the id of a new station: an existing station whose id begins with it is not
 * meant. */
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

        r = connection_call_method(c, USHER_PATH, USHER_IFACE_MANAGER, "AttachHub",
                        "Failed to attach the hub", NULL, "ss", arguments[0], id);
        if (r >= 0 && !station && command_is_talking(c))
                output_line(stdout, "'%s' is a new station. It can be used once a screen belongs to it.",
                                id);

        return r;
}

static int verb_detach_all(Command *c, char **arguments) {
        return connection_call_method(c, USHER_PATH, USHER_IFACE_MANAGER, "DetachAll",
                        "Failed to detach the hubs", NULL, "");
}

static const Verb verbs[] = {
        { "label", "STATION NAME", 2, 2, "Set the label of a station; \"\" removes it", verb_label },
        { "identify", "[STATION…]", 0, -1, "Show each station's label on its own screen", verb_identify },
        { "lock", "STATION", 1, 1, "Lock the screens of the desktops there", verb_lock },
        { "attach", "HUB STATION", 2, 2, "Assign a hub to a station, or to a new one", verb_attach },
        { "associate", "[STATION…]", 0, -1, "Assign hubs by pressing Enter on their keyboards",
                        verb_associate },
        { "detach-all", "", 0, 0, "Return to automatic assignment", verb_detach_all },
};

const VerbGroup verbs_station = { "Stations", verbs, ELEMENTSOF(verbs) };
