/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Two seats, each with a screen and a hub with keyboard and mouse, and usherd, which is not started yet. */

#include "fixture.h"
#include "hubs.h"

#define LEFT "/org/usher1/station/seat_2dleft"
#define RIGHT "/org/usher1/station/seat_2dright"
#define HUB_LEFT "/org/usher1/hub/_31_2d3"

typedef struct Desk {
        Fixture f;
        Hubs *hubs;
        const char *root, *left, *right;
        guint hurry, events; /* usherd is waited for after this many events, instead of after each */
} Desk;

void desk_set_up(Desk *d, gconstpointer data);
void desk_tear_down(Desk *d, gconstpointer data);

/* Calls AttachHub as root. */
void desk_attach(Desk *d, const char *hub, const char *station);
