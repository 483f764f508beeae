/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where usherd.conf and its drop-ins are, and how they are read: with systemd's order of precedence,
 * systemd-system.conf(5). */

#include "core/config.h"

/* A prefix for all paths that are read: for tests. */
#define CONFIG_ROOT_VARIABLE "USHER_CONFIG_ROOT"

/* Reads all files into *ret, starting from the defaults. Mistakes are logged as warnings with file and line,
 * and the default or the earlier value stays. Returns the number of warnings, or -ENOMEM with *ret
 * unchanged. */
int config_load(Config *ret);

/* Reads one open file with the name |name|; returns the number of warnings. */
int config_read_stream(Config *c, FILE *f, const char *name);
