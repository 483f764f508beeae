/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "output.h"
#include "station-name.h"

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
