/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which X displays a session has, and how to be let in: by the environment of its own programs, which is
 * where the display manager has put it. Only processes of the calling user are looked at. */

#include <stddef.h>

typedef struct Display {
        char *name;      /* ":0" */
        char *authority; /* the file with the key, for $XAUTHORITY; NULL: it goes without */
} Display;

/* Different ways to the displays of a session, the likeliest first. Returns 0 with none where it has no X
 * display, as some Wayland desktops have not. */
int display_list(const char *session, Display **ret, size_t *ret_n);
Display *display_list_free(Display *displays, size_t n);
