/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/queue.h>

#include "bus/deferred.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/timespan.h"

typedef struct DeferredCall {
        Deferred *deferred;
        sd_bus_message *message;
        uid_t uid;
        usec_t until;
        sd_event_source *timer;
        sd_event_source *dispatched; /* set while it goes through its handler again */
        TAILQ_ENTRY(DeferredCall) messages;
} DeferredCall;

struct Deferred {
        sd_bus *bus;
        unsigned n_messages;
        TAILQ_HEAD(, DeferredCall) messages;
};

int deferred_new(Deferred **ret, sd_bus *bus) {
        Deferred *h;

        h = malloc(sizeof(*h));
        if (!h)
                return -ENOMEM;

        *h = (Deferred) { .bus = sd_bus_ref(bus), .messages = TAILQ_HEAD_INITIALIZER(h->messages) };
        *ret = h;
        return 0;
}

static DeferredCall *deferred_call_free(DeferredCall *e) {
        TAILQ_REMOVE(&e->deferred->messages, e, messages);
        e->deferred->n_messages--;
        sd_event_source_disable_unref(e->timer);
        sd_event_source_disable_unref(e->dispatched);
        sd_bus_message_unref(e->message);
        free(e);
        return NULL;
}

Deferred *deferred_free(Deferred *h) {
        DeferredCall *e;

        if (!h)
                return NULL;

        while ((e = TAILQ_FIRST(&h->messages)))
                deferred_call_free(e);

        sd_bus_unref(h->bus);
        free(h);
        return NULL;
}

static DeferredCall *deferred_find(Deferred *h, sd_bus_message *m) {
        DeferredCall *e;

        TAILQ_FOREACH(e, &h->messages, messages)
                if (e->message == m)
                        return e;

        return NULL;
}

static unsigned count_uid(Deferred *h, uid_t uid) {
        DeferredCall *e;
        unsigned n = 0;

        TAILQ_FOREACH(e, &h->messages, messages)
                n += e->uid == uid;

        return n;
}

static int on_dispatched(sd_event_source *s, void *userdata) {
        deferred_call_free(userdata);
        return 0;
}

static void dispatch_again(DeferredCall *e) {
        int r;

        if (e->dispatched)
                return;

        r = bus_message_dispatch_again(e->message, &e->dispatched, on_dispatched, e);
        if (r < 0) {
                (void) sd_bus_reply_method_errno(e->message, r, NULL);
                deferred_call_free(e);
        }
}

static int on_timeout(sd_event_source *s, uint64_t usec, void *userdata) {
        dispatch_again(userdata);
        return 0;
}

int deferred_hold(Deferred *h, sd_bus_message *m, uid_t uid) {
        DeferredCall *e;
        int r;

        e = deferred_find(h, m);
        if (e) {
                if (now_monotonic() >= e->until)
                        return 1;

                e->dispatched = sd_event_source_disable_unref(e->dispatched);
                return 0;
        }

        if (h->n_messages >= DEFERRED_MAX || count_uid(h, uid) >= DEFERRED_PER_UID_MAX)
                return 1;

        e = malloc(sizeof(*e));
        if (!e)
                return -ENOMEM;

        *e = (DeferredCall) {
                .deferred = h,
                .message = sd_bus_message_ref(m),
                .uid = uid,
                .until = now_monotonic() + DEFERRED_USEC,
        };
        TAILQ_INSERT_TAIL(&h->messages, e, messages);
        h->n_messages++;

        r = sd_event_add_time(
                        sd_bus_get_event(h->bus), &e->timer, CLOCK_MONOTONIC, e->until, 0, on_timeout, e);
        if (r < 0) {
                deferred_call_free(e);
                return r;
        }

        return 0;
}

void deferred_release(Deferred *h) {
        DeferredCall *e, *next;

        for (e = TAILQ_FIRST(&h->messages); e; e = next) {
                next = TAILQ_NEXT(e, messages);
                dispatch_again(e);
        }
}
