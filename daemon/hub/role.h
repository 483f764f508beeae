/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What each hub is in the tree, and whose. Inside of the topology. */

#include "hub/hub-tree.h"

/* One pass over what is directly on a hub; keyboards must have been seen by the time gear is. */
void role_see_keyboard(HubNode *d, const DeviceInfo *f);
void role_see_gear(HubNode *d, const DeviceInfo *f);

/* nodes: each after its parent. Gives every hub its role and its seat. */
int role_assign(HubNode *const *nodes, size_t n);
