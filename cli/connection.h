/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"
#include "cli/snapshot.h"

/* Opens the bus, once. Each of these says what went wrong. */
int connection_open(Command *c);
int connection_snapshot(Command *c, Snapshot **ret);

/* Begins a call. Where a person may be asked for a password, it says so to usherd. */
int connection_new_call(Command *c,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message **ret);

/* Makes the call and waits, as long as somebody may be typing a password. A refusal is told in people's
 * words: |what| is what was not done, "Failed to end the session". */
int connection_call(Command *c, sd_bus_message *m, const char *what, sd_bus_message **ret_reply);

/* Says why a call failed. Returns the error's negative errno. */
int connection_complain(Command *c, const sd_bus_error *error, const char *what);
