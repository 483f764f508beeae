/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One device as udev describes it, as facts: made once by hub/udev.c or a test, compared, never
 * written to. */

#include "common/macro.h"

/* What one device is to a person. The first that is true of a device, in this order, is what listings
 * show. */
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

/* One input device may be keyboard and pointer at once: a wireless receiver, say. */
typedef enum DeviceFlags {
        DEVICE_IS_KEYBOARD = 1 << DEVICE_KEYBOARD,
        DEVICE_IS_POINTER = 1 << DEVICE_POINTER, /* mouse, touchpad, touchscreen, tablet, trackball */
        DEVICE_IS_DISPLAY = 1 << DEVICE_DISPLAY, /* a graphics card, a frame buffer */
        DEVICE_IS_SOUND = 1 << DEVICE_SOUND,
        DEVICE_IS_HUB = 1 << DEVICE_HUB,     /* a USB device of class 09 */
        DEVICE_IS_OTHER = 1 << DEVICE_OTHER, /* worth a line of its own: a joystick, a USB stick */
        DEVICE_HAS_SEAT_TAG = 1 << 8,        /* belongs to a seat: the udev tag "seat", now */
        DEVICE_IS_MASTER_OF_SEAT = 1 << 9,   /* makes a seat: the udev tag "master-of-seat", now */
        DEVICE_IS_FIXED = 1 << 10,           /* USB: cannot be taken off its hub, as the hub says */
        DEVICE_SEAT_IGNORED = 1 << 11,       /* had an ID_SEAT that no seat can have: belongs to no seat */
} DeviceFlags;

#define DEVICE_TEXT_MAX 128U

typedef struct DeviceInfo {
        char *syspath;
        char *sysname;
        char *subsystem;
        char *devtype;
        char *seat;    /* NULL for none: no seat tag, or an ID_SEAT that was ignored */
        char *vendor;  /* valid UTF-8 without control characters, "" for unknown */
        char *product; /* the same */

        /* The syspath of the USB device that this is, or that it is a part of; NULL when it is no USB
         * device. */
        char *usb_path;

        /* A USB 3 hub is two devices to the kernel, a fast one and a slow one, on two root hubs. Where the
         * port of this device has a twin (sysfs "port/peer"), the sysname that a device in the twin would
         * have. */
        char *usb_peer;
        unsigned usb_speed; /* Mb/s, 0 for unknown */

        unsigned flags; /* DeviceFlags */
} DeviceInfo;

void device_info_done(DeviceInfo *f);
int device_info_copy(DeviceInfo *ret, const DeviceInfo *f);
bool device_info_equal(const DeviceInfo *a, const DeviceInfo *b);

/* Takes an ID_SEAT as udev has it: missing or empty means seat0, for a device that has the seat tag. Returns
 * 1 when the device belongs to a seat now, 0 when not (DEVICE_SEAT_IGNORED tells why), -ENOMEM. As in
 * logind, what has an ID_SEAT that no seat can have belongs to no seat. Set the flags first. */
int device_info_set_seat(DeviceInfo *f, const char *id_seat);

/* Takes vendor and product as a device gave them, in whatever bytes; either may be NULL. */
int device_info_set_text(DeviceInfo *f, const char *vendor, const char *product);

/* The kind that listings show; _DEVICE_KIND_INVALID for what they leave out (a lid switch, a power
 * button). */
DeviceKind device_info_kind(const DeviceInfo *f);

typedef struct DeviceEntry {
        DeviceKind kind;
        char *syspath;
} DeviceEntry;

/* What listings show of some devices, in the order in which they were added. */
typedef struct DeviceList {
        DeviceEntry *entries;
        size_t n_entries;
} DeviceList;

int device_list_append(DeviceList *l, DeviceKind kind, const char *syspath);
void device_list_done(DeviceList *l);
bool device_list_equal(const DeviceList *a, const DeviceList *b);
