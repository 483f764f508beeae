/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* After a log-off a greeter or a new session must stand on that seat in time, else the station says so: a
 * black screen is the commonest complaint. */

#include "core/manager.h"

/* A graphical session has ended on this seat by that job. */
void login_screen_expect(Manager *m, const char *seat, uint32_t job);

/* Looks whether a login screen or a session stands there now, as sessions come. */
void login_screen_check(Manager *m, const char *seat);

void login_screen_done(Manager *m);
