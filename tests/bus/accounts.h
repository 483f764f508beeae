/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The user database as usherd sees it: a /etc/passwd of its own, which can be made to hang like a directory
 * whose server is gone, without hanging the test or the bus. */

#include <glib.h>

/* A copy of /etc/passwd in that directory. Free the path. */
char *accounts_copy(const char *directory);

/* For a process between fork() and exec(): that file is its /etc/passwd, and no other's. */
void accounts_enter(const char *passwd);

/* Whoever asks waits, until accounts_answer() or for 45 seconds (the kernel's lease-break-time). Returns
 * what to give that. */
int accounts_hang(const char *passwd);

/* Those who wait get their answer. */
void accounts_answer(int lease);

/* The processes that usherd has started and that are not gone, of GPid. */
GArray *accounts_askers(GPid usherd);

/* Waits until there are so many. */
void accounts_wait_askers(GPid usherd, guint n);
