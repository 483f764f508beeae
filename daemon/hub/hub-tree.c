/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tree is read off the syspaths, since sysfs nests USB devices as they are plugged. Nothing that a
 * device says of itself can make a loop: a hub's parent always stands nearer to the root. */

#include "hub/hub-tree.h"

/* From this speed on, in Mb/s, a device is on a USB 3 bus. */
#define SPEED_USB3 5000U

void hub_tree_done(HubTree *t) {
        for (size_t i = 0; i < t->n_drafts; i++)
                hub_free(t->nodes[i].hub);

        free(t->nodes);
        free(t->order);
        free(t->half_of);
        *t = (HubTree) {};
}

size_t hub_tree_position(const HubTree *t, const char *path, size_t length) {
        size_t i = 0, n = t->n_devices;

        while (i < n) {
                size_t middle = i + (n - i) / 2;
                const char *other = t->devices[middle]->syspath;
                int c = strncmp(other, path, length);

                if (c < 0)
                        i = middle + 1;
                else
                        n = middle;
        }

        return i;
}

HubNode *hub_tree_find(const HubTree *t, const char *path, size_t length) {
        /* Of all paths that begin so, the one that ends there sorts first. */
        size_t i = hub_tree_position(t, path, length);

        if (i >= t->n_devices || strncmp(t->devices[i]->syspath, path, length) != 0 ||
                        t->devices[i]->syspath[length] != '\0')
                return NULL;

        return t->half_of[i];
}

HubNode *hub_tree_above(const HubTree *t, const char *path) {
        size_t length = strlen(path);
        HubNode *d = NULL;

        while (!d && length > 0) {
                while (length > 0 && path[length - 1] != '/')
                        length--;
                if (length > 0)
                        length--;
                d = hub_tree_find(t, path, length);
        }

        return d;
}

