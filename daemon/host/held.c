/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/queue.h>

#include "bus-util.h"
#include "held.h"
#include "log.h"
#include "timespan.h"

typedef struct HeldMessage {
        Held *held;
        sd_bus_message *message;
        uid_t uid;
        usec_t until;
        sd_event_source *timer;
        sd_event_source *dispatched; /* set while it goes through its handler again */
        TAILQ_ENTRY(HeldMessage) messages;
} HeldMessage;

struct Held {
        sd_bus *bus;
        unsigned n_messages;
        TAILQ_HEAD(, HeldMessage) messages;
};

int held_new(Held **ret, sd_bus *bus) {
        Held *h;

        h = malloc(sizeof(*h));
        if (!h)
                return -ENOMEM;

        *h = (Held) { .bus = sd_bus_ref(bus), .messages = TAILQ_HEAD_INITIALIZER(h->messages) };
        *ret = h;
        return 0;
}

static HeldMessage *held_message_free(HeldMessage *e) {
        TAILQ_REMOVE(&e->held->messages, e, messages);
        e->held->n_messages--;
        sd_event_source_disable_unref(e->timer);
        sd_event_source_disable_unref(e->dispatched);
        sd_bus_message_unref(e->message);
        free(e);
        return NULL;
}

Held *held_free(Held *h) {
        HeldMessage *e;

        if (!h)
                return NULL;

        while ((e = TAILQ_FIRST(&h->messages)))
                held_message_free(e);

        sd_bus_unref(h->bus);
        free(h);
        return NULL;
}

static HeldMessage *held_find(Held *h, sd_bus_message *m) {
        HeldMessage *e;

        TAILQ_FOREACH(e, &h->messages, messages)
                if (e->message == m)
                        return e;

        return NULL;
}

static unsigned count_uid(Held *h, uid_t uid) {
        HeldMessage *e;
        unsigned n = 0;

        TAILQ_FOREACH(e, &h->messages, messages)
                n += e->uid == uid;

        return n;
}

static int on_dispatched(sd_event_source *s, void *userdata) {
        held_message_free(userdata);
        return 0;
}

static void dispatch_again(HeldMessage *e) {
        int r;

        if (e->dispatched)
                return;

        r = bus_message_dispatch_again(e->message, &e->dispatched, on_dispatched, e);
        if (r < 0) {
                (void) sd_bus_reply_method_errno(e->message, r, NULL);
                held_message_free(e);
        }
}

static int on_timeout(sd_event_source *s, uint64_t usec, void *userdata) {
        dispatch_again(userdata);
        return 0;
}

int held_back(Held *h, sd_bus_message *m, uid_t uid) {
        HeldMessage *e;
        int r;

        e = held_find(h, m);
        if (e) {
                if (now_monotonic() >= e->until)
                        return 1;

                e->dispatched = sd_event_source_disable_unref(e->dispatched);
                return 0;
        }

        if (h->n_messages >= HELD_MAX || count_uid(h, uid) >= HELD_PER_UID_MAX)
                return 1;

        e = malloc(sizeof(*e));
        if (!e)
                return -ENOMEM;

        *e = (HeldMessage) {
                .held = h,
                .message = sd_bus_message_ref(m),
                .uid = uid,
                .until = now_monotonic() + HELD_USEC,
        };
        TAILQ_INSERT_TAIL(&h->messages, e, messages);
        h->n_messages++;

        r = sd_event_add_time(sd_bus_get_event(h->bus), &e->timer, CLOCK_MONOTONIC, e->until, 0, on_timeout, e);
        if (r < 0) {
                held_message_free(e);
                return r;
        }

        return 0;
}

void held_release(Held *h) {
        HeldMessage *e, *next;

        for (e = TAILQ_FIRST(&h->messages); e; e = next) {
                next = TAILQ_NEXT(e, messages);
                dispatch_again(e);
        }
}
