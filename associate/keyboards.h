/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All keyboards of the machine, and nothing of them but their Enter key. */

#include <systemd/sd-event.h>

#include "common/macro.h"

/* More than a machine with thirty hubs has. */
#define KEYBOARDS_MAX 256U

typedef struct Keyboards Keyboards;

/* Enter went down on the input device at this place in sysfs. */
typedef void (*KeyboardsHandler)(const char *syspath, void *userdata);

/* Listens to those that are there and to those that will be plugged in. */
int keyboards_new(Keyboards **ret,
                sd_event *event,
                const char *directory,
                KeyboardsHandler handler,
                void *userdata);
Keyboards *keyboards_free(Keyboards *k);
DEFINE_CLEANUP(Keyboards *, keyboards_free);
