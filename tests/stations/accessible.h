/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A program as a screen reader sees it: the tree of AT-SPI. */

#include <gio/gio.h>

/* Where one object of the tree is. */
typedef struct Accessible {
        char *bus, *path, *role, *name;
} Accessible;

/* The bus of AT-SPI of a user, by the session bus at that address, which starts what is missing. */
GDBusConnection *accessible_connect(const char *session_address, uid_t uid);

/* All objects of all programs that can be seen, parents first; of Accessible. */
GPtrArray *accessible_list(GDBusConnection *connection);

/* The first with that role and name in the list; NULL if there is none. */
const Accessible *accessible_find(GPtrArray *list, const char *role, const char *name);

/* Does what a press of the object does. */
void accessible_press(GDBusConnection *connection, const Accessible *accessible);
