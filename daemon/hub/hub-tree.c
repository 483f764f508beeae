/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A tree is made from the devices alone and knows nothing of earlier trees; topology.c compares them.
 *
 * It comes from the syspaths, because sysfs nests USB devices the way they are plugged in. The parent of a
 * hub is always nearer to the root, so nothing that a device claims about itself can make a loop. */

#include "hub/hub-tree.h"
#include "hub/role.h"

/* A device at this speed (Mb/s) or above is on a USB 3 bus. */
#define SPEED_USB3 5000U

typedef struct NodeTree {
        const DeviceSet *devices;
        HubNode *nodes;
        HubNode **order; /* each node after its parent, siblings in the order of their ports */
        size_t n_nodes;
} NodeTree;

static void node_tree_done(NodeTree *t) {
        free(t->nodes);
        free(t->order);
}

/* The depth in the USB tree: "usb1" is 0, "1-2" is 1, "1-2.3" is 2. */
static unsigned tier_of(const DeviceInfo *f) {
        unsigned tier = 1;

        if (startswith(f->sysname, "usb"))
                return 0;

        for (const char *p = f->sysname; *p; p++)
                tier += *p == '.';

        return tier;
}

/* The number of the bus: 12 for "usb12" and for "12-1.3". */
static unsigned long bus_of(const DeviceInfo *f) {
        const char *digits = startswith(f->sysname, "usb");

        return strtoul(digits ? digits : f->sysname, NULL, 10);
}

/* Whether both are one hub in one casing, seen from the two buses of one controller. Root hubs belong
 * together if they have the same controller. For other hubs the kernel links the two ports of a USB 3
 * connector, which it knows from the firmware or, behind a hub, from the port numbers. */
static bool is_slow_half(const HubNode *n, const DeviceInfo *fast) {
        const DeviceInfo *slow = n->slow;
        const char *slash = strrchr(fast->syspath, '/');

        if (n->fast || slow->usb_speed >= SPEED_USB3 || n->tier != tier_of(fast))
                return false;

        if (n->tier == 0)
                return strrchr(slow->syspath, '/') - slow->syspath == slash - fast->syspath &&
                                strncmp(slow->syspath, fast->syspath, slash - fast->syspath) == 0;

        return streq_ptr(fast->usb_peer, slow->sysname) || streq_ptr(slow->usb_peer, fast->sysname);
}

static int make_nodes(NodeTree *t) {
        const DeviceSet *set = t->devices;
        size_t n_halves = 0;

        for (size_t i = 0; i < set->n_items; i++) {
                set->items[i]->half_of = NULL;
                n_halves += !!(set->items[i]->info.flags & DEVICE_IS_HUB);
        }

        t->nodes = calloc(n_halves + 1, sizeof(*t->nodes));
        t->order = calloc(n_halves + 1, sizeof(*t->order));
        if (!t->nodes || !t->order)
                return -ENOMEM;

        /* Slow halves first, so that a fast half finds its slow half. */
        for (int fast = 0; fast < 2; fast++)
                for (size_t i = 0; i < set->n_items; i++) {
                        const DeviceInfo *f = &set->items[i]->info;
                        HubNode *n = NULL;

                        if (!(f->flags & DEVICE_IS_HUB) || (f->usb_speed >= SPEED_USB3) != fast)
                                continue;

                        for (size_t k = 0; k < t->n_nodes && fast && !n; k++)
                                if (is_slow_half(t->nodes + k, f))
                                        n = t->nodes + k;

                        if (n) {
                                n->fast = f;
                                /* The person who attached the hub may have attached only this half. */
                                if (f->seat && (!n->seat || streq(n->seat, "seat0")))
                                        n->seat = f->seat;
                        } else {
                                n = t->nodes + t->n_nodes++;
                                *n = (HubNode) { .slow = f, .tier = tier_of(f), .seat = f->seat };
                        }
                        set->items[i]->half_of = n;
                }

        return 0;
}

/* The nearest hub above this path, or NULL. */
static HubNode *node_above(const DeviceSet *set, const char *path) {
        const char *end = path + strlen(path);

        while ((end = memrchr(path, '/', end - path))) {
                const Device *d = device_set_find(set, path, end - path);

                if (d && d->half_of)
                        return d->half_of;
        }

        return NULL;
}

