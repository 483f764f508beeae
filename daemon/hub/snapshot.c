/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What hangs on each hub of the tree, and what stands on each seat. */

#include "hub/role.h"

Hub *hub_free(Hub *h) {
        if (!h)
                return NULL;

        free(h->id);
        free(h->syspath);
        free(h->peer_id);
        free(h->peer_syspath);
        free(h->vendor);
        free(h->product);
        free(h->seat);
        device_list_done(&h->devices);
        free(h);
        return NULL;
}

bool hub_has_name(const Hub *h, const char *id_or_syspath) {
        return streq(h->id, id_or_syspath) || streq_ptr(h->peer_id, id_or_syspath) ||
                        streq(h->syspath, id_or_syspath) || streq_ptr(h->peer_syspath, id_or_syspath);
}

TopologySeat *topology_seat_free(TopologySeat *s) {
        if (!s)
                return NULL;

        for (size_t i = 0; i < s->n_lost; i++)
                free(s->lost[i]);

        free(s->lost);
        free(s->id);
        device_list_done(&s->devices);
        free(s);
        return NULL;
}

void snapshot_done(Snapshot *p) {
        for (size_t i = 0; i < p->n_hubs; i++)
                hub_free(p->hubs[i]);
        for (size_t i = 0; i < p->n_seats; i++)
                topology_seat_free(p->seats[i]);

        free(p->hubs);
        free(p->parents);
        free(p->seats);
        *p = (Snapshot) {};
}

/* Where this seat is, or where it would have to be. */
static size_t seat_position(const Snapshot *p, const char *id) {
        size_t i = 0, n = p->n_seats;

        while (i < n) {
                size_t middle = i + (n - i) / 2;

                if (strcmp(p->seats[middle]->id, id) < 0)
                        i = middle + 1;
                else
                        n = middle;
        }

        return i;
}

TopologySeat *snapshot_find_seat(const Snapshot *p, const char *id) {
        size_t i = seat_position(p, id);

        return i < p->n_seats && streq(p->seats[i]->id, id) ? p->seats[i] : NULL;
}

int snapshot_make_seat(Snapshot *p, const char *id, TopologySeat **ret) {
        _cleanup_(topology_seat_freep) TopologySeat *s = NULL;
        size_t i = seat_position(p, id);
        TopologySeat **seats;

        if (i < p->n_seats && streq(p->seats[i]->id, id)) {
                *ret = p->seats[i];
                return 0;
        }

        s = calloc(1, sizeof(*s));
        if (!s)
                return -ENOMEM;
        s->id = strdup(id);
        if (!s->id)
                return -ENOMEM;

        seats = reallocarray(p->seats, p->n_seats + 1, sizeof(*seats));
        if (!seats)
                return -ENOMEM;
        p->seats = seats;
        memmove(seats + i + 1, seats + i, (p->n_seats - i) * sizeof(*seats));
        p->n_seats++;
        *ret = seats[i] = TAKE_PTR(s);
        return 0;
}

