/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <systemd/sd-bus.h>

#include "common/macro.h"

/* usher-shutdown.service delays a shutdown at most this long. systemd forces a restart 30 minutes after it
 * was requested (JobTimeoutSec= of its targets), and the rest of the shutdown needs part of that time. */
#define SHUTDOWN_HOLD_MAX_USEC (25 * USEC_PER_MINUTE)

/* What systemd is about to do with the machine. */
typedef struct ShutdownTarget {
        const char *reason; /* as in usherd's options */
        const char *what;   /* as in "The machine ..." */
} ShutdownTarget;

/* Finds the shutdown target with a job in systemd's reply to ListJobs; NULL if there is none. */
int shutdown_target_read(sd_bus_message *reply, const ShutdownTarget **ret);
