/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Follows the state of one systemd unit, and starts or stops it. A signal from systemd is only a hint to
 * query again; everything reported here comes from a reply of systemd. See org.freedesktop.systemd1(5). */

#include "peer/systemd.h"

typedef struct UnitWatch UnitWatch;

typedef enum UnitState {
        UNIT_UNKNOWN, /* not queried yet, systemd is not there, or systemd does not know the unit */
        UNIT_INACTIVE,
        UNIT_CHANGING, /* starting or stopping */
        UNIT_ACTIVE,
        UNIT_FAILED,
} UnitState;

/* Called once as soon as the state is known, and then at each change. */
typedef void (*UnitHandler)(UnitState state, void *userdata);

/* systemd must outlive it. The handler may be NULL. */
int unit_watch_new(UnitWatch **ret,
                sd_bus *bus,
                Systemd *systemd,
                const char *unit,
                UnitHandler handler,
                void *userdata);

/* The handler of a request under way is not called. */
UnitWatch *unit_watch_free(UnitWatch *w);
DEFINE_CLEANUP(UnitWatch *, unit_watch_free);

UnitState unit_watch_state(const UnitWatch *w);

/* error: "" when systemd has done what was requested, else the reason of the failure, safe to show. */
typedef void (*UnitRequestHandler)(const char *error, void *userdata);

/* Requests that systemd starts or stops the unit. When the handler runs, the UnitHandler has already got the
 * state that resulted. Returns -EBUSY while another request is under way. */
int unit_watch_request(UnitWatch *w, bool start, UnitRequestHandler handler, void *userdata);

/* Whether a request is under way. */
bool unit_watch_is_busy(const UnitWatch *w);
