/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One unit of systemd's that is followed, and started or stopped. systemd's signals are hints to look again;
 * what is told is what it answered. See org.freedesktop.systemd1(5). */

#include <systemd/sd-bus.h>

#include "common/macro.h"

typedef struct UnitWatch UnitWatch;

typedef enum UnitState {
        UNIT_UNKNOWN, /* not asked so far, or there is no systemd to ask, or it does not know */
        UNIT_INACTIVE,
        UNIT_CHANGING, /* starting or stopping */
        UNIT_ACTIVE,
        UNIT_FAILED,
} UnitState;

/* Called once with what is so when that is known, and then at each change. */
typedef void (*UnitHandler)(UnitState state, void *userdata);

int unit_watch_new(UnitWatch **ret, sd_bus *bus, const char *unit, UnitHandler handler, void *userdata);
UnitWatch *unit_watch_free(UnitWatch *w);
DEFINE_CLEANUP(UnitWatch *, unit_watch_free);

UnitState unit_watch_state(const UnitWatch *w);

/* error: "" when systemd has done it, else why not, safe to be shown. */
typedef void (*UnitOrderHandler)(const char *error, void *userdata);

/* Has systemd start or stop the unit; one order at a time, -EBUSY else. The state that came of it has been
 * told when the handler runs. */
int unit_watch_order(UnitWatch *w, bool start, UnitOrderHandler handler, void *userdata);
