/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/manager.h"

/* What the user database has to say before a request is judged: what the sender is called, and which of
 * these sessions are administrators'. It comes before the first question to polkit. Returns 1 when it is
 * known or not to be had in time, 0 when the message is held (the handler returns 1 then), negative with the
 * error set. */
int sender_await(Manager *m,
                sd_bus_message *message,
                const SessionInfo *const *sessions,
                size_t n_sessions,
                sd_bus_error *error);

/* The same, of all sessions. */
int sender_await_all(Manager *m, sd_bus_message *message, sd_bus_error *error);

/* The account that is asking, by the name that its own session or the user database has for it. */
int sender_name(Manager *m, sd_bus_message *message, uid_t *ret_uid, char **ret_name);
