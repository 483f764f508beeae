/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A ring around a child, of which a part is drawn: how much of a warning is left. */

#include <adwaita.h>

#define USHER_TYPE_RING (usher_ring_get_type())
G_DECLARE_FINAL_TYPE(UsherRing, usher_ring, USHER, RING, AdwBin)

/* 1 is a full ring, 0 only its groove; negative: nothing is drawn. */
void usher_ring_set_fraction(UsherRing *ring, double fraction);
