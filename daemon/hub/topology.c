/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* All devices, and the snapshot of hubs and seats that callers were told of last. Each topology_settle()
 * makes a complete new snapshot and compares the two. So the order of events does not matter, and the next
 * enumeration repairs what a lost event left wrong.
 *
 * Lost hubs are the only thing that a new snapshot takes over from the old one. */

#include "hub/hub-tree.h"
#include "hub/topology.h"

/* In Hub.changed, besides HubChange: the hub is not in the old snapshot. */
#define HUB_ADDED (1U << 31)

typedef struct Snapshot {
        HubTree tree;
        TopologySeat **seats; /* sorted by id */
        size_t n_seats;
} Snapshot;

struct Topology {
        DeviceSet devices;
        bool dirty; /* the devices or the lost hubs may have changed since the snapshot */
        Snapshot snapshot;
};

static void seat_clear_lost(TopologySeat *s) {
        for (size_t i = 0; i < s->n_lost; i++)
                free(s->lost[i]);

        s->n_lost = 0;
}

static void snapshot_done(Snapshot *s) {
        for (size_t i = 0; i < s->n_seats; i++) {
                seat_clear_lost(s->seats[i]);
                free(s->seats[i]->lost);
                free(s->seats[i]->id);
                device_list_done(&s->seats[i]->devices);
                free(s->seats[i]);
        }

        free(s->seats);
        hub_tree_done(&s->tree);
        *s = (Snapshot) {};
}

static int compare_seat_ids(const void *a, const void *b) {
        return strcmp((*(const TopologySeat *const *) a)->id, (*(const TopologySeat *const *) b)->id);
}

static TopologySeat *find_seat(const Snapshot *s, const char *id) {
        const TopologySeat *key = &(TopologySeat) { .id = (char *) id };
        TopologySeat **found;

        if (!id || s->n_seats == 0)
                return NULL;

        found = bsearch(&key, s->seats, s->n_seats, sizeof(key), compare_seat_ids);
        return found ? *found : NULL;
}

static int make_seat(Snapshot *s, const char *id, TopologySeat **ret) {
        _cleanup_free_ TopologySeat *seat = NULL;
        _cleanup_free_ char *copy = NULL;
        TopologySeat **seats;

        *ret = find_seat(s, id);
        if (*ret)
                return 0;

        seat = calloc(1, sizeof(*seat));
        copy = strdup(id);
        seats = seat && copy ? reallocarray(s->seats, s->n_seats + 1, sizeof(*seats)) : NULL;
        if (!seats)
                return -ENOMEM;

        seat->id = TAKE_PTR(copy);
        s->seats = seats;
        *ret = seats[s->n_seats++] = TAKE_PTR(seat);
        qsort(seats, s->n_seats, sizeof(*seats), compare_seat_ids);
        return 0;
}

static int add_to_seat(Snapshot *s, const Device *d) {
        TopologySeat *seat;
        int r;

        if (!d->info.seat)
                return 0;

        r = make_seat(s, d->info.seat, &seat);
        if (r < 0)
                return r;

        seat->has_keyboard |= !!(d->info.flags & DEVICE_IS_KEYBOARD);
        seat->has_pointer |= !!(d->info.flags & DEVICE_IS_POINTER);
        seat->has_display |= !!(d->info.flags & (DEVICE_IS_DISPLAY | DEVICE_IS_MASTER_OF_SEAT));

        return d->listed < 0 ? 0 : device_list_append(&seat->devices, d->listed, d->info.syspath);
}

static int snapshot_init(Snapshot *ret, const DeviceSet *devices) {
        _cleanup_(snapshot_done) Snapshot s = {};
        int r;

        r = hub_tree_init(&s.tree, devices);
        for (size_t i = 0; i < devices->n_items && r >= 0; i++)
                r = add_to_seat(&s, devices->items[i]);
        if (r < 0)
                return r;

        *ret = s;
        s = (Snapshot) {};
        return 0;
}

