/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The hubs and seats that all devices make, and what changes about them. topology_apply() and
 * topology_remove() take in devices in any order, from an enumeration or from events. topology_settle() then
 * derives hubs and seats again and calls back for each difference. Until the next topology_settle() the
 * accessors give that snapshot, topology_find_device() apart. */

#include "hub/device.h"

typedef enum HubRole {
        HUB_ROOT,
        HUB_STATION,
        HUB_INTERMEDIATE,
        HUB_DOWNSTREAM,
        HUB_SHARED,
        _HUB_ROLE_MAX,
        _HUB_ROLE_INVALID = -EINVAL,
} HubRole;

DECLARE_STRING_TABLE(HubRole, hub_role);

/* One physical hub. The two halves of a USB 3 hub are one Hub, named for the slow half. The object stays the
 * same from hub_added() to hub_removed(). */
typedef struct Hub Hub;
struct Hub {
        char *id; /* sysname: "1-1.2", "usb1" */
        char *syspath;
        char *peer_id;      /* of the fast half, NULL if there is none */
        char *peer_syspath; /* the same */
        char *vendor;       /* "" if unknown */
        char *product;      /* "" if unknown */
        char *seat;         /* NULL if it serves several seats, or none */
        HubRole role;
        const Hub *parent;  /* NULL for a root hub */
        DeviceList devices; /* directly on it, other hubs included */
        unsigned changed;   /* for topology_settle() only */
};

typedef enum HubChange {
        HUB_CHANGED_ROLE = 1 << 0,
        HUB_CHANGED_STATION = 1 << 1,
        HUB_CHANGED_DEVICES = 1 << 2,
        HUB_CHANGED_PARENT = 1 << 3,
        HUB_CHANGED_TEXT = 1 << 4, /* vendor, product */
} HubChange;

typedef enum SeatChange {
        SEAT_CHANGED_HUBS = 1 << 0,
        SEAT_CHANGED_DEVICES = 1 << 1,
        SEAT_CHANGED_EQUIPMENT = 1 << 2, /* has_keyboard, has_pointer, has_display */
        SEAT_CHANGED_LOST = 1 << 3,      /* the lost station hubs */
} SeatChange;

/* What udev assigns to one seat. It exists while the seat has devices or a lost hub. Whether the seat itself
 * exists is for logind to say. */
typedef struct TopologySeat {
        char *id;
        bool has_keyboard;
        bool has_pointer;
        bool has_display; /* a graphics card, or another device that makes the seat (master-of-seat) */
        DeviceList devices;

        /* The ids of the seat's station hubs that were unplugged, sorted. They are forgotten when the seat
         * gets another station hub, or by topology_forget_lost(). */
        char **lost;
        size_t n_lost;

        unsigned changed; /* for topology_settle() only */
} TopologySeat;

/* topology_settle() calls these in this order. They must not change the topology. Masks are of HubChange and
 * SeatChange. */
typedef struct TopologyEvents {
        /* Children first. The hub can still be found, and is as it was. */
        void (*hub_removed)(const Hub *h, void *userdata);
        void (*hub_added)(const Hub *h, void *userdata); /* parents first */
        void (*hub_changed)(const Hub *h, unsigned mask, void *userdata);
        void (*seat_changed)(const char *seat, unsigned mask, void *userdata);
} TopologyEvents;

typedef struct Topology Topology;

int topology_new(Topology **ret);
Topology *topology_free(Topology *t);
DEFINE_CLEANUP(Topology *, topology_free);

/* Takes in a device that is new or may have changed. Returns 1 if something changed, 0 if not, -ENOMEM, or
 * -ENOSPC if there are too many devices. */
int topology_apply(Topology *t, const DeviceInfo *info);

/* Returns 1 if the device was known, 0 if not. */
int topology_remove(Topology *t, const char *syspath);

/* Around an enumeration of all devices. Devices that are not applied between the two calls are removed. */
void topology_begin_snapshot(Topology *t);
void topology_end_snapshot(Topology *t);

/* Derives hubs and seats from the devices and calls back for each difference. Returns 0, or -ENOMEM; then no
 * callback was called and the next call tries again. Costs nothing if nothing was applied since. */
int topology_settle(Topology *t, const TopologyEvents *events, void *userdata);

/* Hubs, each after its parent, siblings in the order of their ports. */
size_t topology_n_hubs(const Topology *t);
const Hub *topology_hub_at(const Topology *t, size_t i);

/* By id or syspath, of either half. NULL if there is none. */
const Hub *topology_find_hub(const Topology *t, const char *id_or_syspath);

/* Seats, sorted by id. */
size_t topology_n_seats(const Topology *t);
const TopologySeat *topology_seat_at(const Topology *t, size_t i);
const TopologySeat *topology_find_seat(const Topology *t, const char *id);

/* The ids of the seat's lost hubs, with a separator: "1-2, 3-1". NULL if out of memory. */
char *topology_seat_format_lost(const TopologySeat *seat, const char *separator);

/* Restores what an earlier process knew: this station hub of the seat is unplugged. Call it before the first
 * topology_settle(). Returns 0 or -ENOMEM. */
int topology_note_lost(Topology *t, const char *seat, const char *hub);

/* Forgets the lost hubs of this seat, because they were acted upon or an administrator moved the seat's
 * devices. */
void topology_forget_lost(Topology *t, const char *seat);

/* The device with this syspath as of the last topology_apply(), or NULL. */
const DeviceInfo *topology_find_device(const Topology *t, const char *syspath);
