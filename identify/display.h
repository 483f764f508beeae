/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which X displays a session has, and how to connect to them. Both come from the environment of the
 * session's programs, where the display manager has put them. Only the calling user's processes are read. */

#include <stddef.h>

typedef struct Display {
        char *name;      /* ":0" */
        char *authority; /* the file with the key, for $XAUTHORITY, or NULL */
} Display;

/* Lists the ways to connect to the displays of a session, in the order to try them. Returns 0 or a negative
 * errno. The list is empty where the session has no X display, as with some Wayland desktops. */
int display_list(const char *session, Display **ret, size_t *ret_n);
Display *display_list_free(Display *displays, size_t n);
