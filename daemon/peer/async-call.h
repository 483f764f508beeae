/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Method calls to one peer, a limited number in flight: a class of two hundred sessions must not make logind
 * stumble, and dbus-daemon refuses whatever a connection with 128 unanswered calls sends, whomever it is to.
 */

#include <systemd/sd-bus.h>

#include "common/macro.h"

/* max_replies_per_connection= of dbus-daemon(1). All queues and the questions to polkit share it. */
#define BUS_REPLIES_MAX 128U

/* To logind, to systemd, and one for each of the two units that are followed. */
#define ASYNC_QUEUES_MAX 4U
#define ASYNC_IN_FLIGHT_MAX 16U

typedef struct AsyncCall AsyncCall;
typedef struct AsyncQueue AsyncQueue;

/* Gets the reply (an error is a reply too). By then the call is freed and the field that held it is NULL.
 * The queue itself must outlive the handler. */
typedef void (*AsyncHandler)(sd_bus_message *reply, void *userdata);

int async_queue_new(AsyncQueue **ret, sd_bus *bus);
AsyncQueue *async_queue_free(AsyncQueue *q);
DEFINE_CLEANUP(AsyncQueue *, async_queue_free);

/* Sends m when its turn comes. |slot| is the field of the object that waits: it holds the call until the
 * handler runs; async_call_free() on it takes the call back, and then the handler never runs. */
int async_call(AsyncQueue *q, AsyncCall **slot, sd_bus_message *m, AsyncHandler handler, void *userdata);

AsyncCall *async_call_free(AsyncCall *c);
