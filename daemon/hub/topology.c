/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The set of all devices, and the snapshot that was told last. Each topology_settle() makes a whole new
 * snapshot and compares: no order of events can leave it wrong, and a lost event is put right by the next
 * enumeration. */

#include "hub/diff.h"
#include "hub/topology.h"

typedef struct Device {
        DeviceInfo info;
        unsigned seen; /* in the snapshot of this number, or since */
} Device;

struct Topology {
        Device **devices; /* sorted by syspath */
        size_t n_devices;
        size_t n_allocated;
        unsigned snapshot;
        bool dirty;

        Snapshot told;
};

static Device *device_free(Device *d) {
        if (!d)
                return NULL;

        device_info_done(&d->info);
        free(d);
        return NULL;
}

DEFINE_CLEANUP(Device *, device_free);

int topology_new(Topology **ret) {
        Topology *t;

        t = malloc(sizeof(*t));
        if (!t)
                return -ENOMEM;
        *t = (Topology) {};

        *ret = t;
        return 0;
}

Topology *topology_free(Topology *t) {
        if (!t)
                return NULL;

        for (size_t i = 0; i < t->n_devices; i++)
                device_free(t->devices[i]);

        snapshot_done(&t->told);
        free(t->devices);
        free(t);
        return NULL;
}

/* Where the device with this syspath is, or where it would have to be. */
static size_t device_position(const Topology *t, const char *syspath, bool *ret_found) {
        size_t i = 0, n = t->n_devices;

        *ret_found = false;
        while (i < n) {
                size_t middle = i + (n - i) / 2;
                int c = strcmp(t->devices[middle]->info.syspath, syspath);

                if (c == 0) {
                        *ret_found = true;
                        return middle;
                } else if (c < 0)
                        i = middle + 1;
                else
                        n = middle;
        }

        return i;
}

static int device_insert(Topology *t, size_t i, const DeviceInfo *info) {
        _cleanup_(device_freep) Device *d = NULL;
        int r;

        if (t->n_devices >= TOPOLOGY_DEVICES_MAX)
                return -ENOSPC;

        if (t->n_devices == t->n_allocated) {
                size_t n = MAX_OF(t->n_allocated * 2, (size_t) 64);
                Device **devices;

                devices = reallocarray(t->devices, n, sizeof(*devices));
                if (!devices)
                        return -ENOMEM;
                t->devices = devices;
                t->n_allocated = n;
        }

        d = malloc(sizeof(*d));
        if (!d)
                return -ENOMEM;
        *d = (Device) { .seen = t->snapshot };
        r = device_info_copy(&d->info, info);
        if (r < 0)
                return r;

        memmove(t->devices + i + 1, t->devices + i, (t->n_devices - i) * sizeof(*t->devices));
        t->devices[i] = TAKE_PTR(d);
        t->n_devices++;
        return 0;
}

int topology_apply(Topology *t, const DeviceInfo *info) {
        DeviceInfo copy;
        bool found;
        size_t i;
        int r;

        assert(info->syspath);

        i = device_position(t, info->syspath, &found);
        if (!found) {
                r = device_insert(t, i, info);
                if (r < 0)
                        return r;
        } else {
                t->devices[i]->seen = t->snapshot;
                if (device_info_equal(&t->devices[i]->info, info))
                        return 0;

                r = device_info_copy(&copy, info);
                if (r < 0)
                        return r;
                device_info_done(&t->devices[i]->info);
                t->devices[i]->info = copy;
        }

        t->dirty = true;
        return 1;
}

int topology_remove(Topology *t, const char *syspath) {
        bool found;
        size_t i;

        i = device_position(t, syspath, &found);
        if (!found)
                return 0;

        device_free(t->devices[i]);
        t->n_devices--;
        memmove(t->devices + i, t->devices + i + 1, (t->n_devices - i) * sizeof(*t->devices));
        t->dirty = true;
        return 1;
}

void topology_begin_snapshot(Topology *t) {
        t->snapshot++;
}

void topology_end_snapshot(Topology *t) {
        size_t n = 0;

        for (size_t i = 0; i < t->n_devices; i++)
                if (t->devices[i]->seen == t->snapshot)
                        t->devices[n++] = t->devices[i];
                else
                        device_free(t->devices[i]);

        t->dirty = t->dirty || n != t->n_devices;
        t->n_devices = n;
}

/* Puts what is new into the objects that stay, so that pointers to hubs stay good, and lets go of the
 * rest. */
