/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The verbs that show: each gets one snapshot and prints one listing. */

#include "cli/connection.h"
#include "cli/listing.h"
#include "cli/text-console.h"
#include "common/log.h"

static void add_stations(Table *t, const Snapshot *s) {
        for (size_t i = 0; i < s->n_stations; i++)
                stations_table_add(t, s, s->stations + i);
}

static void add_hubs(Table *t, const Snapshot *s) {
        hubs_table_add_tree(t, s, NULL);
}

static void add_jobs(Table *t, const Snapshot *s) {
        for (size_t i = 0; i < s->n_jobs; i++)
                jobs_table_add(t, s, s->jobs + i);
}

typedef struct Listing {
        int (*new)(const Command *c, Table **ret);
        void (*add)(Table *t, const Snapshot *s);
        const char *singular, *plural;
} Listing;

static int show(Command *c, const Listing *listing) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;
        if (listing->new (c, &t) < 0)
                return log_oom();

        listing->add(t, s);
        return table_show(t, c, listing->singular, listing->plural);
}

static int verb_list(Command *c, char **arguments) {
        int r;

        r = show(c, &(const Listing) { stations_table_new, add_stations, "station", "stations" });
        if (r >= 0)
                text_console_remark(c);

        return r;
}

static int verb_hubs(Command *c, char **arguments) {
        return show(c, &(const Listing) { hubs_table_new, add_hubs, "hub", "hubs" });
}

static int verb_jobs(Command *c, char **arguments) {
        return show(c, &(const Listing) { jobs_table_new, add_jobs, "job", "jobs" });
}

static const Verb verbs[] = {
        { "list", "", 0, 0, "List the stations (this is the default)", verb_list },
        { "status", "[STATION…]", 0, -1, "Show the details of stations", verb_status },
        { "hubs", "", 0, 0, "Show the USB hubs as a tree", verb_hubs },
        { "jobs", "", 0, 0, "List the sessions that are being logged off", verb_jobs },
        { "history", "", 0, 0, "Show who was logged off, by whom and why", verb_history },
        { "alerts", "", 0, 0, "Show current problems and those of the last day", verb_alerts },
        { "monitor", "", 0, 0, "Print changes as they happen", verb_monitor },
};

const VerbGroup verbs_show = { "Show", verbs, ELEMENTSOF(verbs) };
