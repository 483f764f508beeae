/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The physical hubs among all devices, as a tree. Inside of the topology. */

#include "hub/snapshot.h"

/* Whose a thing is when several may claim it. */
typedef struct Claim {
        const char *seat; /* the one that all so far agree on, NULL for none */
        bool several;
} Claim;

/* A hub while the snapshot is made. */
typedef struct HubNode HubNode;
struct HubNode {
        Hub *hub;
        HubNode *parent, *first_child, *next_sibling;

        const DeviceInfo *slow; /* the half that names it: the only one, or that of a USB 2 bus */
        const DeviceInfo *fast; /* the half on the USB 3 bus, if it has one of its own */
        unsigned tier;          /* of the USB tree: 0 for a root hub */

        /* For role.c, of what is directly on it: */
        const char *keyboard;   /* usb_path of its keyboard, NULL for none */
        bool several_keyboards; /* on several USB devices */
        bool keyboard_fixed;    /* built into the hub's own casing, as the hub says */
        unsigned gear;          /* DeviceFlags of all other devices of persons */
        Claim claim;            /* of all devices of persons */
        bool serves_seat;       /* one of them is of the hub's own seat */

        const char *seat; /* as udev has it */
        bool own_seat;    /* other than that of the hub above */
        bool is_station;
        bool foreign; /* somewhere in or below it is something of another seat */
        unsigned stations_below;
        bool below_station;
};

typedef struct HubTree {
        const DeviceInfo *const *devices; /* sorted by syspath */
        size_t n_devices;

        HubNode *nodes; /* one a physical hub */
        size_t n_drafts;
        HubNode **order; /* each after its parent, siblings in the order of their ports */

        HubNode **half_of; /* of each device, by index: the hub that it is a half of */
} HubTree;

int hub_tree_init(HubTree *ret, const DeviceInfo *const *devices, size_t n);
void hub_tree_done(HubTree *t);

/* The hub whose half has exactly the path that the first |length| bytes are; NULL for none. */
HubNode *hub_tree_find(const HubTree *t, const char *path, size_t length);

/* The nearest hub on the way from a path to the root, not counting what has the path itself; NULL for
 * none. */
HubNode *hub_tree_above(const HubTree *t, const char *path);

/* Where the devices are whose paths begin with these bytes; the one that ends there is the first of them. */
size_t hub_tree_position(const HubTree *t, const char *path, size_t length);

const char *path_base_name(const char *path);
