/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which devices there are, how the hubs hang together, and which hub and which device belong to which seat.
 * Facts go in through topology_apply() and topology_remove(), in any order, from an enumeration or from
 * events alike; topology_settle() then derives everything anew and tells what is different. What the
 * accessors give is the snapshot of the last topology_settle(), whatever was applied since. */

#include "hub/device.h"

/* More devices than any machine has; a broken driver that makes them without end stops here. */
#define TOPOLOGY_DEVICES_MAX 8192U

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

/* One physical hub. Its two halves, if it is a USB 3 hub, are one Hub with the slow half's name. The object
 * stays the same from hub_added() to hub_removed(). */
typedef struct Hub Hub;
struct Hub {
        char *id; /* sysname: "1-1.2", "usb1" */
        char *syspath;
        char *peer_id;      /* of the fast half, NULL where there is none */
        char *peer_syspath; /* the same */
        char *vendor;       /* "" for unknown */
        char *product;      /* "" for unknown */
        char *seat;         /* NULL where it serves several seats, or none */
        HubRole role;
        const Hub *parent;  /* NULL for a root hub */
        DeviceList devices; /* directly on it; hubs among them */
};

typedef enum HubChange {
        HUB_CHANGED_ROLE = 1 << 0,
        HUB_CHANGED_STATION = 1 << 1,
        HUB_CHANGED_DEVICES = 1 << 2,
        HUB_CHANGED_PARENT = 1 << 3,
        HUB_CHANGED_TEXT = 1 << 4, /* vendor, product */
        HUB_CHANGED_PEER = 1 << 5,
} HubChange;

typedef enum SeatChange {
        SEAT_CHANGED_HUBS = 1 << 0,
        SEAT_CHANGED_DEVICES = 1 << 1,
        SEAT_CHANGED_EQUIPMENT = 1 << 2, /* has_keyboard, has_pointer, has_display */
        SEAT_CHANGED_LOST = 1 << 3,      /* the lost station hubs */
} SeatChange;

/* What stands on one seat, as udev says. There is one as long as the seat has devices or a lost hub; logind
 * decides whether there is such a seat. */
typedef struct TopologySeat {
        char *id;
        bool has_keyboard;
        bool has_pointer;
        bool has_display; /* a graphics card, or whatever else makes the seat one (master-of-seat) */
        DeviceList devices;

        /* Ids of the station hubs that this seat had and that are unplugged now, sorted. The seat forgets
         * them when it has another station hub instead, or at topology_forget_lost(). */
        char **lost;
        size_t n_lost;
} TopologySeat;

/* Told by topology_settle(), in this order. None may change the topology. */
typedef struct TopologyEvents {
        void (*hub_removed)(const Hub *h,
                        void *userdata); /* it can still be found, with all it was; children first */
        void (*hub_added)(const Hub *h, void *userdata); /* parents first */
        void (*hub_changed)(const Hub *h, unsigned mask, void *userdata);
        void (*seat_changed)(const char *seat, unsigned mask, void *userdata);
} TopologyEvents;

typedef struct Topology Topology;

int topology_new(Topology **ret);
Topology *topology_free(Topology *t);
DEFINE_CLEANUP(Topology *, topology_free);

/* A device that is new or has changed. Returns 1 when this says something new, 0 when not, -ENOMEM, -ENOSPC
 * when there are too many devices. */
int topology_apply(Topology *t, const DeviceInfo *info);

/* Returns 1 when there was such a device, 0 when not. */
int topology_remove(Topology *t, const char *syspath);

/* Between these two calls comes everything that there is: what was not applied in between is gone. */
void topology_begin_snapshot(Topology *t);
void topology_end_snapshot(Topology *t);

/* Derives the snapshot anew and tells the differences. Returns how many there were, or -ENOMEM; then nothing
 * has changed and the next call tries again. Costs nothing when nothing was applied since. */
int topology_settle(Topology *t, const TopologyEvents *events, void *userdata);

/* Hubs in the order of a tree: each after its parent, siblings in the order of their ports. */
size_t topology_n_hubs(const Topology *t);
const Hub *topology_hub_at(const Topology *t, size_t i);

/* By the id or syspath of either half; NULL for none. */
const Hub *topology_find_hub(const Topology *t, const char *id_or_syspath);

/* Seats in the order of their ids. */
size_t topology_n_seats(const Topology *t);
const TopologySeat *topology_seat_at(const Topology *t, size_t i);
const TopologySeat *topology_find_seat(const Topology *t, const char *id);

/* The ids of the seat's lost hubs, with the separator between them: "1-2, 3-1". NULL when out of memory. */
char *topology_seat_format_lost(const TopologySeat *seat, const char *separator);

/* Before the first topology_settle(): this seat had a station hub which was unplugged when that was noted
 * down. */
int topology_note_lost(Topology *t, const char *seat, const char *hub);

/* HubLost has been acted upon, or the administrator has moved things: stop calling those hubs lost. */
void topology_forget_lost(Topology *t, const char *seat);

/* Of the device with this syspath: how udev's seat for it is, as of the last topology_apply(); NULL for
 * none. */
const DeviceInfo *topology_find_device(const Topology *t, const char *syspath);
