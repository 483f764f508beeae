/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which devices there are, according to udev. Without udev there are none, which is not an error. */

#include <systemd/sd-event.h>

#include "hub/device.h"

typedef struct UdevHost UdevHost;

typedef struct UdevEvents {
        /* A device is there. It may be new, changed, or the same as before. */
        void (*device)(const DeviceInfo *info, void *userdata);
        void (*device_gone)(const char *syspath, void *userdata);

        /* Around an enumeration: the first one, and those that make up for lost events. Devices that
         * device() does not report in between are gone. */
        void (*snapshot_begin)(void *userdata);
        void (*snapshot_end)(void *userdata);

        /* No event has come for a moment, so the devices can be looked at as a whole. Also called after the
         * first enumeration, and when udev_host_is_settled() becomes true. */
        void (*settled)(void *userdata);

        /* Some devices may be missing or out of date. With for_good, udev can no longer be listened to, else
         * all devices will be enumerated again. error is a negative errno. May be NULL. */
        void (*failed)(int error, bool for_good, void *userdata);
} UdevEvents;

/* Starts to listen. Calls nothing before udev_host_start(). */
int udev_host_new(UdevHost **ret, sd_event *event, const UdevEvents *events, void *userdata);
UdevHost *udev_host_free(UdevHost *u);
DEFINE_CLEANUP(UdevHost *, udev_host_free);

/* Reports all devices. Calls snapshot_begin, device for each device, snapshot_end and settled before it
 * returns. */
int udev_host_start(UdevHost *u);

/* Whether there is a udev to listen to. Without one, no device can be called missing. */
bool udev_host_is_live(const UdevHost *u);

/* Whether udev has processed the devices that were there at boot: its queue (see udevadm(8), "settle") has
 * been empty since udev_host_start(). Before that, a device that seems to be missing may be one that udev
 * has not come to yet. Does not become false again. Always true without udev. */
bool udev_host_is_settled(const UdevHost *u);

/* How often events were lost because they came faster than they were read. Each time, all devices were
 * enumerated again. */
uint64_t udev_host_overruns(const UdevHost *u);
