/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/* Whether this is what logind calls a terminal, below /dev: "tty3" or "pts/4", nothing else. */
bool terminal_name_is_valid(const char *name);

/* Opens the user's own terminal for writing. -EINVAL for a bad name, -ENOTTY for no terminal, -EPERM for
 * somebody else's, -EBUSY for a console that shows graphics, or another errno of open(2). */
int terminal_open(const char *name);

/* Writes without waiting for a terminal that is stopped or slow: -EAGAIN for one that takes no text now. */
int terminal_put(int fd, const char *text);

/* Both of them. */
int terminal_write(const char *name, const char *text);

/* In characters. */
int terminal_get_size(int fd, unsigned *ret_columns, unsigned *ret_rows);

/* What is typed is neither shown nor a signal to anybody: for whoever goes on typing a password while the
 * screen is another. */
int terminal_ignore_keys(int fd);
