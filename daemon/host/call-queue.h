/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Method calls to one neighbour, a limited number in flight: dbus-daemon cuts off a connection with more than 128
 * unanswered calls, and a class of two hundred sessions must not make logind stumble. */

#include <systemd/sd-bus.h>

#include "macro.h"

#define CALLS_IN_FLIGHT_MAX 64U

typedef struct Call Call;
typedef struct CallQueue CallQueue;

/* Gets the reply (an error is a reply too). By then the call is freed and the field that held it is NULL. The queue
 * itself must outlive the handler. */
typedef void (*CallHandler)(sd_bus_message *reply, void *userdata);

int call_queue_new(CallQueue **ret, sd_bus *bus);
CallQueue *call_queue_free(CallQueue *q);
DEFINE_CLEANUP(CallQueue *, call_queue_free);

/* Sends m when its turn comes. |slot| is the field of the object that waits: it holds the call until the handler
 * runs; call_free() on it takes the call back, and then the handler never runs. */
int call_queue_send(CallQueue *q, Call **slot, sd_bus_message *m, CallHandler handler, void *userdata);

Call *call_free(Call *c);
