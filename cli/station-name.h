/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/snapshot.h"

typedef enum StationMatch {
        STATION_MATCH_NONE,
        STATION_MATCH_ONE,
        STATION_MATCH_SEVERAL,
} StationMatch;

/* Which station people mean by |name|: the one with that id, else the one with that label, else the only one
 * whose id or label begins with it. Sets *ret for STATION_MATCH_ONE. */
StationMatch station_match(const Snapshot *s, const char *name, const SnapshotStation **ret);

/* For an error: the names that |name| could be (all of them for STATION_MATCH_NONE), at most a dozen.
 * Returns NULL when out of memory. */
char *station_candidates(const Snapshot *s, const char *name);

/* The station of a command line. Says what is wrong and returns a negative errno when it is not one. */
int station_resolve(const Snapshot *s, const char *name, const SnapshotStation **ret);

/* The same of several names, which ends with NULL; none means all stations there are. A wrong name is found
 * before anything is done with the others. The array is the caller's, the stations are not. */
int station_resolve_all(const Snapshot *s, char **names, const SnapshotStation ***ret, size_t *ret_n);
