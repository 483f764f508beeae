/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The Enter keys of all keyboards of the machine. */

#include <systemd/sd-event.h>

#include "common/macro.h"

/* More than a machine with thirty hubs has. */
#define KEYBOARDS_MAX 256U

typedef struct Keyboards Keyboards;

/* Enter has been pressed on the input device with this sysfs path. */
typedef void (*KeyboardsHandler)(const char *syspath, void *userdata);

/* Watches the present keyboards and those that are plugged in later. Returns 0 or a negative errno. */
int keyboards_new(Keyboards **ret,
                sd_event *event,
                const char *directory,
                KeyboardsHandler handler,
                void *userdata);
Keyboards *keyboards_free(Keyboards *k);
DEFINE_CLEANUP(Keyboards *, keyboards_free);
