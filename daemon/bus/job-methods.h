/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods of a Job apart from Cancel. */

#include <systemd/sd-bus.h>

/* For the user of the session, and for those who may end it. "u seconds" → "", "" → "" and "" → "". */
int job_method_extend(sd_bus_message *message, void *userdata, sd_bus_error *error);
int job_method_deny_time(sd_bus_message *message, void *userdata, sd_bus_error *error);
int job_method_end_now(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* For the user of the session. "u seconds" → "", "s how" → "" and "b accepted, s blockers" → "". */
int job_method_request_time(sd_bus_message *message, void *userdata, sd_bus_error *error);
int job_method_set_warned(sd_bus_message *message, void *userdata, sd_bus_error *error);
int job_method_set_asked(sd_bus_message *message, void *userdata, sd_bus_error *error);
