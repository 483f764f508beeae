/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods that end sessions, for the Manager's and the Station's interface alike. Each reads its
 * options, validates, finds, authorises, acts and replies, in this order. */

#include "core/manager.h"

/* The message stands before its options. A free station gives no jobs. */
int log_off_station(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error);

/* "s a{sv}": the session's id and the options. */
int log_off_session(Manager *m, sd_bus_message *message, sd_bus_error *error);

/* "a{sv}" */
int log_off_all(Manager *m, sd_bus_message *message, sd_bus_error *error);

/* Why nothing is called off any more, once systemd is shutting down. */
int cannot_stay(sd_bus_error *error);

/* Replies how many. */
int cancel_all(Manager *m, sd_bus_message *message, sd_bus_error *error);