static int compare_strings(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

int snapshot_add_lost(Snapshot *p, const char *seat, const char *hub) {
        TopologySeat *s;
        char **lost;
        int r;

        r = snapshot_make_seat(p, seat, &s);
        if (r < 0)
                return r;

        for (size_t i = 0; i < s->n_lost; i++)
                if (streq(s->lost[i], hub))
                        return 0;

        lost = reallocarray(s->lost, s->n_lost + 1, sizeof(*lost));
        if (!lost)
                return -ENOMEM;
        s->lost = lost;

        s->lost[s->n_lost] = strdup(hub);
        if (!s->lost[s->n_lost])
                return -ENOMEM;
        s->n_lost++;

        qsort(s->lost, s->n_lost, sizeof(*s->lost), compare_strings);
        return 0;
}

/* A USB device of which another part is listed, or the frame buffer of a graphics card that is: once is
 * enough. */
static bool is_said_elsewhere(const HubTree *t, const DeviceInfo *f) {
        bool usb = streq_ptr(f->devtype, "usb_device");
        const char *from = f->syspath;
        size_t length;

        if (!usb && !(streq_ptr(f->subsystem, "graphics") && (f->flags & DEVICE_IS_DISPLAY)))
                return false;

        /* .../0000:00:02.0/graphics/fb0 stands beside .../0000:00:02.0/drm/card0. */
        length = usb ? strlen(from) : (size_t) (path_base_name(from) - from);
        if (!usb) {
                for (length -= length > 0; length > 0 && from[length - 1] != '/'; length--)
                        ;
                length -= length > 0;
        }

        for (size_t i = hub_tree_position(t, from, length); i < t->n_devices; i++) {
                const DeviceInfo *other = t->devices[i];

                if (strncmp(other->syspath, from, length) != 0)
                        return false;
                if (other == f || other->syspath[length] != '/' || device_info_kind(other) < 0)
                        continue;
                if (usb ? streq_ptr(other->usb_path, f->syspath) : streq_ptr(other->subsystem, "drm"))
                        return true;
        }

        return false;
}

/* The hub that this device hangs on; of a hub that has a keypad of its own, that hub. */
static HubNode *hub_of(const HubTree *t, const DeviceInfo *f, HubNode *half_of) {
        HubNode *d;

        if (half_of)
                return half_of->parent;
        if (!f->usb_path)
                return NULL;

        d = streq(f->usb_path, f->syspath) ? NULL : hub_tree_find(t, f->usb_path, strlen(f->usb_path));
        return d ? d : hub_tree_above(t, f->usb_path);
}

static int see_seat(Snapshot *p, const DeviceInfo *f, DeviceKind kind) {
        TopologySeat *s;
        int r;

        if (!f->seat)
                return 0;

        r = snapshot_make_seat(p, f->seat, &s);
        if (r < 0)
                return r;

        s->has_keyboard = s->has_keyboard || (f->flags & DEVICE_IS_KEYBOARD);
        s->has_pointer = s->has_pointer || (f->flags & DEVICE_IS_POINTER);
        s->has_display = s->has_display || (f->flags & (DEVICE_IS_DISPLAY | DEVICE_IS_MASTER_OF_SEAT));

        return kind < 0 ? 0 : device_list_append(&s->devices, kind, f->syspath);
}

static int see_devices(HubTree *t, Snapshot *p) {
        int r;

        for (size_t i = 0; i < t->n_devices; i++) {
                const DeviceInfo *f = t->devices[i];
                HubNode *half = t->half_of[i], *d = hub_of(t, f, half);
                DeviceKind kind = device_info_kind(f);

                if ((half && half->fast == f) || (!half && kind >= 0 && is_said_elsewhere(t, f)))
                        kind = _DEVICE_KIND_INVALID;

                r = see_seat(p, f, kind);
                if (r < 0)
                        return r;

                if (!d)
                        continue;
                if (!half)
                        role_see_keyboard(d, f);
                if (kind >= 0) {
                        r = device_list_append(&d->hub->devices, kind, f->syspath);
                        if (r < 0)
                                return r;
                }
        }

        for (size_t i = 0; i < t->n_devices; i++) {
                HubNode *half = t->half_of[i], *d = hub_of(t, t->devices[i], half);

                if (d && !half)
                        role_see_gear(d, t->devices[i]);
        }

        return 0;
}

/* Hands the hubs over from the nodes to the snapshot. */
static int take_hubs(HubTree *t, Snapshot *p) {
        p->hubs = calloc(t->n_drafts + 1, sizeof(*p->hubs));
        p->parents = calloc(t->n_drafts + 1, sizeof(*p->parents));
        if (!p->hubs || !p->parents)
                return -ENOMEM;

        for (size_t i = 0; i < t->n_drafts; i++) {
                const HubNode *above = t->order[i]->parent;

                p->parents[i] = SIZE_MAX;
                for (size_t j = i; above && j-- > 0;)
                        if (t->order[j] == above) {
                                p->parents[i] = j;
                                break;
                        }
        }

        for (size_t i = 0; i < t->n_drafts; i++)
                p->hubs[i] = TAKE_PTR(t->order[i]->hub);
        p->n_hubs = t->n_drafts;

        return 0;
}

int snapshot_derive(Snapshot *ret, const DeviceInfo *const *devices, size_t n) {
        _cleanup_(hub_tree_done) HubTree t = {};
        _cleanup_(snapshot_done) Snapshot p = {};
        int r;

        r = hub_tree_init(&t, devices, n);
        if (r < 0)
                return r;
        r = see_devices(&t, &p);
        if (r < 0)
                return r;
        r = role_assign(t.order, t.n_drafts);
        if (r < 0)
                return r;
        r = take_hubs(&t, &p);
        if (r < 0)
                return r;

        *ret = p;
        p = (Snapshot) {};
        return 0;
}