const char *path_base_name(const char *path) {
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

/* How far from the root hub: "usb1" is 0, "1-2" 1, "1-2.3" 2. */
static unsigned tier_of(const DeviceInfo *f) {
        const char *name = path_base_name(f->syspath);
        unsigned tier = 1;

        if (startswith(name, "usb"))
                return 0;

        for (; *name; name++)
                tier += *name == '.';

        return tier;
}

/* Of "usb12" and "12-1.3" the 12. */
static unsigned long bus_of(const DeviceInfo *f) {
        const char *name = path_base_name(f->syspath), *digits = startswith(name, "usb");

        return strtoul(digits ? digits : name, NULL, 10);
}

/* Whether the two are one hub in one casing, as seen from the two buses of one controller. Of root hubs the
 * controller says so. Of all others the kernel, which links the two ports of each USB 3 connector; it knows
 * from the firmware or, behind a hub, from the numbers of the ports. */
static bool is_other_half(const DeviceInfo *fast, const DeviceInfo *slow) {
        unsigned tier = tier_of(fast);

        if (fast->usb_speed < SPEED_USB3 || slow->usb_speed >= SPEED_USB3 || tier_of(slow) != tier)
                return false;

        if (tier == 0) {
                size_t n = path_base_name(fast->syspath) - fast->syspath;

                return (size_t) (path_base_name(slow->syspath) - slow->syspath) == n &&
                                strncmp(fast->syspath, slow->syspath, n) == 0;
        }

        return streq_ptr(fast->usb_peer, path_base_name(slow->syspath)) ||
                        streq_ptr(slow->usb_peer, path_base_name(fast->syspath));
}

static HubNode *find_slow_half(const HubTree *t, const DeviceInfo *fast) {
        for (size_t i = 0; i < t->n_drafts; i++)
                if (!t->nodes[i].fast && is_other_half(fast, t->nodes[i].slow))
                        return t->nodes + i;

        return NULL;
}

static int make_drafts(HubTree *t) {
        size_t n_halves = 0;

        for (size_t i = 0; i < t->n_devices; i++)
                n_halves += !!(t->devices[i]->flags & DEVICE_IS_HUB);

        t->nodes = calloc(n_halves + 1, sizeof(*t->nodes));
        t->order = calloc(n_halves + 1, sizeof(*t->order));
        t->half_of = calloc(t->n_devices + 1, sizeof(*t->half_of));
        if (!t->nodes || !t->order || !t->half_of)
                return -ENOMEM;

        /* First what is slow, then what is fast, so that a fast half finds its other half there. */
        for (int fast = 0; fast < 2; fast++)
                for (size_t i = 0; i < t->n_devices; i++) {
                        const DeviceInfo *f = t->devices[i];
                        HubNode *d = NULL;

                        if (!(f->flags & DEVICE_IS_HUB) || (f->usb_speed >= SPEED_USB3) != fast)
                                continue;

                        if (fast)
                                d = find_slow_half(t, f);
                        if (d)
                                d->fast = f;
                        else {
                                d = t->nodes + t->n_drafts++;
                                *d = (HubNode) { .slow = f, .tier = tier_of(f) };
                        }
                        t->half_of[i] = d;
                }

        return 0;
}

/* As udev has it. Somebody who attaches a USB 3 hub to a seat may have caught one half of it only. */
static const char *node_seat(const HubNode *d) {
        if (d->fast && d->fast->seat && (!d->slow->seat || streq(d->slow->seat, "seat0")))
                return d->fast->seat;

        return d->slow->seat;
}

static int make_hub(HubNode *d) {
        Hub *h;

        h = d->hub = calloc(1, sizeof(*h));
        if (!h)
                return -ENOMEM;

        h->id = strdup(path_base_name(d->slow->syspath));
        h->syspath = strdup(d->slow->syspath);
        h->vendor = strdup(strempty(d->slow->vendor));
        h->product = strdup(strempty(d->slow->product));
        if (!h->id || !h->syspath || !h->vendor || !h->product)
                return -ENOMEM;

        if (d->fast) {
                h->peer_id = strdup(path_base_name(d->fast->syspath));
                h->peer_syspath = strdup(d->fast->syspath);
                if (!h->peer_id || !h->peer_syspath)
                        return -ENOMEM;
        }

        return 0;
}

/* By bus and port, 2 before 10. */
static int compare_drafts(const void *a, const void *b) {
        const HubNode *x = *(const HubNode *const *) a, *y = *(const HubNode *const *) b;
        unsigned long i = bus_of(x->slow), j = bus_of(y->slow);

        if (i != j)
                return i < j ? -1 : 1;

        return strverscmp(x->slow->syspath, y->slow->syspath);
}

static HubNode *next_in_tree(HubNode *d) {
        if (d->first_child)
                return d->first_child;
        while (d && !d->next_sibling)
                d = d->parent;

        return d ? d->next_sibling : NULL;
}

/* Finds every hub's parent and brings the hubs into the order of the tree. */
static void make_tree(HubTree *t) {
        HubNode *first_root = NULL;
        size_t n = 0;

        for (size_t i = 0; i < t->n_drafts; i++) {
                HubNode *d = t->nodes + i, *above = d->tier > 0 ? hub_tree_above(t, d->slow->syspath) : NULL;

                d->parent = above && above->tier < d->tier ? above : NULL;
                t->order[i] = d;
        }

        qsort(t->order, t->n_drafts, sizeof(*t->order), compare_drafts);

        /* From the last on, each goes to the front of its parent's children. */
        for (size_t i = t->n_drafts; i-- > 0;) {
                HubNode *d = t->order[i], **list = d->parent ? &d->parent->first_child : &first_root;

                d->next_sibling = *list;
                *list = d;
        }

        for (HubNode *d = first_root; d; d = next_in_tree(d))
                t->order[n++] = d;
        assert(n == t->n_drafts);
}

int hub_tree_init(HubTree *ret, const DeviceInfo *const *devices, size_t n) {
        _cleanup_(hub_tree_done) HubTree t = { .devices = devices, .n_devices = n };
        int r;

        r = make_drafts(&t);
        if (r < 0)
                return r;

        make_tree(&t);

        for (size_t i = 0; i < t.n_drafts; i++) {
                t.nodes[i].seat = node_seat(t.nodes + i);
                r = make_hub(t.nodes + i);
                if (r < 0)
                        return r;
        }

        *ret = t;
        t = (HubTree) {};
        return 0;
}
