/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The one way to reply to a method call later. A handler lets its message wait by one of the functions
 * below, and returns 1.
 *
 * A call that waits for the user database or for polkit is dispatched again from its start, so that every
 * argument, object and limit is looked at again, and no pointer survives the wait (CVE-2020-1712). A call
 * whose action is under way is replied to by the handler of that action. */

#include "bus/deferred-limits.h"

/* The user database answers within milliseconds, or something is wrong: then the caller waits for this long.
 */
#define DEFERRED_LOOKUP_USEC (2 * USEC_PER_SEC)

typedef struct DeferredCall DeferredCall;

int deferred_new(Deferred **ret, Bus *b);

/* Drops all calls without a reply. */
Deferred *deferred_free(Deferred *d);
DEFINE_CLEANUP(Deferred *, deferred_free);

/* A message enters its handler. Calls that have been dispatched again before are complete, and end here. */
void deferred_begin_dispatch(Deferred *d, sd_bus_message *m);

/* Lets a message of this user wait for the user database. Returns 0 if it waits, 1 if it must go on without
 * an answer, because its time is up, too many wait or polkit has been asked already, or a negative errno. */
int deferred_wait_for_lookup(Deferred *d, sd_bus_message *m, uid_t uid);

/* The user database has answered a lookup: all calls that wait for it are dispatched again. */
void deferred_lookup_done(Deferred *d);

/* Sets *ret to polkit's answer, or to POLKIT_ANSWER_NONE if the message waits for it. The check is cancelled
 * when the sender leaves the bus. Returns 0 or a negative errno; the error is set if there are too many. */
int deferred_authorize(Deferred *d,
                sd_bus_message *m,
                uid_t uid,
                const char *action,
                PolkitDetails details,
                bool interactive,
                PolkitAnswer *ret,
                sd_bus_error *error);

/* Lets the message wait for its reply. Returns 0 or a negative errno; the error is set if there are too
 * many. */
int deferred_wait_for_reply(
                Deferred *d, sd_bus_message *m, uid_t uid, DeferredCall **ret, sd_bus_error *error);

/* An action that has the call as its userdata was started with the result r. Returns what the method handler
 * returns: 1, or r where it is an error, which ends the call. */
int deferred_call_started(DeferredCall *c, int r);

Bus *deferred_call_bus(const DeferredCall *c);
sd_bus_message *deferred_call_message(const DeferredCall *c);

/* Sends an empty reply, or an error, and frees the call. */
void deferred_call_reply(DeferredCall *c);
void deferred_call_error(DeferredCall *c, const sd_bus_error *error);

/* Frees the call without a reply. Returns NULL. */
DeferredCall *deferred_call_free(DeferredCall *c);
