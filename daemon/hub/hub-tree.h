/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The hubs that a set of devices makes. For topology.c only. */

#include "hub/topology.h"

typedef struct HubName {
        const char *name; /* owned by the hub */
        size_t hub;       /* index in hubs */
} HubName;

typedef struct HubTree {
        Hub **hubs; /* each after its parent, siblings in the order of their ports */
        size_t n_hubs;
        HubName *names; /* id and syspath of all halves, sorted */
        size_t n_names;
} HubTree;

/* Also sets in each device how listings show it. Returns 0 or -ENOMEM. */
int hub_tree_init(HubTree *ret, const DeviceSet *devices);
void hub_tree_done(HubTree *t);

/* Where in hubs the hub is that has this id or syspath, of either half. NULL if there is none. */
Hub **hub_tree_find(const HubTree *t, const char *id_or_syspath);

/* The hub in this tree whose naming half is that of a hub of another tree, or NULL. */
Hub **hub_tree_find_same(const HubTree *t, const Hub *h);

/* A mask of HubChange. */
unsigned hub_compare(const Hub *old, const Hub *new);

/* Keeps pointers to hubs valid: exchanges the objects of the hubs that are in both trees, with their
 * contents staying in their tree. */
void hub_tree_keep_objects(HubTree *new, HubTree *old);
