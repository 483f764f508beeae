/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Inside of the topology: from all devices to hubs with their roles and seats, without memory of what was
 * before. hub-tree.c finds the hubs, picture.c what hangs on them, role.c says what each is, topology.c
 * compares with the picture before. */

#include "topology.h"

typedef struct Picture {
        Hub **hubs;      /* in the order of the tree */
        size_t *parents; /* of each, as an index; SIZE_MAX for none */
        size_t n_hubs;
        TopologySeat **seats; /* sorted by id */
        size_t n_seats;
} Picture;

/* devices: sorted by syspath. Hubs have no parent pointers so far. */
int picture_derive(Picture *ret, const DeviceFacts *const *devices, size_t n);
void picture_done(Picture *p);

Hub *hub_free(Hub *h);

/* Whether this is the id or the syspath of either half. */
bool hub_has_name(const Hub *h, const char *id_or_syspath);

TopologySeat *topology_seat_free(TopologySeat *s);
DEFINE_CLEANUP(TopologySeat *, topology_seat_free);
TopologySeat *picture_find_seat(const Picture *p, const char *id);
/* The seat with this id, made where there is none. */
int picture_make_seat(Picture *p, const char *id, TopologySeat **ret);

/* This seat misses a station hub. */
int picture_add_lost(Picture *p, const char *seat, const char *hub);
