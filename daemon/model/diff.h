/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a new picture is against an old one, before any of it is told. Inside of the topology. */

#include "picture.h"

typedef struct Difference {
        bool *hub_gone;        /* of each old hub */
        Hub **hub_stays;       /* of each new hub: the old object of the same hub */
        unsigned *hub_changed; /* of each new hub: a mask of HubChange */

        Picture seats;          /* the ids of all seats of both, and nothing else */
        unsigned *seat_changed; /* of each of those: a mask of SeatChange */
} Difference;

/* Lost hubs are the one thing that the new picture learns from the old one: they are added to it. */
int difference_init(Difference *ret, const Picture *old, Picture *new);
void difference_done(Difference *d);
