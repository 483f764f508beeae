/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The role of each hub, and the seat that it serves. For hub-tree.c only. */

#include "hub/topology.h"

/* One hub while the tree is made. The strings belong to the devices. */
typedef struct HubNode HubNode;
struct HubNode {
        const DeviceInfo *slow; /* the half that gives the hub its name, often the only half */
        const DeviceInfo *fast; /* the half on the USB 3 bus, NULL if it has no such half of its own */
        unsigned tier;          /* the depth in the USB tree, 0 for a root hub */
        const char *seat;       /* the seat that udev gives it, NULL for none */
        HubNode *parent, *first_child, *next_sibling;
        Hub *hub;

        /* What is directly on the hub, see role_see_keyboard() and role_see_gear(). */
        const char *keyboard; /* the usb_path of its keyboard, NULL for none */
        bool has_several_keyboards;
        bool keyboard_is_fixed;  /* the hub says that the keyboard cannot be unplugged */
        unsigned gear;           /* DeviceFlags of everything that is no part of the keyboard */
        const char *claim;       /* a seat that something on the hub belongs to, NULL for none */
        bool has_several_claims; /* of different seats */
        bool is_claimed_by_seat; /* one of the claims is that of the hub's own seat */

        /* Derived by role_assign(). */
        bool has_own_seat; /* not the seat of the hub above */
        bool is_station;
        bool is_below_station;
        bool has_foreign; /* something on the hub or below belongs to another seat */
        unsigned n_stations_below;
        HubRole role;
        const char *serves; /* the seat that it serves, NULL for several or none */
};

/* Take in one device that is directly on the hub. First call role_see_keyboard() for all devices, then
 * role_see_gear() for all. */
void role_see_keyboard(HubNode *n, const DeviceInfo *f);
void role_see_gear(HubNode *n, const DeviceInfo *f);

/* Sets role and serves of all hubs. Each node must come after its parent. */
void role_assign(HubNode *const *nodes, size_t n_nodes);