static int compare_strings(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static int add_lost(Snapshot *s, const char *id, const char *hub) {
        TopologySeat *seat;
        char **lost;
        int r;

        r = make_seat(s, id, &seat);
        if (r < 0)
                return r;

        for (size_t i = 0; i < seat->n_lost; i++)
                if (streq(seat->lost[i], hub))
                        return 0;

        lost = reallocarray(seat->lost, seat->n_lost + 1, sizeof(*lost));
        if (!lost)
                return -ENOMEM;
        seat->lost = lost;

        lost[seat->n_lost] = strdup(hub);
        if (!lost[seat->n_lost])
                return -ENOMEM;
        seat->n_lost++;

        qsort(lost, seat->n_lost, sizeof(*lost), compare_strings);
        return 0;
}

/* Whether the hub is one that the seat missed or had already. */
static bool was_hub_of(const Snapshot *old, const Hub *h, const TopologySeat *seat) {
        Hub **before = hub_tree_find_same(&old->tree, h);

        for (size_t i = 0; i < seat->n_lost; i++)
                if (streq(h->id, seat->lost[i]) || streq_ptr(h->peer_id, seat->lost[i]))
                        return true;

        return before && (*before)->role == HUB_STATION && streq_ptr((*before)->seat, seat->id);
}

/* A seat misses the station hubs that it had or missed before and that are not there now, unless it has
 * another one instead. */
static int keep_lost(Snapshot *new, const Snapshot *old) {
        int r = 0;

        for (size_t i = 0; i < old->n_seats; i++)
                for (size_t j = 0; j < old->seats[i]->n_lost && r >= 0; j++)
                        if (!hub_tree_find(&new->tree, old->seats[i]->lost[j]))
                                r = add_lost(new, old->seats[i]->id, old->seats[i]->lost[j]);

        for (size_t i = 0; i < old->tree.n_hubs && r >= 0; i++) {
                const Hub *h = old->tree.hubs[i];

                if (h->role == HUB_STATION && h->seat && !hub_tree_find(&new->tree, h->id))
                        r = add_lost(new, h->seat, h->id);
        }

        if (r < 0)
                return r;

        /* In the first snapshot all hubs are new, and any of them may be older than the loss. */
        for (size_t i = 0; i < new->tree.n_hubs && old->tree.n_hubs > 0; i++) {
                const Hub *h = new->tree.hubs[i];
                const TopologySeat *before = find_seat(old, h->seat);

                if (before && h->role == HUB_STATION && !was_hub_of(old, h, before))
                        seat_clear_lost(find_seat(new, h->seat));
        }

        return 0;
}

static unsigned compare_seats(const TopologySeat *old, const TopologySeat *new) {
        static const TopologySeat nothing = {};
        unsigned mask = 0;

        old = old ? old : &nothing;
        new = new ? new : &nothing;

        if (!device_list_equal(&old->devices, &new->devices))
                mask |= SEAT_CHANGED_DEVICES;
        if (old->has_keyboard != new->has_keyboard || old->has_pointer != new->has_pointer ||
                        old->has_display != new->has_display)
                mask |= SEAT_CHANGED_EQUIPMENT;
        if (old->n_lost != new->n_lost)
                mask |= SEAT_CHANGED_LOST;
        for (size_t i = 0; i < MIN_OF(old->n_lost, new->n_lost); i++)
                if (!streq(old->lost[i], new->lost[i]))
                        mask |= SEAT_CHANGED_LOST;

        return mask;
}

/* What changes about a seat is noted in the new snapshot, or in the old one if the seat is gone. */
static void mark_hubs_of_seat(Snapshot *old, Snapshot *new, const char *id) {
        TopologySeat *seat = find_seat(find_seat(new, id) ? new : old, id);

        if (seat)
                seat->changed |= SEAT_CHANGED_HUBS;
}

static void compare(Snapshot *old, Snapshot *new) {
        for (size_t i = 0; i < old->n_seats; i++)
                old->seats[i]->changed = compare_seats(old->seats[i], NULL);
        for (size_t i = 0; i < new->n_seats; i++)
                new->seats[i]->changed = compare_seats(find_seat(old, new->seats[i]->id), new->seats[i]);

        for (size_t i = 0; i < new->tree.n_hubs; i++) {
                Hub *h = new->tree.hubs[i], **before = hub_tree_find_same(&old->tree, h);

                h->changed = before ? hub_compare(*before, h) : HUB_ADDED;
                if (h->changed & (HUB_ADDED | HUB_CHANGED_STATION))
                        mark_hubs_of_seat(old, new, h->seat);
                if (h->changed & HUB_CHANGED_STATION)
                        mark_hubs_of_seat(old, new, (*before)->seat);
        }

        for (size_t i = 0; i < old->tree.n_hubs; i++)
                if (!hub_tree_find_same(&new->tree, old->tree.hubs[i]))
                        mark_hubs_of_seat(old, new, old->tree.hubs[i]->seat);
}

static void tell_seats(const Snapshot *old, const Snapshot *new, const TopologyEvents *e, void *userdata) {
        /* Merges the two lists, which are sorted. */
        for (size_t i = 0, j = 0; i < new->n_seats || j < old->n_seats;) {
                const TopologySeat *seat;
                int c = i < new->n_seats ? -1 : 1;

                if (i < new->n_seats && j < old->n_seats)
                        c = strcmp(new->seats[i]->id, old->seats[j]->id);
                seat = c <= 0 ? new->seats[i] : old->seats[j];
                i += c <= 0;
                j += c >= 0;

                if (seat->changed != 0)
                        e->seat_changed(seat->id, seat->changed, userdata);
        }
}

int topology_settle(Topology *t, const TopologyEvents *events, void *userdata) {
        _cleanup_(snapshot_done) Snapshot old = {}, new = {};
        const HubTree *tree = &t->snapshot.tree;
        int r;

        if (!t->dirty)
                return 0;

        /* Everything that can fail comes first. */
        r = snapshot_init(&new, &t->devices);
        if (r < 0)
                return r;
        r = keep_lost(&new, &t->snapshot);
        if (r < 0)
                return r;

        t->dirty = false;
        compare(&t->snapshot, &new);

        for (size_t i = tree->n_hubs; i-- > 0;)
                if (!hub_tree_find_same(&new.tree, tree->hubs[i]))
                        events->hub_removed(tree->hubs[i], userdata);

        hub_tree_keep_objects(&new.tree, &t->snapshot.tree);
        old = t->snapshot;
        t->snapshot = new;
        new = (Snapshot) {};

        for (size_t i = 0; i < tree->n_hubs; i++)
                if (tree->hubs[i]->changed == HUB_ADDED)
                        events->hub_added(tree->hubs[i], userdata);
        for (size_t i = 0; i < tree->n_hubs; i++)
                if (tree->hubs[i]->changed != 0 && tree->hubs[i]->changed != HUB_ADDED)
                        events->hub_changed(tree->hubs[i], tree->hubs[i]->changed, userdata);

        tell_seats(&old, &t->snapshot, events, userdata);
        return 0;
}

int topology_new(Topology **ret) {
        *ret = calloc(1, sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

Topology *topology_free(Topology *t) {
        if (!t)
                return NULL;

        device_set_done(&t->devices);
        snapshot_done(&t->snapshot);
        free(t);
        return NULL;
}

int topology_apply(Topology *t, const DeviceInfo *info) {
        int r = device_set_apply(&t->devices, info);

        t->dirty |= r > 0;
        return r;
}

int topology_remove(Topology *t, const char *syspath) {
        bool removed = device_set_remove(&t->devices, syspath);

        t->dirty |= removed;
        return removed;
}

void topology_begin_snapshot(Topology *t) {
        t->devices.enumeration++;
}

void topology_end_snapshot(Topology *t) {
        t->dirty |= device_set_sweep(&t->devices);
}

size_t topology_n_hubs(const Topology *t) {
        return t->snapshot.tree.n_hubs;
}

const Hub *topology_hub_at(const Topology *t, size_t i) {
        return t->snapshot.tree.hubs[i];
}

const Hub *topology_find_hub(const Topology *t, const char *id_or_syspath) {
        Hub **h = hub_tree_find(&t->snapshot.tree, id_or_syspath);

        return h ? *h : NULL;
}

size_t topology_n_seats(const Topology *t) {
        return t->snapshot.n_seats;
}

const TopologySeat *topology_seat_at(const Topology *t, size_t i) {
        return t->snapshot.seats[i];
}

const TopologySeat *topology_find_seat(const Topology *t, const char *id) {
        return find_seat(&t->snapshot, id);
}

char *topology_seat_format_lost(const TopologySeat *seat, const char *separator) {
        char *text = NULL;
        size_t size;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        for (size_t i = 0; i < seat->n_lost; i++)
                fprintf(f, "%s%s", i > 0 ? separator : "", seat->lost[i]);

        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }

        return text;
}

int topology_note_lost(Topology *t, const char *seat, const char *hub) {
        t->dirty = true;
        return add_lost(&t->snapshot, seat, hub);
}

void topology_forget_lost(Topology *t, const char *seat) {
        TopologySeat *s = find_seat(&t->snapshot, seat);

        /* The seat may have existed only for its lost hubs. */
        if (s) {
                seat_clear_lost(s);
                t->dirty = true;
        }
}

const DeviceInfo *topology_find_device(const Topology *t, const char *syspath) {
        const Device *d = device_set_find(&t->devices, syspath, strlen(syspath));

        return d ? &d->info : NULL;
}
