/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods of the Manager that log everybody off and change the machine then. */

#include <systemd/sd-bus.h>

/* "a{sv}" → "ao" */
int method_restart(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_power_off(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* "s a{sv}" → "ao": there are no jobs if the machine is in that mode already. */
int method_set_mode(sd_bus_message *message, void *userdata, sd_bus_error *error);
