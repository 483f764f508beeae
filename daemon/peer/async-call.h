/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The one way to call a method of a peer: asynchronously, through a queue with a limited number of calls in
 * flight. A class of two hundred sessions must not overload logind, and dbus-daemon rejects everything from
 * a connection that already waits for max_replies_per_connection replies. */

#include <systemd/sd-bus.h>

#include "common/macro.h"

/* max_replies_per_connection= of dbus-daemon(1). All queues share it; the in_flight_max of all of them
 * together must stay below. */
#define BUS_REPLIES_MAX 128U

/* The in_flight_max of each queue but polkit's, and how many such queues there are: for logind,
 * for the ends of sessions and for systemd. */
#define ASYNC_IN_FLIGHT_MAX 16U
#define ASYNC_QUEUES_MAX 3U

typedef struct AsyncQueue AsyncQueue;
typedef struct AsyncCall AsyncCall;

/* Receives the reply, which may be an error. The call is already freed and its slot field is NULL. The queue
 * must outlive the handler. */
typedef void (*AsyncHandler)(sd_bus_message *reply, void *userdata);

/* At most in_flight_max calls are sent and unanswered at a time; further calls wait in order. |timeout| is
 * the time that a peer has to answer one call: 0 for the default of sd-bus, UINT64_MAX for no limit. Returns
 * -ENOMEM when out of memory. */
int async_queue_new(AsyncQueue **ret, sd_bus *bus, unsigned in_flight_max, usec_t timeout);

/* Cancels all calls without calling their handlers. */
AsyncQueue *async_queue_free(AsyncQueue *q);
DEFINE_CLEANUP(AsyncQueue *, async_queue_free);

/* Sends m as soon as the limit permits. |slot| is a field, NULL so far, of the object that waits: it holds
 * the call until the handler runs. async_call_free() on it cancels the call, and the handler never runs. If
 * |slot| is NULL, the queue owns the call and nobody can cancel it. If |handler| is NULL, an error reply is
 * logged at debug level. Returns -ENOMEM when out of memory. */
int async_call(AsyncQueue *q, AsyncCall **slot, sd_bus_message *m, AsyncHandler handler, void *userdata);

/* async_call() ahead of the calls that wait. */
int async_call_first(
                AsyncQueue *q, AsyncCall **slot, sd_bus_message *m, AsyncHandler handler, void *userdata);

/* async_call() for a message that is built from |types| and the arguments, as sd_bus_message_append(3) takes
 * them. Returns 0 or a negative errno. */
int async_callf(AsyncQueue *q,
                AsyncCall **slot,
                AsyncHandler handler,
                void *userdata,
                const char *destination,
                const char *path,
                const char *interface,
                const char *member,
                const char *types,
                ...);

/* When the call was sent (CLOCK_MONOTONIC), USEC_INFINITY while it waits. */
usec_t async_call_sent(const AsyncCall *c);

/* Cancels the call and sets its slot field to NULL. */
AsyncCall *async_call_free(AsyncCall *c);

/* 0, or the negative errno of an error reply: -EHOSTUNREACH if the peer is not there, -ETIMEDOUT if it did
 * not answer. */
int async_reply_errno(sd_bus_message *reply);

/* The message of an error reply, safe to show, at most 512 bytes. "" if there is none, NULL when out of
 * memory. */
char *async_reply_error_text(sd_bus_message *reply);
