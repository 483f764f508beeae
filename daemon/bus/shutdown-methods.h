/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods after which everybody is logged off and the machine is another: Restart, PowerOff, SetMode. */

#include "core/manager.h"

/* "a{sv}": the options, for PENDING_RESTART and PENDING_POWER_OFF. */
int shut_down(Manager *m, sd_bus_message *message, PendingKind kind, sd_bus_error *error);

/* "s a{sv}": the mode and the options. The machine's own mode gives no jobs. */
int set_mode(Manager *m, sd_bus_message *message, sd_bus_error *error);
