/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods that end sessions. */

#include <systemd/sd-bus.h>

#include "bus/bus.h"

/* Of the Manager: "s a{sv}" → "ao", "s a{sv}" → "o" and "a{sv}" → "ao". */
int method_log_off(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_log_off_session(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_log_off_all(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Of a Station: "a{sv}" → "ao". */
int station_method_log_off(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Why jobs_start() has failed with r. Returns r or another negative errno, with the error set. */
int log_off_error(int r, sd_bus_error *error);
