/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <systemd/sd-bus.h>

/* What systemd is about to do with the machine. */
typedef struct ShutdownTarget {
        const char *reason; /* as usherd's option has it */
        const char *what;   /* as in "The machine ..." */
} ShutdownTarget;

/* Reads systemd's answer to ListJobs for the target that it is on its way to; NULL where the machine stays
 * on. */
int shutdown_target_read(sd_bus_message *reply, const ShutdownTarget **ret);
