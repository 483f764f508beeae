/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What each hub is, by where it stands and what hangs on it.
 *
 * Three questions are left open by the words "the hub nearest to a station's keyboard", and answered here:
 *
 * A keyboard with a hub inside is one keyboard to a person, so the hub nearest to it is the one that it is
 * plugged into. The hub inside is then `downstream`. It is told from a hub with a keyboard plugged in by
 * what the hub says of its ports (the keyboard cannot be taken off), or, as most hubs say nothing, because
 * nothing but the keyboard is on it while the hub above has the rest of the station: its pointer or its
 * display, or the seat itself. With a second keyboard anywhere below the hub above, or without a hub above
 * that is no root hub, the hub inside is the station hub: nothing else could be.
 *
 * Station hubs may be chained. A hub on the way from one to another is `intermediate`: taking it away takes
 * a station away, and that is what the word warns of.
 *
 * A hub that is seat0's only because nobody assigned it is its person's: where all that is plugged into it
 * was assigned to one other seat, port by port, the hub counts as that seat's. */

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

void role_see_keyboard(HubNode *d, const DeviceInfo *f) {
        if (!f->seat || !(f->flags & DEVICE_IS_KEYBOARD))
                return;

        if (d->keyboard && !streq(d->keyboard, f->usb_path))
                d->several_keyboards = true;
        d->keyboard = f->usb_path;
        d->keyboard_fixed = f->flags & DEVICE_IS_FIXED;
}

void role_see_gear(HubNode *d, const DeviceInfo *f) {
        if (!f->seat || !(f->flags & GEAR_FLAGS))
                return;

        /* The touchpad of a keyboard and the mouse of its receiver are parts of it. */
        if (!streq_ptr(d->keyboard, f->usb_path))
                d->gear |= f->flags & GEAR_FLAGS;

        if (d->claim.seat && !streq(d->claim.seat, f->seat))
                d->claim.several = true;
        d->claim.seat = f->seat;

        if (streq_ptr(d->seat, f->seat))
                d->serves_seat = true;
        else
                d->foreign = true;
}

static bool is_root(const HubNode *d) {
        return d->tier == 0;
}

static bool has_own_seat(const HubNode *d) {
        const char *above = d->parent && d->parent->seat ? d->parent->seat : "seat0";

        return !is_root(d) && d->seat && !streq(d->seat, above);
}

static void count_stations(HubNode *const *nodes, size_t n) {
        for (size_t i = 0; i < n; i++)
                nodes[i]->stations_below = 0;

        /* Backwards, each comes before its parent. */
        for (size_t i = n; i-- > 0;)
                if (nodes[i]->parent)
                        nodes[i]->parent->stations_below += nodes[i]->stations_below + nodes[i]->is_station;
}

/* Whether this hub with a keyboard on it is a part of that keyboard, which is plugged into the hub above. */
static bool is_inside_keyboard(const HubNode *d) {
        const HubNode *above = d->parent;

        if (!d->keyboard || d->several_keyboards || d->own_seat || (d->gear & DEVICE_IS_DISPLAY))
                return false;
        if (!above || is_root(above) || above->keyboard || above->stations_below != 1)
                return false;

        /* The hub above has to be this keyboard's seat's: one port of it may have been assigned to
         * another. */
        if (!streq_ptr(d->claim.seat, above->claim.seat ? above->claim.seat : above->seat) ||
                        d->claim.several || above->claim.several)
                return false;

        if (d->keyboard_fixed)
                return true;

        return d->gear == 0 && (above->own_seat || (above->gear & (DEVICE_IS_POINTER | DEVICE_IS_DISPLAY)));
}

static void find_stations(HubNode *const *nodes, size_t n) {
        for (size_t i = 0; i < n; i++) {
                nodes[i]->own_seat = has_own_seat(nodes[i]);
                nodes[i]->is_station = !is_root(nodes[i]) && (nodes[i]->own_seat || nodes[i]->keyboard);
        }

        count_stations(nodes, n);

        /* A hub above is never itself inside a keyboard, since it has none: one pass finds all. */
        for (size_t i = 0; i < n; i++)
                if (is_inside_keyboard(nodes[i])) {
                        nodes[i]->is_station = false;
                        nodes[i]->parent->is_station = true;
                }

        count_stations(nodes, n);

        for (size_t i = 0; i < n; i++) {
                const HubNode *above = nodes[i]->parent;

                nodes[i]->below_station = above && (above->is_station || above->below_station);
        }
}

static HubRole role_of(const HubNode *d) {
        if (is_root(d))
                return HUB_ROOT;
        if (d->is_station)
                return HUB_STATION;
        if (d->stations_below > 0)
                return HUB_INTERMEDIATE;
        return d->below_station ? HUB_DOWNSTREAM : HUB_SHARED;
}

/* Whose a hub is to a person, NULL where it is several seats'. */
static const char *seat_of(const HubNode *d) {
        if (d->own_seat)
                return d->seat;

        switch (role_of(d)) {
        case HUB_ROOT:
        case HUB_INTERMEDIATE:
                return d->foreign ? NULL : d->seat;

        default:
                if (d->claim.seat && !d->claim.several)
                        return d->claim.seat;
                if (d->is_station && d->serves_seat)
                        return d->seat;
                return d->claim.several ? NULL : d->seat;
        }
}

int role_assign(HubNode *const *nodes, size_t n) {
        int r;

        find_stations(nodes, n);

        /* From the leaves up: a hub that has something of another seat anywhere below it is not one
         * seat's. */
        for (size_t i = n; i-- > 0;) {
                HubNode *d = nodes[i], *above = d->parent;

                d->hub->role = role_of(d);
                r = string_replace(&d->hub->seat, seat_of(d));
                if (r < 0)
                        return r;

                if (above && (d->foreign || (d->hub->seat && !streq_ptr(d->hub->seat, above->seat))))
                        above->foreign = true;
        }

        return 0;
}
