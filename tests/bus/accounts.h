/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The user database of usherd: an /etc/passwd of its own. It can be made to hang, like a directory whose
 * server is down, without blocking the test or the bus. */

#include <glib.h>

/* Returns the path of a copy of /etc/passwd in that directory; the caller frees it. */
char *accounts_copy(const char *directory);

/* For a process between fork() and exec(): makes that file the /etc/passwd of this process alone. */
void accounts_enter(const char *passwd);

/* Lookups block from now on, until accounts_answer() or for 45 seconds (the kernel's lease-break-time).
 * Returns the argument for accounts_answer(). */
int accounts_hang(const char *passwd);

/* Blocked lookups are answered. */
void accounts_answer(int lease);

/* The lookup workers of usherd that are still running, of GPid. */
GArray *accounts_workers(GPid usherd);

/* Waits until that many workers run. */
void accounts_wait_workers(GPid usherd, guint n);
