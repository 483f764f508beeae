/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* From a libudev device to a DeviceInfo. For udev.c only. */

#include <libudev.h>

#include "hub/device.h"

/* All other subsystems are ignored. Ends with NULL. */
extern const char *const device_subsystems[];

/* Returns 1 if the device matters here, 0 if it does not or is gone, a negative errno. */
int device_info_from_udev(DeviceInfo *ret, struct udev_device *d);
