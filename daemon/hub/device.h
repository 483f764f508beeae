/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One device as udev describes it. device-info.c or a test fills in a DeviceInfo once; after that it is
 * copied and compared, but not changed. */

#include "common/macro.h"

/* What one device is to a person. If a device is several of these, listings show the first in this order. */
typedef enum DeviceKind {
        DEVICE_KEYBOARD,
        DEVICE_POINTER,
        DEVICE_DISPLAY,
        DEVICE_SOUND,
        DEVICE_HUB,
        DEVICE_OTHER,
        _DEVICE_KIND_MAX,
        _DEVICE_KIND_INVALID = -EINVAL,
} DeviceKind;

DECLARE_STRING_TABLE(DeviceKind, device_kind);

/* One input device can be keyboard and pointer at once, for example a wireless receiver. */
typedef enum DeviceFlags {
        DEVICE_IS_KEYBOARD = 1 << DEVICE_KEYBOARD,
        DEVICE_IS_POINTER = 1 << DEVICE_POINTER, /* mouse, touchpad, touchscreen, tablet, trackball */
        DEVICE_IS_DISPLAY = 1 << DEVICE_DISPLAY, /* a graphics card, a frame buffer */
        DEVICE_IS_SOUND = 1 << DEVICE_SOUND,
        DEVICE_IS_HUB = 1 << DEVICE_HUB,     /* a USB device of class 09 */
        DEVICE_IS_OTHER = 1 << DEVICE_OTHER, /* worth a line in a listing: a joystick, a USB stick */
        DEVICE_HAS_SEAT_TAG = 1 << 8,        /* belongs to a seat: has the udev tag "seat" now */
        DEVICE_IS_MASTER_OF_SEAT = 1 << 9,   /* makes a seat: has the udev tag "master-of-seat" now */
        DEVICE_IS_FIXED = 1 << 10,           /* a USB device that cannot be unplugged, as its hub says */
        DEVICE_SEAT_IGNORED = 1 << 11,       /* its ID_SEAT is no valid seat name: belongs to no seat */
} DeviceFlags;

/* The length limit of vendor and product, in bytes. */
#define DEVICE_TEXT_MAX 128U

typedef struct DeviceInfo {
        char *syspath;
        char *sysname;
        char *subsystem;
        char *devtype;
        char *seat;    /* NULL if it has no seat tag, or an ID_SEAT that was ignored */
        char *vendor;  /* valid UTF-8 without control characters, "" if unknown */
        char *product; /* the same */

        /* The syspath of the USB device that this is or is a part of, NULL if it is not on USB. */
        char *usb_path;

        /* The kernel shows a USB 3 hub as two devices, a fast one and a slow one, on two root hubs. If the
         * port of this device has a twin (sysfs "port/peer"), this is the sysname of a device in the twin.
         */
        char *usb_peer;
        unsigned usb_speed; /* Mb/s, 0 if unknown */

        unsigned flags; /* DeviceFlags */
} DeviceInfo;

void device_info_done(DeviceInfo *f);
int device_info_copy(DeviceInfo *ret, const DeviceInfo *f);
bool device_info_equal(const DeviceInfo *a, const DeviceInfo *b);

/* Takes the ID_SEAT of udev; NULL or "" means seat0. Set the flags first. Returns 1 if the device belongs to
 * a seat, 0 if not, -ENOMEM. As in logind, a device whose ID_SEAT is not valid belongs to no seat: it gets
 * the flag DEVICE_SEAT_IGNORED. */
int device_info_set_seat(DeviceInfo *f, const char *id_seat);

/* Takes vendor and product as the device gave them, in any bytes. Either may be NULL. Returns 0 or -ENOMEM.
 */
int device_info_set_text(DeviceInfo *f, const char *vendor, const char *product);

/* The kind that listings show, or _DEVICE_KIND_INVALID if they leave the device out (a lid switch, a power
 * button). */
DeviceKind device_info_kind(const DeviceInfo *f);

typedef struct DeviceEntry {
        DeviceKind kind;
        char *syspath;
} DeviceEntry;

/* The devices of one hub or one seat, as listings show them. */
typedef struct DeviceList {
        DeviceEntry *entries;
        size_t n_entries;
} DeviceList;

int device_list_append(DeviceList *l, DeviceKind kind, const char *syspath);
void device_list_done(DeviceList *l);
bool device_list_equal(const DeviceList *a, const DeviceList *b);

typedef struct Device {
        DeviceInfo info;
        unsigned seen;           /* the number of the enumeration that had it last */
        DeviceKind listed;       /* how listings show it, _DEVICE_KIND_INVALID if they leave it out */
        struct HubNode *half_of; /* the hub that it is a half of, valid inside of hub_tree_init() only */
} Device;

/* No machine has as many devices. The limit stops a broken driver that makes them without end. */
#define DEVICES_MAX 8192U

/* All devices. For topology.c and hub-tree.c. */
typedef struct DeviceSet {
        Device **items; /* sorted by syspath */
        size_t n_items;
        size_t n_allocated;
        unsigned enumeration; /* how often all devices were enumerated */
} DeviceSet;

void device_set_done(DeviceSet *set);

/* Adds or updates a device. Returns 1 if something changed, 0 if not, -ENOMEM, or -ENOSPC if there are too
 * many. */
int device_set_apply(DeviceSet *set, const DeviceInfo *info);

/* Each returns whether a device was removed. device_set_sweep() removes all that device_set_apply() was not
 * called for since the number of the enumeration was raised. */
bool device_set_remove(DeviceSet *set, const char *syspath);
bool device_set_sweep(DeviceSet *set);

/* The index of the first device whose syspath starts with these bytes, or where it would have to be. A
 * device with exactly this syspath comes before the others. */
size_t device_set_position(const DeviceSet *set, const char *path, size_t length);

/* The device with exactly this syspath, or NULL. */
Device *device_set_find(const DeviceSet *set, const char *path, size_t length);

/* The kind that listings of this set show. Unlike device_info_kind(), it leaves out a device that another
 * line stands for. */
DeviceKind device_set_kind(const DeviceSet *set, const DeviceInfo *f);
