/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The pending action: a restart, a power-off or a change of mode that follows when all users are logged off.
 * There is at most one. It is stored with its jobs until logind or systemd has accepted or refused it, so it
 * survives a restart of usherd as they do, and is carried out only once. Cancelling one of its jobs cancels
 * the whole action. */

#include "core/feature.h"
#include "feature/pending-action.h"

extern const Feature pending_feature;

/* The kind of the action that is pending or under way, or PENDING_NONE. */
PendingKind pending_current(Manager *m);

/* Whether an action may begin now: PENDING_STARTED if so, PENDING_SHUTTING_DOWN or PENDING_BUSY if not. */
PendingOutcome pending_check(Manager *m);

/* Begins an action for an authorised caller. The handler gets the outcome, once; possibly before this
 * returns. Returns -ENOMEM or why logind could not be asked; then the handler does not run. */
int pending_start(Manager *m, const PendingRequest *request, PendingHandler handler, void *userdata);

/* Cancels the action with its jobs whose end has not begun. ret_jobs: how many those were. Returns -ENOENT
 * if there is no action, -EALREADY if logind or systemd is carrying it out. */
int pending_cancel(Manager *m, unsigned *ret_jobs);
