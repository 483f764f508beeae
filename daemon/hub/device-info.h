/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What one udev device is, as facts. Inside of hub/udev.c. */

#include <libudev.h>

#include "hub/device.h"

/* Of all devices only those of these subsystems are looked at; ends with NULL. */
extern const char *const device_subsystems[];

/* Returns 1 when this is a device for us, 0 when not or when it is gone, a negative errno. */
int device_info_from_udev(DeviceInfo *ret, struct udev_device *d);
