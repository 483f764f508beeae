/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A USB hub, see org.usher1(5). */

#include "stations/model/item.h"

#define USHER_TYPE_HUB (usher_hub_get_type())
G_DECLARE_FINAL_TYPE(UsherHub, usher_hub, USHER, HUB, UsherItem)

const char *usher_hub_get_id(UsherHub *hub);

/* root, station, intermediate, downstream or shared. */
const char *usher_hub_get_role(UsherHub *hub);

/* What the hub says about itself; "" if it says nothing. */
const char *usher_hub_get_product(UsherHub *hub);
const char *usher_hub_get_vendor(UsherHub *hub);

/* Object paths; "/" for none. */
const char *usher_hub_get_parent(UsherHub *hub);
const char *usher_hub_get_station(UsherHub *hub);

/* How many devices of that kind are connected: "keyboard", "pointer", ... NULL: of any kind. */
guint usher_hub_count_devices(UsherHub *hub, const char *kind);