/* The hub that the device is directly on, or NULL. The keypad of a hub is on that hub. */
static HubNode *node_of(const DeviceSet *set, const Device *d) {
        const char *usb = d->info.usb_path;
        const Device *whole;

        if (d->half_of)
                return d->half_of->parent;
        if (!usb)
                return NULL;

        whole = device_set_find(set, usb, strlen(usb));
        return whole && whole->half_of ? whole->half_of : node_above(set, usb);
}

/* By bus and port, port 2 before port 10. */
static int compare_nodes(const void *a, const void *b) {
        const HubNode *x = *(const HubNode *const *) a, *y = *(const HubNode *const *) b;
        unsigned long i = bus_of(x->slow), j = bus_of(y->slow);

        if (i != j)
                return i < j ? -1 : 1;

        return strverscmp(x->slow->syspath, y->slow->syspath);
}

static HubNode *next_in_tree(HubNode *n) {
        if (n->first_child)
                return n->first_child;
        while (n && !n->next_sibling)
                n = n->parent;

        return n ? n->next_sibling : NULL;
}

static void order_nodes(NodeTree *t) {
        HubNode *first_root = NULL;
        size_t n_ordered = 0;

        for (size_t i = 0; i < t->n_nodes; i++) {
                HubNode *n = t->order[i] = t->nodes + i, *above = node_above(t->devices, n->slow->syspath);

                n->parent = above && above->tier < n->tier ? above : NULL;
        }

        qsort(t->order, t->n_nodes, sizeof(*t->order), compare_nodes);

        /* From the last on, each node goes to the front of its siblings. */
        for (size_t i = t->n_nodes; i-- > 0;) {
                HubNode *n = t->order[i], **list = n->parent ? &n->parent->first_child : &first_root;

                n->next_sibling = *list;
                *list = n;
        }

        for (HubNode *n = first_root; n; n = next_in_tree(n))
                t->order[n_ordered++] = n;
        assert(n_ordered == t->n_nodes);
}

static void see_devices(NodeTree *t) {
        void (*const see[])(HubNode * n, const DeviceInfo *f) = { role_see_keyboard, role_see_gear };

        for (size_t k = 0; k < ELEMENTSOF(see); k++)
                for (size_t i = 0; i < t->devices->n_items; i++) {
                        const Device *d = t->devices->items[i];
                        HubNode *n = d->half_of ? NULL : node_of(t->devices, d);

                        if (n)
                                see[k](n, &d->info);
                }
}

