/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/station-name.h"

#define CANDIDATES_MAX 12U

static bool begins_with(const SnapshotStation *station, const char *name) {
        return startswith(station->id, name) || startswith(station->label, name);
}

StationMatch station_match(const Snapshot *s, const char *name, const SnapshotStation **ret) {
        const SnapshotStation *found = NULL;
        size_t n_labels = 0, n_prefixes = 0;

        /* Nothing is the beginning of everything. */
        if (isempty(name))
                return STATION_MATCH_NONE;

        found = snapshot_find_station(s, name);
        if (found) {
                *ret = found;
                return STATION_MATCH_ONE;
        }

        for (size_t i = 0; i < s->n_stations; i++)
                if (streq(s->stations[i].label, name)) {
                        found = s->stations + i;
                        n_labels++;
                }
        if (n_labels > 1)
                return STATION_MATCH_SEVERAL;

        for (size_t i = 0; i < s->n_stations && n_labels == 0; i++)
                if (begins_with(s->stations + i, name)) {
                        found = s->stations + i;
                        n_prefixes++;
                }
        if (n_prefixes > 1)
                return STATION_MATCH_SEVERAL;
        if (!found)
                return STATION_MATCH_NONE;

        *ret = found;
        return STATION_MATCH_ONE;
}

char *station_candidates(const Snapshot *s, const char *name) {
        _cleanup_free_ char *text = NULL;
        const SnapshotStation *unused;
        size_t size = 0, n = 0;
        bool all;
        FILE *f;

        all = station_match(s, name, &unused) == STATION_MATCH_NONE;

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        for (size_t i = 0; i < s->n_stations; i++) {
                const SnapshotStation *station = s->stations + i;

                if (!all && !begins_with(station, name))
                        continue;
                if (n++ >= CANDIDATES_MAX)
                        continue;

                fprintf(f, "%s%s", n > 1 ? ", " : "", station->id);
                if (!isempty(station->label))
                        fprintf(f, " ('%s')", station->label);
        }

        if (n > CANDIDATES_MAX)
                fprintf(f, " and %zu more", n - CANDIDATES_MAX);

        if (fclose(f) != 0)
                return NULL;
        return TAKE_PTR(text);
}
