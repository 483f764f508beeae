/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which right an operation needs. All of these return 1 when the sender has it, 0 when the message waits for
 * an answer (the handler returns 1 then), or a negative errno with the error for the sender set:
 * AccessDenied, InteractiveAuthorizationRequired or LimitsExceeded. root has every right without polkit. */

#include "bus/bus.h"
#include "feature/pending.h"

/* The right to a polkit action; details may be NULL. */
int authorize(Bus *b, sd_bus_message *m, const char *action, PolkitDetails details, sd_bus_error *error);

/* The same, but never shows a dialog, and sets *ret to false instead of returning an error if the sender
 * lacks the privilege. For the jobs and sessions that a method then skips. */
int authorize_quietly(Bus *b, sd_bus_message *m, const char *action, bool *ret, sd_bus_error *error);

/* To end these sessions after that grace: log-off-self for the sender's own, log-off-administrator for those
 * of administrators, log-off for others, and skip-warning if the grace is below the minimum. */
int authorize_log_off(Bus *b,
                sd_bus_message *m,
                Session *const *sessions,
                size_t n_sessions,
                usec_t grace,
                sd_bus_error *error);

/* To end all sessions after that grace. */
int authorize_log_off_all(Bus *b, sd_bus_message *m, usec_t grace, sd_bus_error *error);

/* The polkit action of a pending action. It is also needed to cancel it. */
const char *pending_polkit_action(PendingKind kind);

/* To begin a pending action with that grace. */
int authorize_pending(Bus *b, sd_bus_message *m, PendingKind kind, usec_t grace, sd_bus_error *error);

/* To manage a station, or all of them where it is NULL. */
int authorize_station(
                Bus *b, sd_bus_message *m, const char *station, const char *label, sd_bus_error *error);
