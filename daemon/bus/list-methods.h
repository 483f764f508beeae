/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods of the Manager that list things and find stations. Everybody may call them. */

#include <systemd/sd-bus.h>

/* → "a(ssssso)", "a(sssso)" and "a(ussstso)", see org.usher1(5). */
int method_list_stations(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_list_hubs(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_list_jobs(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* "s" → "o": a station by its id or label, by a session's id, and by a hub's id or syspath. */
int method_get_station(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_get_station_by_session(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_get_station_by_hub(sd_bus_message *message, void *userdata, sd_bus_error *error);
