/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The verbs that look: each is one snapshot and one listing. */

#include "cli/connection.h"
#include "cli/listing.h"
#include "cli/monitor.h"
#include "cli/status.h"

static int verb_list(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;

        r = stations_table_new(c, &t);
        for (size_t i = 0; r >= 0 && i < s->n_stations; i++)
                r = stations_table_add(t, s, s->stations + i);
        if (r < 0)
                return complain(r, "Failed to make the table: %m");

        return table_show(t, c, "station", "stations");
}

static int verb_hubs(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;

        r = hubs_table_new(c, &t);
        if (r >= 0)
                r = hubs_table_add_tree(t, s, NULL);
        if (r < 0)
                return complain(r, "Failed to make the table: %m");

        return table_show(t, c, "hub", "hubs");
}

static int verb_jobs(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;

        r = jobs_table_new(c, &t);
        for (size_t i = 0; r >= 0 && i < s->n_jobs; i++)
                r = jobs_table_add(t, s, s->jobs + i);
        if (r < 0)
                return complain(r, "Failed to make the table: %m");

        return table_show(t, c, "job", "jobs");
}

static const Verb verbs[] = {
        { "list", "", 0, 0, "List the stations (this is the default)", verb_list },
        { "status", "[STATION…]", 0, -1, "Show all about stations", verb_status },
        { "hubs", "", 0, 0, "Show the USB hubs as a tree", verb_hubs },
        { "jobs", "", 0, 0, "List the sessions that are being logged off", verb_jobs },
        { "monitor", "", 0, 0, "Print changes as they happen", verb_monitor },
};

const VerbGroup verbs_show = { "Look", verbs, ELEMENTSOF(verbs) };
