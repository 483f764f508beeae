/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/bus-util.h"

/* Reads a string property into its field. Returns 1, as a BusPropertyFunc does, or a negative errno. */
int message_read_string(sd_bus_message *m, char **p);
