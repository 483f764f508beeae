/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/output.h"
#include "cli/station-name.h"

int station_resolve(const Snapshot *s, const char *name, const SnapshotStation **ret) {
        _cleanup_free_ char *candidates = NULL;
        StationMatch match;

        match = station_match(s, name, ret);
        if (match == STATION_MATCH_ONE)
                return 0;

        candidates = station_candidates(s, name);
        if (!candidates)
                return complain(ENOMEM, "Out of memory.");

        if (match == STATION_MATCH_SEVERAL)
                return complain(ENOTUNIQ, "'%s' could be several stations: %s.", name, candidates);
        if (s->n_stations == 0)
                return complain(ENOENT, "There is no station '%s', and no other.", name);
        return complain(ENOENT, "There is no station '%s'. There are: %s.", name, candidates);
}

int station_resolve_all(const Snapshot *s, char **names, const SnapshotStation ***ret, size_t *ret_n) {
        _cleanup_free_ const SnapshotStation **stations = NULL;
        size_t n = 0;
        int r;

        while (names[n])
                n++;
        stations = calloc(MAX_OF(n, s->n_stations) + 1, sizeof(*stations));
        if (!stations)
                return complain(ENOMEM, "Out of memory.");

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
