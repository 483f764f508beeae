/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods of the Manager that log everybody off and change the machine then. */

#include "bus/bus.h"
#include "feature/pending.h"

/* "a{sv}" → "ao" */
int method_restart(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_power_off(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* "s a{sv}" → "ao": there are no jobs if the machine is in that mode already. */
int method_set_mode(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* The same with the arguments before the options read. dry_run: only replies whom it would end. */
int shut_down(Bus *b, sd_bus_message *message, PendingKind kind, bool dry_run, sd_bus_error *error);
int set_mode(Bus *b, sd_bus_message *message, const char *name, bool dry_run, sd_bus_error *error);
