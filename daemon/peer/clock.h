/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The wall clock as a peer: reports when it is set. PCs without a battery boot with the wrong year. */

#include <systemd/sd-event.h>

#include "common/macro.h"

typedef struct Clock Clock;

/* The wall clock has jumped. CLOCK_MONOTONIC has not. */
typedef void (*ClockHandler)(void *userdata);

int clock_new(Clock **ret, sd_event *event, ClockHandler handler, void *userdata);
Clock *clock_free(Clock *c);
DEFINE_CLEANUP(Clock *, clock_free);
