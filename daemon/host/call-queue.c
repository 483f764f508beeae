/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/queue.h>

#include "bus-util.h"
#include "call-queue.h"

struct Call {
        CallQueue *queue;
        Call **owner; /* the field that holds this call */
        sd_bus_message *message;
        sd_bus_slot *slot; /* set while in flight */
        CallHandler handler;
        void *userdata;
        TAILQ_ENTRY(Call) calls;
};

struct CallQueue {
        sd_bus *bus;
        unsigned in_flight;
        TAILQ_HEAD(, Call) waiting;
        TAILQ_HEAD(, Call) sent;
};

static void call_queue_pump(CallQueue *q);

int call_queue_new(CallQueue **ret, sd_bus *bus) {
        CallQueue *q;

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;

        *q = (CallQueue) {
                .bus = sd_bus_ref(bus),
                .waiting = TAILQ_HEAD_INITIALIZER(q->waiting),
                .sent = TAILQ_HEAD_INITIALIZER(q->sent),
        };
        *ret = q;
        return 0;
}

static void call_unlink(Call *c) {
        if (c->slot) {
                TAILQ_REMOVE(&c->queue->sent, c, calls);
                c->slot = sd_bus_slot_unref(c->slot);
                c->queue->in_flight--;
        } else
                TAILQ_REMOVE(&c->queue->waiting, c, calls);

        *c->owner = NULL;
        sd_bus_message_unref(c->message);
        free(c);
}

Call *call_free(Call *c) {
        CallQueue *q;

        if (!c)
                return NULL;

        q = c->queue;
        call_unlink(c);
        call_queue_pump(q);
        return NULL;
}

CallQueue *call_queue_free(CallQueue *q) {
        Call *c;

        if (!q)
                return NULL;

        while ((c = TAILQ_FIRST(&q->waiting)) || (c = TAILQ_FIRST(&q->sent)))
                call_unlink(c);

        sd_bus_unref(q->bus);
        free(q);
        return NULL;
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        Call *c = userdata;
        CallQueue *q = c->queue;
        CallHandler handler = c->handler;
        void *handler_userdata = c->userdata;

        call_unlink(c);
        handler(reply, handler_userdata);
        call_queue_pump(q);
        return 0;
}

static void call_queue_pump(CallQueue *q) {
        Call *c;

        while (q->in_flight < CALLS_IN_FLIGHT_MAX && (c = TAILQ_FIRST(&q->waiting))) {
                int r;

                TAILQ_REMOVE(&q->waiting, c, calls);
                r = sd_bus_call_async(q->bus, &c->slot, c->message, on_reply, c, 0);
                if (r < 0) {
                        /* Only a broken connection or no memory fails here; the first ends the daemon, and
                         * whoever waits has a time-out of its own for the second. */
                        TAILQ_INSERT_HEAD(&q->waiting, c, calls);
                        return;
                }

                TAILQ_INSERT_TAIL(&q->sent, c, calls);
                q->in_flight++;
        }
}

int call_queue_send(CallQueue *q, Call **slot, sd_bus_message *m, CallHandler handler, void *userdata) {
        Call *c;

        assert(!*slot);

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;

        *c = (Call) {
                .queue = q,
                .owner = slot,
                .message = sd_bus_message_ref(m),
                .handler = handler,
                .userdata = userdata,
        };
        *slot = c;
        TAILQ_INSERT_TAIL(&q->waiting, c, calls);
        call_queue_pump(q);
        return 0;
}
