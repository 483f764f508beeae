/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The a{sv} of the log-off methods. */

#include <systemd/sd-bus.h>

#include "core/config.h"
#include "core/job.h"

typedef struct LogOffOptions {
        usec_t grace;
        const char *message; /* the bus message's own, "" for none */
        JobReason reason;
        bool include_caller;
        bool include_seatless;
        bool block_logins;
} LogOffOptions;

/* Reads the options. An unknown key, a wrong type or a value out of bounds is InvalidArgs, with the key
 * named. */
int log_off_options_read(sd_bus_message *m, const Config *config, LogOffOptions *ret, sd_bus_error *error);

/* The same, where ret has what an option is that was left out. */
int log_off_options_read_over(
                sd_bus_message *m, const Config *config, LogOffOptions *ret, sd_bus_error *error);
