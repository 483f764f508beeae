/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "common/macro.h"

#define _cleanup_bus_close_ _cleanup_(sd_bus_flush_close_unrefp)
#define _cleanup_bus_message_ _cleanup_(sd_bus_message_unrefp)
#define _cleanup_bus_error_ _cleanup_(sd_bus_error_free)
#define _cleanup_creds_ _cleanup_(sd_bus_creds_unrefp)
#define _cleanup_event_ _cleanup_(sd_event_unrefp)

/* One property while an a{sv} is read: the message stands inside the variant. Returns 1 when the property
 * was read, 0 when it is not wanted (it is skipped then), or a negative errno. */
typedef int (*BusPropertyFunc)(sd_bus_message *m, const char *name, const char *contents, void *userdata);

/* Walks an a{sv} and passes each entry to func, which refuses properties of an unexpected type. Returns 0 or
 * a negative errno. */
int bus_message_read_properties(sd_bus_message *m, BusPropertyFunc func, void *userdata);

/* Reads a string property into its field. Returns 1, as a BusPropertyFunc does, or a negative errno. */
int bus_message_read_string(sd_bus_message *m, char **p);
