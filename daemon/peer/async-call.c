/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/queue.h>

#include "common/bus-util.h"
#include "peer/async-call.h"

struct AsyncCall {
        AsyncQueue *queue;
        AsyncCall **owner; /* the field that holds this call */
        sd_bus_message *message;
        sd_bus_slot *slot; /* set while in flight */
        AsyncHandler handler;
        void *userdata;
        TAILQ_ENTRY(AsyncCall) calls;
};

struct AsyncQueue {
        sd_bus *bus;
        unsigned in_flight;
        TAILQ_HEAD(, AsyncCall) waiting;
        TAILQ_HEAD(, AsyncCall) sent;
};

static void async_queue_pump(AsyncQueue *q);

int async_queue_new(AsyncQueue **ret, sd_bus *bus) {
        AsyncQueue *q;

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;

        *q = (AsyncQueue) {
                .bus = sd_bus_ref(bus),
                .waiting = TAILQ_HEAD_INITIALIZER(q->waiting),
                .sent = TAILQ_HEAD_INITIALIZER(q->sent),
        };
        *ret = q;
        return 0;
}

static void async_call_unlink(AsyncCall *c) {
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

AsyncCall *async_call_free(AsyncCall *c) {
        AsyncQueue *q;

        if (!c)
                return NULL;

        q = c->queue;
        async_call_unlink(c);
        async_queue_pump(q);
        return NULL;
}

AsyncQueue *async_queue_free(AsyncQueue *q) {
        AsyncCall *c;

        if (!q)
                return NULL;

        while ((c = TAILQ_FIRST(&q->waiting)) || (c = TAILQ_FIRST(&q->sent)))
                async_call_unlink(c);

        sd_bus_unref(q->bus);
        free(q);
        return NULL;
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        AsyncCall *c = userdata;
        AsyncQueue *q = c->queue;
        AsyncHandler handler = c->handler;
        void *handler_userdata = c->userdata;

        async_call_unlink(c);
        handler(reply, handler_userdata);
        async_queue_pump(q);
        return 0;
}

static void async_queue_pump(AsyncQueue *q) {
        AsyncCall *c;

        while (q->in_flight < ASYNC_IN_FLIGHT_MAX && (c = TAILQ_FIRST(&q->waiting))) {
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

int async_call(AsyncQueue *q, AsyncCall **slot, sd_bus_message *m, AsyncHandler handler, void *userdata) {
        AsyncCall *c;

        assert(!*slot);

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;

        *c = (AsyncCall) {
                .queue = q,
                .owner = slot,
                .message = sd_bus_message_ref(m),
                .handler = handler,
                .userdata = userdata,
        };
        *slot = c;
        TAILQ_INSERT_TAIL(&q->waiting, c, calls);
        async_queue_pump(q);
        return 0;
}
