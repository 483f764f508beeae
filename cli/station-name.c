/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/output.h"
#include "cli/station-name.h"
#include "common/log.h"

#define CANDIDATES_MAX 12U

static bool begins_with(const SnapshotStation *station, const char *name) {
        return startswith(station->id, name) || startswith(station->label, name);
}

StationMatch station_match(const Snapshot *s, const char *name, const SnapshotStation **ret) {
        const SnapshotStation *found = NULL;
        size_t n_labels = 0, n_prefixes = 0;

        /* An empty name is a prefix of everything. */
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

int station_resolve(const Snapshot *s, const char *name, const SnapshotStation **ret) {
        _cleanup_free_ char *candidates = NULL;
        StationMatch match;

        match = station_match(s, name, ret);
        if (match == STATION_MATCH_ONE)
                return 0;

        candidates = station_candidates(s, name);
        if (!candidates)
                return log_oom();

        if (match == STATION_MATCH_SEVERAL)
                return output_error(ENOTUNIQ, "'%s' matches several stations: %s.", name, candidates);
        if (s->n_stations == 0)
                return output_error(ENOENT, "No station '%s': this machine has no stations.", name);
        return output_error(ENOENT, "No station '%s'. The stations are: %s.", name, candidates);
}

int station_resolve_all(const Snapshot *s, char **names, const SnapshotStation ***ret, size_t *ret_n) {
        _cleanup_free_ const SnapshotStation **stations = NULL;
        size_t n = 0;
        int r;

        while (names[n])
                n++;
        stations = calloc(MAX_OF(n, s->n_stations) + 1, sizeof(*stations));
        if (!stations)
                return log_oom();

        for (size_t i = 0; i < n; i++) {
                r = station_resolve(s, names[i], stations + i);
                if (r < 0)
                        return r;
        }
        if (n == 0)
                for (; n < s->n_stations; n++)
                        stations[n] = s->stations + n;

        *ret = TAKE_PTR(stations);
        *ret_n = n;
        return 0;
}
