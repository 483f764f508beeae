/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <systemd/sd-bus.h>

#include "cli/snapshot.h"

/* The one call that gets all of it. */
int snapshot_new_call(sd_bus *bus, sd_bus_message **ret);

/* Reads the answer. A property that usherd does not have, or has with another type, stays empty. */
int snapshot_new_from_reply(sd_bus_message *reply, Snapshot **ret);

/* Both at once, and waits for it. */
int snapshot_read(sd_bus *bus, Snapshot **ret, sd_bus_error *ret_error);
