/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/* Whether this is a terminal as logind names them, below /dev: "tty3" or "pts/4", nothing else. */
bool terminal_name_is_valid(const char *name);

/* Opens the user's own terminal for writing. -EINVAL for an invalid name, -ENOTTY if it is no terminal,
 * -EPERM if it belongs to somebody else, -EBUSY for a console in graphics mode, or another errno of
 * open(2). */
int terminal_open(const char *name);

/* Writes without waiting for a stopped or slow terminal: -EAGAIN if it accepts no text now. */
int terminal_put(int fd, const char *text);

/* Opens and writes. */
int terminal_write(const char *name, const char *text);

/* In characters. */
int terminal_get_size(int fd, unsigned *ret_columns, unsigned *ret_rows);

/* Turns off echo and signals of keys: the user may go on typing a password while another screen is shown. */
int terminal_ignore_keys(int fd);
