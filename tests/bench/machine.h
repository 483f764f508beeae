/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Actions of the benchmarks: they open many sessions at once, call usherd and logind, and wait until both
 * are idle. Any failure ends the program. */

#include "session.h"

#define USHER "org.usher1", "/org/usher1", "org.usher1.Manager"
#define LOGIND "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"

#define USHERD_SERVICE "usherd.service"
#define LOGIND_SERVICE "systemd-logind.service"

/* Opening this many sessions at once takes a small machine a while. */
#define MACHINE_WAIT_MSEC 240000

GVariant *machine_call(Box *box,
                const char *name,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arg);
/* The number of elements of the list that a call returned. */
guint machine_count(GVariant *reply);

void machine_systemctl(const char *verb, const char *unit);

/* Waits until the service has used no CPU time for two seconds: deferred work counts too. */
void machine_wait_quiet(const char *service);

/* Opens n sessions at once, of the users u1, u2, … on the seats of the same numbers. Nobody is queried
 * meanwhile: the answers would count. */
GPtrArray *machine_open(Box *box, guint n_seats, guint n);
/* Waits for the id and the leader of each. */
void machine_assert_open(GPtrArray *sessions);
/* Waits until logind has no users. */
void machine_wait_empty(Box *box);
