/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The a{sv} of the log-off methods. */

#include <systemd/sd-bus.h>

#include "core/config.h"
#include "core/job.h"

typedef struct LogOffOptions {
        usec_t grace;
        const char *message; /* belongs to the bus message, "" for none */
        JobReason reason;
        bool include_caller;
        bool include_seatless;
        bool block_logins;
} LogOffOptions;

/* Reads the options of LogOff and its kin. An unknown key, a key that is given twice, a wrong type or a
 * value out of bounds is InvalidArgs; the error names the key. */
int log_off_options_read(sd_bus_message *m, const Config *config, LogOffOptions *ret, sd_bus_error *error);

/* The same, with the defaults in ret. */
int log_off_options_read_over(
                sd_bus_message *m, const Config *config, LogOffOptions *ret, sd_bus_error *error);
