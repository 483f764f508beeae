/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which displays a session has, and how to connect to them. This comes from the environment of the session's
 * programs, where the display manager or the compositor has put it. Only the calling user's processes are
 * read. */

#include <stdbool.h>
#include <stddef.h>

typedef struct Display {
        bool wayland;
        char *name;      /* ":0", or the path of the compositor's socket */
        char *authority; /* the file with the key of an X server, for $XAUTHORITY, or NULL */
} Display;

/* Lists the ways to connect to the displays of a session, in the order to try them: Wayland first, because
 * an X server beside it shows only what it runs itself. Returns 0 or a negative errno. */
int display_list(const char *session, Display **ret, size_t *ret_n);
Display *display_list_free(Display *displays, size_t n);
