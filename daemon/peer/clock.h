/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The wall clock as a peer: that it was set. PCs without a battery begin the day in another year. */

#include <systemd/sd-event.h>

#include "common/macro.h"

typedef struct Clock Clock;

/* The wall clock does not go on from where it was. CLOCK_MONOTONIC does. */
typedef void (*ClockHandler)(void *userdata);

int clock_new(Clock **ret, sd_event *event, ClockHandler handler, void *userdata);
Clock *clock_free(Clock *c);
DEFINE_CLEANUP(Clock *, clock_free);
