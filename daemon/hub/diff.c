/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "hub/diff.h"

static Hub *find_same_hub(const Snapshot *p, const Hub *h) {
        for (size_t i = 0; i < p->n_hubs; i++)
                if (streq(p->hubs[i]->syspath, h->syspath))
                        return p->hubs[i];

        return NULL;
}

static unsigned compare_hubs(const Hub *old, const Hub *new, const Hub *new_parent) {
        unsigned mask = 0;

        if (old->role != new->role)
                mask |= HUB_CHANGED_ROLE;
        if (!streq_ptr(old->seat, new->seat))
                mask |= HUB_CHANGED_STATION;
        if (!device_list_equal(&old->devices, &new->devices))
                mask |= HUB_CHANGED_DEVICES;
        if (!streq_ptr(old->parent ? old->parent->syspath : NULL, new_parent ? new_parent->syspath : NULL))
                mask |= HUB_CHANGED_PARENT;
        if (!streq(old->vendor, new->vendor) || !streq(old->product, new->product))
                mask |= HUB_CHANGED_TEXT;
        if (!streq_ptr(old->peer_syspath, new->peer_syspath))
                mask |= HUB_CHANGED_PEER;

        return mask;
}

static int compare_all_hubs(Diff *d, const Snapshot *old, const Snapshot *new) {
        d->hub_gone = calloc(old->n_hubs + 1, sizeof(*d->hub_gone));
        d->hub_stays = calloc(new->n_hubs + 1, sizeof(*d->hub_stays));
        d->hub_changed = calloc(new->n_hubs + 1, sizeof(*d->hub_changed));
        if (!d->hub_gone || !d->hub_stays || !d->hub_changed)
                return -ENOMEM;

        for (size_t i = 0; i < old->n_hubs; i++)
                d->hub_gone[i] = !find_same_hub(new, old->hubs[i]);

        for (size_t i = 0; i < new->n_hubs; i++) {
                const Hub *parent = new->parents[i] != SIZE_MAX ? new->hubs[new->parents[i]] : NULL;

                d->hub_stays[i] = find_same_hub(old, new->hubs[i]);
                if (d->hub_stays[i])
                        d->hub_changed[i] = compare_hubs(d->hub_stays[i], new->hubs[i], parent);
        }

        return 0;
}

static bool is_station_hub_of(const Hub *h, const char *seat) {
        return h->role == HUB_STATION && streq_ptr(h->seat, seat);
}

static bool snapshot_has_hub_id(const Snapshot *p, const char *id) {
        for (size_t i = 0; i < p->n_hubs; i++)
                if (hub_has_name(p->hubs[i], id))
                        return true;

        return false;
}

static bool is_lost(const TopologySeat *s, const Hub *h) {
        for (size_t i = 0; i < s->n_lost; i++)
                if (hub_has_name(h, s->lost[i]))
                        return true;

        return false;
}

/* Whether this seat has a station hub now that it never had before. */
static bool has_another_hub(const Snapshot *new, const Diff *d, const TopologySeat *s) {
        for (size_t i = 0; i < new->n_hubs; i++)
                if (is_station_hub_of(new->hubs[i], s->id) && !is_lost(s, new->hubs[i]) &&
                                (!d->hub_stays[i] || !is_station_hub_of(d->hub_stays[i], s->id)))
                        return true;

        return false;
}

/* Station hubs that were there or were lost already, and are not there, and have no successor. */
static int find_lost(Snapshot *new, const Snapshot *old, const Diff *d) {
        int r;

        for (size_t i = 0; i < old->n_seats; i++) {
                const TopologySeat *s = old->seats[i];

                /* In the first snapshot every hub is new, and which of them came after the lost one cannot
                 * be told. */
                if (old->n_hubs > 0 && has_another_hub(new, d, s))
                        continue;

                for (size_t j = 0; j < s->n_lost; j++)
                        if (!snapshot_has_hub_id(new, s->lost[j])) {
                                r = snapshot_add_lost(new, s->id, s->lost[j]);
                                if (r < 0)
                                        return r;
                        }

                for (size_t j = 0; j < old->n_hubs; j++)
                        if (d->hub_gone[j] && is_station_hub_of(old->hubs[j], s->id) &&
                                        !snapshot_has_hub_id(new, old->hubs[j]->id)) {
                                r = snapshot_add_lost(new, s->id, old->hubs[j]->id);
                                if (r < 0)
                                        return r;
                        }
        }

        return 0;
}

