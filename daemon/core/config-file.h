/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where usherd.conf and its drop-ins are, and how they are read: systemd's order of precedence,
 * systemd-system.conf(5). */

#include "core/config.h"

/* A path that stands before every directory that is read: for tests. */
#define CONFIG_ROOT_VARIABLE "USHER_CONFIG_ROOT"

/* Reads all there is into *ret, from the defaults on. What is wrong is logged as a warning with file and
 * line, and the default or the earlier value stands: this cannot fail but for -ENOMEM, and then *ret is not
 * touched. Returns the number of warnings. */
int config_load(Config *ret);

/* Reads one open file whose name is |name|; returns the number of warnings. */
int config_read_stream(Config *c, FILE *f, const char *name);
