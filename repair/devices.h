/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Display managers watch logind: they stop serving a seat that disappears and start serving one that
 * appears. The graphics devices of one seat are therefore hidden from logind for a moment, with a udev rule,
 * and then restored. The devices of other seats are not affected. */

#include "common/macro.h"

typedef struct Devices {
        char *rule;   /* the path of its file */
        char **paths; /* below /sys; each owned */
        size_t n;
} Devices;

/* Finds the devices that make this seat graphical. There may be none. Returns 0 or a negative errno. */
int devices_find(Devices *d, const char *seat);
void devices_done(Devices *d);

/* Both return 0 or a negative errno, which they log. After devices_hide(), whatever it returned, there must
 * be a devices_show(). */
int devices_hide(const Devices *d);
int devices_show(const Devices *d);