static bool lost_equal(const TopologySeat *a, const TopologySeat *b) {
        if (a->n_lost != b->n_lost)
                return false;

        for (size_t i = 0; i < a->n_lost; i++)
                if (!streq(a->lost[i], b->lost[i]))
                        return false;

        return true;
}

static unsigned compare_seats(const TopologySeat *a, const TopologySeat *b) {
        static const TopologySeat nothing = {};
        unsigned mask = 0;

        a = a ? a : &nothing;
        b = b ? b : &nothing;
        if (!device_list_equal(&a->devices, &b->devices))
                mask |= SEAT_CHANGED_DEVICES;
        if (a->has_keyboard != b->has_keyboard || a->has_pointer != b->has_pointer ||
                        a->has_display != b->has_display)
                mask |= SEAT_CHANGED_EQUIPMENT;
        if (!lost_equal(a, b))
                mask |= SEAT_CHANGED_LOST;

        return mask;
}

static void seat_hub_changed(Diff *d, const char *seat) {
        for (size_t i = 0; seat && i < d->seats.n_seats; i++)
                if (streq(d->seats.seats[i]->id, seat))
                        d->seat_changed[i] |= SEAT_CHANGED_HUBS;
}

static int compare_all_seats(Diff *d, const Snapshot *old, const Snapshot *new) {
        const Snapshot *const both[] = { old, new };
        TopologySeat *s;
        int r;

        for (size_t k = 0; k < ELEMENTSOF(both); k++)
                for (size_t i = 0; i < both[k]->n_seats; i++) {
                        r = snapshot_make_seat(&d->seats, both[k]->seats[i]->id, &s);
                        if (r < 0)
                                return r;
                }

        d->seat_changed = calloc(d->seats.n_seats + 1, sizeof(*d->seat_changed));
        if (!d->seat_changed)
                return -ENOMEM;

        for (size_t i = 0; i < d->seats.n_seats; i++)
                d->seat_changed[i] = compare_seats(snapshot_find_seat(old, d->seats.seats[i]->id),
                                snapshot_find_seat(new, d->seats.seats[i]->id));

        for (size_t i = 0; i < old->n_hubs; i++)
                if (d->hub_gone[i])
                        seat_hub_changed(d, old->hubs[i]->seat);

        for (size_t i = 0; i < new->n_hubs; i++) {
                if (!d->hub_stays[i] || (d->hub_changed[i] & HUB_CHANGED_STATION))
                        seat_hub_changed(d, new->hubs[i]->seat);
                if (d->hub_stays[i] && (d->hub_changed[i] & HUB_CHANGED_STATION))
                        seat_hub_changed(d, d->hub_stays[i]->seat);
        }

        return 0;
}

int diff_init(Diff *ret, const Snapshot *old, Snapshot *new) {
        _cleanup_(diff_done) Diff d = {};
        int r;

        r = compare_all_hubs(&d, old, new);
        if (r < 0)
                return r;
        r = find_lost(new, old, &d);
        if (r < 0)
                return r;
        r = compare_all_seats(&d, old, new);
        if (r < 0)
                return r;

        *ret = d;
        d = (Diff) {};
        return 0;
}

void diff_done(Diff *d) {
        free(d->hub_gone);
        free(d->hub_stays);
        free(d->hub_changed);
        free(d->seat_changed);
        snapshot_done(&d->seats);
        *d = (Diff) {};
}
