/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a new snapshot is against an old one, before any of it is told. Inside of the topology. */

#include "hub/snapshot.h"

typedef struct Diff {
        bool *hub_gone;        /* of each old hub */
        Hub **hub_stays;       /* of each new hub: the old object of the same hub */
        unsigned *hub_changed; /* of each new hub: a mask of HubChange */

        Snapshot seats;         /* the ids of all seats of both, and nothing else */
        unsigned *seat_changed; /* of each of those: a mask of SeatChange */
} Diff;

/* Lost hubs are the one thing that the new snapshot learns from the old one: they are added to it. */
int diff_init(Diff *ret, const Snapshot *old, Snapshot *new);
void diff_done(Diff *d);
