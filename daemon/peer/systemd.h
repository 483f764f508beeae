/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* systemd as a peer: it starts what runs with another's rights, so that the daemon itself needs none, and it
 * stops the scope of a session that survived its end. See org.freedesktop.systemd1(5). */

#include <systemd/sd-bus.h>

#include "common/macro.h"

typedef struct Units Units;
typedef struct UnitsCall UnitsCall;

int units_new(Units **ret, sd_bus *bus);
Units *units_free(Units *u);
DEFINE_CLEANUP(Units *, units_free);

/* Starts usher-warn as this user. Where it runs already nothing happens. That it could not be started is
 * logged; the warning's grace does not depend on it. */
void units_start_warn(Units *u, uid_t uid);

typedef void (*UnitsFailedHandler)(uid_t uid, void *userdata);

/* The same for usher-identify; failed() is called when systemd would not, as where it is not installed. */
void units_start_identify(Units *u, uid_t uid, UnitsFailedHandler failed, void *userdata);

/* Tells whoever wants to know that no login screen came back at a seat: starts
 * usher-no-login-screen@SEAT.target. */
void units_start_no_login_screen(Units *u, const char *seat);

/* Stops a scope; what stays on is told by logind. */
void units_stop_scope(Units *u, const char *scope);

/* names: the programs that still run in the scope with their pids, "vim (1234), sh (1200)", "" for none. */
typedef void (*UnitsSurvivorsHandler)(const char *names, void *userdata);

/* Lists what runs in a scope. The field that ret points to is NULL again when the handler runs. */
int units_list_survivors(
                Units *u, UnitsCall **ret, const char *scope, UnitsSurvivorsHandler handler, void *userdata);

/* Whether systemd is on its way to shut the machine down, or into its rescue mode; also where logind knows
 * nothing of it, as at Ctrl-Alt-Del. Negative where there is no saying. */
typedef void (*UnitsShutdownHandler)(int r, void *userdata);

/* Asks that. The field that ret points to is NULL again when the handler runs. */
int units_ask_shutdown(Units *u, UnitsCall **ret, UnitsShutdownHandler handler, void *userdata);

UnitsCall *units_call_free(UnitsCall *c);
