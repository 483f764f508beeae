/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdarg.h>
#include <sys/queue.h>

#include "common/bus-util.h"
#include "common/log.h"
#include "common/text.h"
#include "common/timespan.h"
#include "peer/async-call.h"

#define ERROR_TEXT_MAX 512

struct AsyncCall {
        AsyncQueue *queue;
        AsyncCall **slot; /* the field that holds this call; NULL: the queue owns it */
        sd_bus_message *message;
        sd_bus_slot *bus_slot; /* set while in flight */
        usec_t sent;
        AsyncHandler handler;
        void *userdata;
        TAILQ_ENTRY(AsyncCall) calls;
};

struct AsyncQueue {
        sd_bus *bus;
        unsigned in_flight_max;
        usec_t timeout;
        unsigned in_flight;
        TAILQ_HEAD(, AsyncCall) waiting;
        TAILQ_HEAD(, AsyncCall) sent;
};

int async_queue_new(AsyncQueue **ret, sd_bus *bus, unsigned in_flight_max, usec_t timeout) {
        AsyncQueue *q;

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;

        *q = (AsyncQueue) {
                .bus = sd_bus_ref(bus),
                .in_flight_max = in_flight_max,
                .timeout = timeout,
                .waiting = TAILQ_HEAD_INITIALIZER(q->waiting),
                .sent = TAILQ_HEAD_INITIALIZER(q->sent),
        };
        *ret = q;
        return 0;
}

static void async_call_unlink(AsyncCall *c) {
        if (c->bus_slot) {
                TAILQ_REMOVE(&c->queue->sent, c, calls);
                c->bus_slot = sd_bus_slot_unref(c->bus_slot);
                c->queue->in_flight--;
        } else
                TAILQ_REMOVE(&c->queue->waiting, c, calls);

        if (c->slot)
                *c->slot = NULL;
        sd_bus_message_unref(c->message);
        free(c);
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

static void log_error_reply(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;

        if (!sd_bus_message_is_method_error(reply, NULL))
                return;

        text = async_reply_error_text(reply);
        log_debug("'%s' failed a call, ignoring: %s", strempty(sd_bus_message_get_sender(reply)),
                        strempty(text));
}

static void async_queue_pump(AsyncQueue *q);

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

/* Sends what the limit permits. */
static void async_queue_pump(AsyncQueue *q) {
        AsyncCall *c;

        while (q->in_flight < q->in_flight_max && (c = TAILQ_FIRST(&q->waiting))) {
                int r;

                TAILQ_REMOVE(&q->waiting, c, calls);
                r = sd_bus_call_async(q->bus, &c->bus_slot, c->message, on_reply, c, q->timeout);
                if (r < 0) {
                        /* Only a broken connection or a lack of memory causes this. The first ends the
                         * daemon; after the second, the next call or reply tries again. */
                        TAILQ_INSERT_HEAD(&q->waiting, c, calls);
                        return;
                }

                c->sent = now_monotonic();
                TAILQ_INSERT_TAIL(&q->sent, c, calls);
                q->in_flight++;
        }
}

static AsyncCall *async_call_new(
                AsyncQueue *q, AsyncCall **slot, sd_bus_message *m, AsyncHandler handler, void *userdata) {
        AsyncCall *c;

        assert(!slot || !*slot);

        c = malloc(sizeof(*c));
        if (!c)
                return NULL;

        *c = (AsyncCall) {
                .queue = q,
                .slot = slot,
                .message = sd_bus_message_ref(m),
                .handler = handler ? handler : log_error_reply,
                .userdata = userdata,
        };
        if (slot)
                *slot = c;
        return c;
}

int async_call(AsyncQueue *q, AsyncCall **slot, sd_bus_message *m, AsyncHandler handler, void *userdata) {
        AsyncCall *c = async_call_new(q, slot, m, handler, userdata);

        if (!c)
                return -ENOMEM;

        TAILQ_INSERT_TAIL(&q->waiting, c, calls);
        async_queue_pump(q);
        return 0;
}

int async_call_first(
                AsyncQueue *q, AsyncCall **slot, sd_bus_message *m, AsyncHandler handler, void *userdata) {
        AsyncCall *c = async_call_new(q, slot, m, handler, userdata);

        if (!c)
                return -ENOMEM;

        TAILQ_INSERT_HEAD(&q->waiting, c, calls);
        async_queue_pump(q);
        return 0;
}

usec_t async_call_sent(const AsyncCall *c) {
        return c->bus_slot ? c->sent : USEC_INFINITY;
}

int async_callf(AsyncQueue *q,
                AsyncCall **slot,
                AsyncHandler handler,
                void *userdata,
                const char *destination,
                const char *path,
                const char *interface,
                const char *member,
                const char *types,
                ...) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        va_list ap;
        int r;

        r = sd_bus_message_new_method_call(q->bus, &m, destination, path, interface, member);
        if (r < 0)
                return r;

        if (!isempty(types)) {
                va_start(ap, types);
                r = sd_bus_message_appendv(m, types, ap);
                va_end(ap);
                if (r < 0)
                        return r;
        }

        return async_call(q, slot, m, handler, userdata);
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

int async_reply_errno(sd_bus_message *reply) {
        if (!sd_bus_message_is_method_error(reply, NULL))
                return 0;

        /* sd-bus gives these the errno of an object that does not exist, which is another matter. */
        if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
                        sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
                return -EHOSTUNREACH;

        return -sd_bus_message_get_errno(reply);
}

char *async_reply_error_text(sd_bus_message *reply) {
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        return text_sanitize(strempty(error ? error->message : NULL), ERROR_TEXT_MAX);
}
