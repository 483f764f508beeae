/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which right a log-off needs, and who the caller is. All of these return as polkit_check() does: 1
 * authorised, 0 the answer is not in and the handler returns 1, negative with the error set. */

#include "core/manager.h"

/* To end these sessions after that grace: the caller's own need log-off-self, an administrator's
 * log-off-administrator, others log-off; a grace below the minimum needs skip-warning as well. */
int authorize_log_off(Manager *m,
                sd_bus_message *message,
                const SessionInfo *const *sessions,
                size_t n_sessions,
                usec_t grace,
                sd_bus_error *error);

/* To end every session after that grace. */
int authorize_log_off_all(Manager *m, sd_bus_message *message, usec_t grace, sd_bus_error *error);

/* To do what follows when everybody is logged off, after that grace. */
int authorize_pending(
                Manager *m, sd_bus_message *message, PendingKind kind, usec_t grace, sd_bus_error *error);

/* The right to a plan, which is the right to call it off too. */
const char *pending_action(PendingKind kind);

/* Whether the caller may end administrators' sessions without being asked for a password. */
int authorize_administrators(Manager *m, sd_bus_message *message, bool *ret, sd_bus_error *error);

/* Whether this is the session that the caller calls from, as the kernel tells of the process that the bus
 * vouches for. It only ever spares a session, so a wrong answer ends nothing. */
bool is_callers_session(sd_bus_message *message, const SessionInfo *f);
