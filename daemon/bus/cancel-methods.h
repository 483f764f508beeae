/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods that cancel jobs. */

#include <systemd/sd-bus.h>

/* Of the Manager: → "u", how many jobs were cancelled. A pending action without a job counts as one. */
int method_cancel_all(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* The error for a job whose session is being ended already. */
int already_ending(sd_bus_error *error);

/* Of a Job: without arguments. */
int job_method_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error);
