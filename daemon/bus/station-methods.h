/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods that manage stations and hubs. */

#include <systemd/sd-bus.h>

/* Of a Station. "s": the label; the others have no arguments. */
int station_method_set_label(sd_bus_message *message, void *userdata, sd_bus_error *error);
int station_method_lock(sd_bus_message *message, void *userdata, sd_bus_error *error);
int station_method_identify(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Of the Manager. "ss": hub and station. */
int method_attach_hub(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_detach_all(sd_bus_message *message, void *userdata, sd_bus_error *error);
