/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/snapshot.h"

typedef enum StationMatch {
        STATION_MATCH_NONE,
        STATION_MATCH_ONE,
        STATION_MATCH_SEVERAL,
} StationMatch;

/* Which station |name| means: the one with that id, else the one with that label, else the only one whose id
 * or label begins with it. Sets *ret for STATION_MATCH_ONE. Pure. */
StationMatch station_match(const Snapshot *s, const char *name, const SnapshotStation **ret);

/* For an error: the stations that |name| matches (all of them for STATION_MATCH_NONE), at most a dozen.
 * Returns NULL when out of memory. Pure. */
char *station_candidates(const Snapshot *s, const char *name);

/* Finds the station that a command line names. Prints what is wrong and returns a negative errno when there
 * is not exactly one. */
int station_resolve(const Snapshot *s, const char *name, const SnapshotStation **ret);

/* The same for several names, which end with NULL; no name means all stations. All names are checked before
 * the caller acts on one. The caller frees the array; the stations stay the snapshot's. */
int station_resolve_all(const Snapshot *s, char **names, const SnapshotStation ***ret, size_t *ret_n);
