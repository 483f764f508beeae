/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <systemd/sd-bus.h>

/* What systemd is about to do with the machine. */
typedef struct Queued {
        const char *reason; /* as usherd's option has it */
        const char *what;   /* as in "The machine ..." */
} Queued;

/* Asks systemd for the targets that it is on its way to. NULL: the machine stays on, or there is no saying. */
const Queued *queued_find(sd_bus *bus);