static void take_snapshot(Snapshot *p, Snapshot *new, const Diff *d) {
        for (size_t i = 0; i < new->n_hubs; i++) {
                Hub *stays = d->hub_stays[i], old;

                if (!stays)
                        continue;

                old = *stays;
                *stays = *new->hubs[i];
                *new->hubs[i] = old;
                hub_free(new->hubs[i]);
                new->hubs[i] = stays;
        }

        for (size_t i = 0; i < new->n_hubs; i++)
                new->hubs[i]->parent = new->parents[i] != SIZE_MAX ? new->hubs[new->parents[i]] : NULL;

        for (size_t i = 0; i < p->n_hubs; i++)
                if (d->hub_gone[i])
                        hub_free(p->hubs[i]);
        p->n_hubs = 0;

        snapshot_done(p);
        *p = *new;
        *new = (Snapshot) {};
}

static int derive(const Topology *t, Snapshot *ret) {
        _cleanup_free_ const DeviceInfo **devices = NULL;

        devices = calloc(t->n_devices + 1, sizeof(*devices));
        if (!devices)
                return -ENOMEM;

        for (size_t i = 0; i < t->n_devices; i++)
                devices[i] = &t->devices[i]->info;

        return snapshot_derive(ret, devices, t->n_devices);
}

int topology_settle(Topology *t, const TopologyEvents *events, void *userdata) {
        _cleanup_(diff_done) Diff d = {};
        _cleanup_(snapshot_done) Snapshot new = {};
        int r, n = 0;

        if (!t->dirty)
                return 0;

        /* All that can fail comes first. */
        r = derive(t, &new);
        if (r < 0)
                return r;
        r = diff_init(&d, &t->told, &new);
        if (r < 0)
                return r;

        t->dirty = false;

        for (size_t i = t->told.n_hubs; i-- > 0;)
                if (d.hub_gone[i]) {
                        events->hub_removed(t->told.hubs[i], userdata);
                        n++;
                }

        take_snapshot(&t->told, &new, &d);

        for (size_t i = 0; i < t->told.n_hubs; i++)
                if (!d.hub_stays[i]) {
                        events->hub_added(t->told.hubs[i], userdata);
                        n++;
                }

        for (size_t i = 0; i < t->told.n_hubs; i++)
                if (d.hub_changed[i] != 0) {
                        events->hub_changed(t->told.hubs[i], d.hub_changed[i], userdata);
                        n++;
                }

        for (size_t i = 0; i < d.seats.n_seats; i++)
                if (d.seat_changed[i] != 0) {
                        events->seat_changed(d.seats.seats[i]->id, d.seat_changed[i], userdata);
                        n++;
                }

        return n;
}

size_t topology_n_hubs(const Topology *t) {
        return t->told.n_hubs;
}

const Hub *topology_hub_at(const Topology *t, size_t i) {
        return t->told.hubs[i];
}

const Hub *topology_find_hub(const Topology *t, const char *id_or_syspath) {
        for (size_t i = 0; i < t->told.n_hubs; i++)
                if (hub_has_name(t->told.hubs[i], id_or_syspath))
                        return t->told.hubs[i];

        return NULL;
}

size_t topology_n_seats(const Topology *t) {
        return t->told.n_seats;
}

const TopologySeat *topology_seat_at(const Topology *t, size_t i) {
        return t->told.seats[i];
}

const TopologySeat *topology_find_seat(const Topology *t, const char *id) {
        return snapshot_find_seat(&t->told, id);
}

int topology_note_lost(Topology *t, const char *seat, const char *hub) {
        t->dirty = true;
        return snapshot_add_lost(&t->told, seat, hub);
}

void topology_forget_lost(Topology *t, const char *seat) {
        TopologySeat *s = snapshot_find_seat(&t->told, seat);

        if (!s)
                return;

        for (size_t i = 0; i < s->n_lost; i++)
                free(s->lost[i]);
        s->n_lost = 0;

        /* The seat may have been there for its lost hubs only. */
        t->dirty = true;
}

char *topology_seat_format_lost(const TopologySeat *seat, const char *separator) {
        char *text = NULL;
        size_t size;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        for (size_t k = 0; k < seat->n_lost; k++)
                fprintf(f, "%s%s", k > 0 ? separator : "", seat->lost[k]);

        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }

        return text;
}

const DeviceInfo *topology_find_device(const Topology *t, const char *syspath) {
        bool found;
        size_t i;

        i = device_position(t, syspath, &found);
        return found ? &t->devices[i]->info : NULL;
}
