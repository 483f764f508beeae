/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods that look after stations and hubs: read, find, authorise, act, reply. Each has its own bus
 * object's station where it is about one. */

#include "core/manager.h"

int set_label(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error);
int identify_station(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error);
int lock_station(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error);
int attach_hub(Manager *m, sd_bus_message *message, sd_bus_error *error);
int detach_all(Manager *m, sd_bus_message *message, sd_bus_error *error);
