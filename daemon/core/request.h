/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A request to logind that takes several calls and has one outcome: all of them succeeded, or the first
 * error. */

#include "core/manager.h"
#include "peer/logind-request.h"

/* r is 0, or what the first failed call's error is as a negative errno; text is logind's own message then,
 * safe to show. */
typedef void (*LogindRequestHandler)(int r, const char *text, void *userdata);

/* The handler may be NULL: an error is logged then, "Failed to <what>: …". |what| must be a static string.
 * The request belongs to the manager until the handler has run. */
int logind_request_new(LogindRequest **ret,
                Manager *m,
                const char *what,
                size_t n_calls,
                LogindRequestHandler handler,
                void *userdata);

/* Frees it; the handler does not run. Returns NULL. */
LogindRequest *logind_request_free(LogindRequest *q);
DEFINE_CLEANUP(LogindRequest *, logind_request_free);

/* The slot and userdata for the next of the n_calls calls, whose handler is logind_request_on_reply(). */
AsyncCall **logind_request_slot(LogindRequest *q, void **ret_userdata);
void logind_request_on_reply(sd_bus_message *reply, void *userdata);

/* All calls are sent. The handler runs when all are answered, which may be now. */
void logind_request_sent(LogindRequest *q);

/* Locks every session of a person at this seat. Returns a negative errno if it could not be asked; then the
 * handler does not run. */
int manager_lock_seat(Manager *m, const char *seat, LogindRequestHandler handler, void *userdata);
