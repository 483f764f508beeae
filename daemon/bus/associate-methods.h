/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The association of keyboards with stations. It belongs to the connection that began it and ends when that
 * leaves the bus. Its signals are sent to that connection only. */

#include "bus/bus.h"

/* "" → "" */
int method_begin_association(sd_bus_message *message, void *userdata, sd_bus_error *error);
int method_end_association(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Ends the association, if any, without a reply or a signal. */
void association_drop(Bus *b);
