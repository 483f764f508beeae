/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <systemd/sd-bus.h>

/* Has the display manager show a greeter on the seat, in its own way. Returns 1 if it was asked to, 0 if it
 * has no way to do that for this seat without touching another one, or a negative errno. */
int display_manager_show_greeter(sd_bus *bus, const char *seat);
