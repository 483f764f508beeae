/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* udev as a peer: which devices there are, told as facts. Without a udev there are none, and that is no
 * error. */

#include <systemd/sd-event.h>

#include "hub/device.h"

typedef struct UdevHost UdevHost;

typedef struct UdevEvents {
        /* A device is there, or there is news of it. What is told again may be the same as before. */
        void (*device)(const DeviceInfo *info, void *userdata);
        void (*device_gone)(const char *syspath, void *userdata);

        /* Around an enumeration, the first one and those after lost events: what is not told of in between
         * is gone. */
        void (*snapshot_begin)(void *userdata);
        void (*snapshot_end)(void *userdata);

        /* Nothing more has come for a while: time to look at the whole. Also right after the first
         * enumeration. */
        void (*settled)(void *userdata);
} UdevEvents;

/* Listens from now on. Nothing is told before udev_host_start(). */
int udev_host_new(UdevHost **ret, sd_event *event, const UdevEvents *events, void *userdata);
UdevHost *udev_host_free(UdevHost *u);
DEFINE_CLEANUP(UdevHost *, udev_host_free);

/* Tells what there is: snapshot_begin, each device, snapshot_end, settled, all within this call. */
int udev_host_start(UdevHost *u);

/* Whether there is a udev that can be listened to: without one nothing can be said to be missing. */
bool udev_host_is_live(const UdevHost *u);

/* How often events were lost because they came faster than they were read; each time all was enumerated
 * again. */
uint64_t udev_host_overruns(const UdevHost *u);
