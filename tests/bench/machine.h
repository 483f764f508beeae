/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the benchmarks do to the machine: they open many sessions at once, call usherd and logind, and wait
 * until both are idle. Every failure ends the program. */

#include "session.h"

#define USHER "org.usher1", "/org/usher1", "org.usher1.Manager"
#define LOGIND "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"

#define USHERD_SERVICE "usherd.service"
#define LOGIND_SERVICE "systemd-logind.service"

/* So many sessions at once take a small machine a while. */
#define MACHINE_WAIT_MSEC 240000

GVariant *machine_call(Box *box,
                const char *name,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arg);
/* How many elements the list has that a call returned. */
guint machine_count(GVariant *reply);

void machine_systemctl(const char *verb, const char *unit);

/* Until the service has used no CPU time for two seconds: what it puts off counts as well. */
void machine_wait_quiet(const char *service);

/* Opens n sessions at once, of the users u1, u2, … on the seats of the same numbers, and asks nobody while
 * they open, since the answers would be counted. */
GPtrArray *machine_open(Box *box, guint n_seats, guint n);
/* Waits for the id and the leader of each. */
void machine_assert_open(GPtrArray *sessions);
/* Until logind knows no user. */
void machine_wait_empty(Box *box);
