/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What clients name in the arguments of methods. These return 0 or a negative errno with the error set. */

#include "bus/bus.h"

/* A station that is announced, by its id or its exact label. */
int find_station(Bus *b, const char *name, Station **ret, sd_bus_error *error);

int find_session(Bus *b, const char *id, Session **ret, sd_bus_error *error);

/* A hub by the id or syspath of either half. */
int find_hub(Bus *b, const char *name, const Hub **ret, sd_bus_error *error);

/* A client's own text for an error: safe to show, and only the beginning of a long one. The caller frees it.
 * NULL when out of memory. */
char *quote(const char *text);

/* "There is no WHAT 'NAME'.", with a name that is safe to show. Returns a negative errno. */
int no_such(sd_bus_error *error, const char *error_name, const char *what, const char *name);