static Hub *hub_free(Hub *h) {
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

DEFINE_CLEANUP(Hub *, hub_free);

static int make_hub(const HubNode *n, Hub **ret) {
        _cleanup_(hub_freep) Hub *h = NULL;
        const DeviceInfo *slow = n->slow, *fast = n->fast;

        h = calloc(1, sizeof(*h));
        if (!h)
                return -ENOMEM;

        *h = (Hub) {
                .id = strdup(slow->sysname),
                .syspath = strdup(slow->syspath),
                .peer_id = fast ? strdup(fast->sysname) : NULL,
                .peer_syspath = fast ? strdup(fast->syspath) : NULL,
                .vendor = strdup(strempty(slow->vendor)),
                .product = strdup(strempty(slow->product)),
                .seat = n->serves ? strdup(n->serves) : NULL,
                .role = n->role,
                .parent = n->parent ? n->parent->hub : NULL,
        };
        if (!h->id || !h->syspath || !h->vendor || !h->product ||
                        (fast && (!h->peer_id || !h->peer_syspath)) || (n->serves && !h->seat))
                return -ENOMEM;

        *ret = TAKE_PTR(h);
        return 0;
}

static int compare_names(const void *a, const void *b) {
        return strcmp(((const HubName *) a)->name, ((const HubName *) b)->name);
}

static int make_hubs(HubTree *ret, const NodeTree *t) {
        int r;

        ret->hubs = calloc(t->n_nodes + 1, sizeof(*ret->hubs));
        ret->names = calloc(4 * t->n_nodes + 1, sizeof(*ret->names));
        if (!ret->hubs || !ret->names)
                return -ENOMEM;

        for (size_t i = 0; i < t->n_nodes; i++) {
                Hub **h = ret->hubs + i;

                r = make_hub(t->order[i], h);
                if (r < 0)
                        return r;
                t->order[i]->hub = *h;
                ret->n_hubs++;

                const char *const names[] = { (*h)->id, (*h)->syspath, (*h)->peer_id, (*h)->peer_syspath };

                for (size_t k = 0; k < ELEMENTSOF(names); k++)
                        if (names[k])
                                ret->names[ret->n_names++] = (HubName) { .name = names[k], .hub = i };
        }

        qsort(ret->names, ret->n_names, sizeof(*ret->names), compare_names);
        return 0;
}

static int list_devices(const DeviceSet *set) {
        int r;

        for (size_t i = 0; i < set->n_items; i++) {
                Device *d = set->items[i];
                HubNode *n = node_of(set, d);

                /* A USB 3 hub is listed once, as its slow half. */
                d->listed = d->half_of && d->half_of->fast == &d->info ? _DEVICE_KIND_INVALID :
                                                                         device_set_kind(set, &d->info);
                if (!n || d->listed < 0)
                        continue;

                r = device_list_append(&n->hub->devices, d->listed, d->info.syspath);
                if (r < 0)
                        return r;
        }

        return 0;
}

int hub_tree_init(HubTree *ret, const DeviceSet *devices) {
        _cleanup_(node_tree_done) NodeTree nodes = { .devices = devices };
        _cleanup_(hub_tree_done) HubTree tree = {};
        int r;

        r = make_nodes(&nodes);
        if (r < 0)
                return r;

        order_nodes(&nodes);
        see_devices(&nodes);
        role_assign(nodes.order, nodes.n_nodes);

        r = make_hubs(&tree, &nodes);
        if (r < 0)
                return r;
        r = list_devices(devices);
        if (r < 0)
                return r;

        *ret = tree;
        tree = (HubTree) {};
        return 0;
}

void hub_tree_done(HubTree *t) {
        for (size_t i = 0; i < t->n_hubs; i++)
                hub_free(t->hubs[i]);

        free(t->hubs);
        free(t->names);
        *t = (HubTree) {};
}

Hub **hub_tree_find(const HubTree *t, const char *id_or_syspath) {
        const HubName key = { .name = id_or_syspath }, *found;

        found = t->n_names > 0 ? bsearch(&key, t->names, t->n_names, sizeof(key), compare_names) : NULL;
        return found ? t->hubs + found->hub : NULL;
}

Hub **hub_tree_find_same(const HubTree *t, const Hub *h) {
        Hub **found = hub_tree_find(t, h->syspath);

        return found && streq((*found)->syspath, h->syspath) ? found : NULL;
}

unsigned hub_compare(const Hub *old, const Hub *new) {
        unsigned mask = 0;

        if (old->role != new->role)
                mask |= HUB_CHANGED_ROLE;
        if (!streq_ptr(old->seat, new->seat))
                mask |= HUB_CHANGED_STATION;
        if (!device_list_equal(&old->devices, &new->devices))
                mask |= HUB_CHANGED_DEVICES;
        if (!streq_ptr(old->parent ? old->parent->syspath : NULL, new->parent ? new->parent->syspath : NULL))
                mask |= HUB_CHANGED_PARENT;
        if (!streq(old->vendor, new->vendor) || !streq(old->product, new->product))
                mask |= HUB_CHANGED_TEXT;

        return mask;
}

void hub_tree_keep_objects(HubTree *new, HubTree *old) {
        for (size_t i = 0; i < new->n_hubs; i++) {
                Hub **made = new->hubs + i, **kept = hub_tree_find_same(old, *made), *h, contents;

                if (!kept)
                        continue;

                h = *kept, *kept = *made, *made = h;
                contents = **kept, **kept = **made, **made = contents;
        }

        /* A parent may still be the object that was made for it. The kept object has the same syspath. */
        for (size_t i = 0; i < new->n_hubs; i++)
                if (new->hubs[i]->parent)
                        new->hubs[i]->parent = *hub_tree_find(new, new->hubs[i]->parent->syspath);
}
