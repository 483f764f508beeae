/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Messages of D-Bus as text, so that a corpus can be read and each change of a byte is another message. A
 * message is its signature and then its values, as busctl(1) takes them, but each on a line of its own:
 *
 *     sa{sv}
 *     org.usher1.Job
 *     1              how many entries the array has
 *     Message
 *     s              what the variant contains
 *     Class is over
 */

#include <systemd/sd-bus.h>

#include "common/macro.h"

typedef struct Lines {
        const char *next;
        const char *end;
        char *line; /* the latest, owned */
} Lines;

void lines_init(Lines *l, const uint8_t *data, size_t size);
void lines_done(Lines *l);

/* The next line, valid until the next call. NULL after the last one. */
const char *lines_next(Lines *l);

/* Appends the values that follow. Stops where sd-bus refuses a value, or where the lines end: then the
 * message is of no use. Returns 0 or a negative errno. */
int message_append(sd_bus_message *m, Lines *l);

/* The same where the signature was read already. */
int message_append_as(sd_bus_message *m, const char *types, Lines *l);
