/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Begins a pending action. */

#include "feature/pending-action.h"

/* Asks logind who inhibits a shutdown, starts the jobs, and answers the caller. May answer, and free the
 * action, before it returns. Returns a negative errno if logind could not be asked; the caller frees the
 * action then. */
int pending_begin(PendingAction *p);
