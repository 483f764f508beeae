/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/* Whether this is what logind calls a terminal, below /dev: "tty3" or "pts/4", nothing else. */
bool terminal_name_is_valid(const char *name);

/* Writes to the user's own terminal, without waiting for one that is stopped or slow. -EINVAL for a bad
 * name, -ENOTTY for no terminal, -EPERM for somebody else's, -EBUSY for a console that shows graphics,
 * -EAGAIN for one that takes no text now, or another errno of open(2). */
int terminal_write(const char *name, const char *text);
