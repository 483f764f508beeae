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

/* The same with the arguments before the options read. dry_run: only replies whom it would end. */
int log_off_station(Bus *b, sd_bus_message *message, const char *name, bool dry_run, sd_bus_error *error);
int log_off_session(Bus *b, sd_bus_message *message, const char *id, bool dry_run, sd_bus_error *error);
int log_off_all(Bus *b, sd_bus_message *message, bool dry_run, sd_bus_error *error);

/* Why jobs_start() has failed with r. Returns r or another negative errno, with the error set. */
int log_off_error(int r, sd_bus_error *error);
