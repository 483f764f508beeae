/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The role of a hub follows from its place in the tree and from what is plugged into it. This file is pure:
 * it allocates nothing and cannot fail.
 *
 * "The hub nearest to a station's keyboard" is the station hub. These rules settle what the phrase leaves
 * open:
 *
 * A keyboard with a built-in hub is one keyboard to a person. The station hub is the hub that this keyboard
 * is plugged into, and the built-in hub is `downstream`. A built-in hub is recognized in one of two ways:
 * its port says that the keyboard cannot be removed; or, because most hubs say nothing, only the keyboard is
 * on it and the hub above has the rest of the station (the pointer, the display, or the seat). The built-in
 * hub is the station hub itself if another station is below the hub above, or if the hub above is a root
 * hub.
 *
 * Station hubs may be chained. A hub between two of them is `intermediate`: if it is unplugged, a station is
 * lost, and the role warns of that.
 *
 * A hub without an assignment of its own counts as seat0's in udev. If everything on it was assigned to one
 * other seat, port by port, the hub serves that seat. */

#include "hub/role.h"

#define GEAR_FLAGS (DEVICE_IS_KEYBOARD | DEVICE_IS_POINTER | DEVICE_IS_DISPLAY | DEVICE_IS_SOUND)

static const char *const hub_role_table[_HUB_ROLE_MAX] = {
        [HUB_ROOT] = "root",
        [HUB_STATION] = "station",
        [HUB_INTERMEDIATE] = "intermediate",
        [HUB_DOWNSTREAM] = "downstream",
        [HUB_SHARED] = "shared",
};

DEFINE_STRING_TABLE(HubRole, hub_role, hub_role_table, _HUB_ROLE_MAX);

void role_see_keyboard(HubNode *n, const DeviceInfo *f) {
        if (!f->seat || !(f->flags & DEVICE_IS_KEYBOARD))
                return;

        if (n->keyboard && !streq_ptr(n->keyboard, f->usb_path))
                n->has_several_keyboards = true;
        n->keyboard = f->usb_path;
        n->keyboard_is_fixed = f->flags & DEVICE_IS_FIXED;
}

void role_see_gear(HubNode *n, const DeviceInfo *f) {
        if (!f->seat || !(f->flags & GEAR_FLAGS))
                return;

        /* The touchpad of a keyboard and the mouse of its receiver are parts of the keyboard. */
        if (!streq_ptr(n->keyboard, f->usb_path))
                n->gear |= f->flags & GEAR_FLAGS;

        if (n->claim && !streq(n->claim, f->seat))
                n->has_several_claims = true;
        n->claim = f->seat;

        if (streq_ptr(n->seat, f->seat))
                n->is_claimed_by_seat = true;
        else
                n->has_foreign = true;
}

static bool is_root(const HubNode *n) {
        return n->tier == 0;
}

static bool has_own_seat(const HubNode *n) {
        const char *above = n->parent && n->parent->seat ? n->parent->seat : "seat0";

        return !is_root(n) && n->seat && !streq(n->seat, above);
}

static void count_stations(HubNode *const *nodes, size_t n_nodes) {
        for (size_t i = 0; i < n_nodes; i++)
                nodes[i]->n_stations_below = 0;

        /* Backwards, each node comes before its parent. */
        for (size_t i = n_nodes; i-- > 0;)
                if (nodes[i]->parent)
                        nodes[i]->parent->n_stations_below +=
                                        nodes[i]->n_stations_below + nodes[i]->is_station;
}

/* Whether this is the built-in hub of a keyboard that is plugged into the hub above. */
static bool is_inside_keyboard(const HubNode *n) {
        const HubNode *above = n->parent;

        if (!n->keyboard || n->has_several_keyboards || n->has_own_seat || (n->gear & DEVICE_IS_DISPLAY))
                return false;
        if (!above || is_root(above) || above->keyboard || above->n_stations_below != 1)
                return false;

        /* The hub above must serve the keyboard's seat. One of its ports may be assigned to another seat. */
        if (!streq_ptr(n->claim, above->claim ? above->claim : above->seat) || n->has_several_claims ||
                        above->has_several_claims)
                return false;

        if (n->keyboard_is_fixed)
                return true;

        return n->gear == 0 &&
                        (above->has_own_seat || (above->gear & (DEVICE_IS_POINTER | DEVICE_IS_DISPLAY)));
}

static void find_stations(HubNode *const *nodes, size_t n_nodes) {
        for (size_t i = 0; i < n_nodes; i++) {
                nodes[i]->has_own_seat = has_own_seat(nodes[i]);
                nodes[i]->is_station = !is_root(nodes[i]) && (nodes[i]->has_own_seat || nodes[i]->keyboard);
        }

        count_stations(nodes, n_nodes);

        /* One pass is enough: the hub above has no keyboard, so it is not inside one. */
        for (size_t i = 0; i < n_nodes; i++)
                if (is_inside_keyboard(nodes[i])) {
                        nodes[i]->is_station = false;
                        nodes[i]->parent->is_station = true;
                }

        count_stations(nodes, n_nodes);

        for (size_t i = 0; i < n_nodes; i++) {
                const HubNode *above = nodes[i]->parent;

                nodes[i]->is_below_station = above && (above->is_station || above->is_below_station);
        }
}

static HubRole role_of(const HubNode *n) {
        if (is_root(n))
                return HUB_ROOT;
        if (n->is_station)
                return HUB_STATION;
        if (n->n_stations_below > 0)
                return HUB_INTERMEDIATE;
        return n->is_below_station ? HUB_DOWNSTREAM : HUB_SHARED;
}

/* The seat that a person would name, NULL if there are several. */
static const char *seat_served(const HubNode *n) {
        if (n->has_own_seat)
                return n->seat;
        if (n->role == HUB_ROOT || n->role == HUB_INTERMEDIATE)
                return n->has_foreign ? NULL : n->seat;
        if (n->claim && !n->has_several_claims)
                return n->claim;
        if (n->role == HUB_STATION && n->is_claimed_by_seat)
                return n->seat;
        return n->has_several_claims ? NULL : n->seat;
}

void role_assign(HubNode *const *nodes, size_t n_nodes) {
        find_stations(nodes, n_nodes);

        /* From the leaves up: a hub with something of another seat below it does not serve one seat alone.
         */
        for (size_t i = n_nodes; i-- > 0;) {
                HubNode *n = nodes[i], *above = n->parent;

                n->role = role_of(n);
                n->serves = seat_served(n);

                if (above && (n->has_foreign || (n->serves && !streq_ptr(n->serves, above->seat))))
                        above->has_foreign = true;
        }
}
