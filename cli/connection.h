/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Calls to usherd. All of these functions print what went wrong and return a negative errno then. |what|
 * says what failed, for that error: "Failed to end the session". */

#include "cli/command.h"
#include "cli/snapshot.h"

/* Opens the bus, once. */
int connection_open(Command *c);

/* Gets all objects. The call starts usherd where it can be started by its bus name. */
int connection_snapshot(Command *c, Snapshot **ret);

/* Begins a call that tells usherd whether the user can be asked for a password. */
int connection_new_call(Command *c,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message **ret);

/* Makes the call and waits: without a limit where the user may be typing a password. */
int connection_call(Command *c, sd_bus_message *m, const char *what, sd_bus_message **ret_reply);

/* The two in one, with arguments as for sd_bus_message_append(). */
int connection_call_method(Command *c,
                const char *path,
                const char *interface,
                const char *member,
                const char *what,
                sd_bus_message **ret_reply,
                const char *types,
                ...);

/* Reads a reply that is one number. */
int connection_read_number(sd_bus_message *reply, uint32_t *ret);

/* Prints why a call failed. */
int connection_error(Command *c, const sd_bus_error *error, const char *what);
