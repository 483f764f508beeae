/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Inside of the topology: from all devices to hubs with their roles and seats, without memory of what was
 * before. hub-tree.c finds the hubs, snapshot.c what hangs on them, role.c says what each is, topology.c
 * compares with the snapshot before. */

#include "hub/topology.h"

typedef struct Snapshot {
        Hub **hubs;      /* in the order of the tree */
        size_t *parents; /* of each, as an index; SIZE_MAX for none */
        size_t n_hubs;
        TopologySeat **seats; /* sorted by id */
        size_t n_seats;
} Snapshot;

/* devices: sorted by syspath. Hubs have no parent pointers so far. */
int snapshot_derive(Snapshot *ret, const DeviceInfo *const *devices, size_t n);
void snapshot_done(Snapshot *p);

Hub *hub_free(Hub *h);

/* Whether this is the id or the syspath of either half. */
bool hub_has_name(const Hub *h, const char *id_or_syspath);

TopologySeat *topology_seat_free(TopologySeat *s);
DEFINE_CLEANUP(TopologySeat *, topology_seat_free);
TopologySeat *snapshot_find_seat(const Snapshot *p, const char *id);
/* The seat with this id, made where there is none. */
int snapshot_make_seat(Snapshot *p, const char *id, TopologySeat **ret);

/* This seat misses a station hub. */
int snapshot_add_lost(Snapshot *p, const char *seat, const char *hub);
