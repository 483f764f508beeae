/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Begins a pending action, and warns those who log in while it is pending. */

#include "feature/pending-action.h"

/* Asks logind who inhibits a shutdown, starts the jobs, and answers the caller. May answer, and free the
 * action, before it returns. Returns a negative errno if logind could not be asked; the caller frees the
 * action then. */
int pending_begin(PendingAction *p);

/* Starts jobs for the sessions that have none, with the minimum grace, and makes the action wait for them.
 * Leaves out those that could not be ended before. Returns how many jobs the action waits for, or a negative
 * errno as jobs_start() does. */
int pending_warn_late(PendingAction *p);
