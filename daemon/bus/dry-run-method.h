/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Whom a log-off would end, before anybody is warned. */

#include <systemd/sd-bus.h>

/* "s method, s argument, a{sv}" → "a(ssusso)". Everything up to the authorization is done by the code of
 * that method, so both always agree. */
int method_dry_run(sd_bus_message *message, void *userdata, sd_bus_error *error);
