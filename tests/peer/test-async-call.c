/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "pair.h"

#include "common/bus-util.h"
#include "common/text.h"
#include "common/timespan.h"
#include "peer/async-call.h"

typedef struct Waiter {
        AsyncCall *slot;
        unsigned n_replies;
        gboolean done;
        int error;
        char *text;
        gboolean slot_was_null;
} Waiter;

static void on_reply(sd_bus_message *reply, void *userdata) {
        Waiter *w = userdata;

        w->n_replies++;
        w->done = TRUE;
        w->error = async_reply_errno(reply);
        free(w->text);
        w->text = async_reply_error_text(reply);
        w->slot_was_null = !w->slot;
}

static void call(AsyncQueue *q, Waiter *w, int argument) {
        g_assert_cmpint(async_callf(q, &w->slot, on_reply, w, "org.example.Peer", "/", "org.example.Peer",
                                        "Work", "i", argument),
                        ==, 0);
}

static int argument_of(sd_bus_message *m) {
        int argument;

        g_assert_cmpint(sd_bus_message_rewind(m, true), >=, 0);
        g_assert_cmpint(sd_bus_message_read(m, "i", &argument), >, 0);
        return argument;
}

static AsyncQueue *queue_new(Pair *p, unsigned in_flight_max, usec_t timeout) {
        AsyncQueue *q;

        g_assert_cmpint(async_queue_new(&q, p->client, in_flight_max, timeout), ==, 0);
        return q;
}

static void test_limit(void) {
        g_autoptr(Pair) p = pair_new();
        _cleanup_(async_queue_freep) AsyncQueue *q = queue_new(p, 2, 0);
        Waiter waiters[4] = {};

        for (int i = 0; i < 4; i++)
                call(q, &waiters[i], i);
        pair_settle(p);
        g_assert_cmpuint(p->calls->len, ==, 2);

        pair_reply(p, pair_call(p, 1), NULL);
        pair_settle(p);
        g_assert_cmpuint(waiters[1].n_replies, ==, 1);
        g_assert_cmpuint(p->calls->len, ==, 3);

        pair_reply(p, pair_call(p, 0), NULL);
        pair_reply(p, pair_call(p, 2), NULL);
        pair_settle(p);
        g_assert_cmpuint(p->calls->len, ==, 4);
        for (int i = 0; i < 4; i++)
                g_assert_cmpint(argument_of(pair_call(p, i)), ==, i);
        for (int i = 0; i < 4; i++)
                free(waiters[i].text);
}

static void test_first(void) {
        g_autoptr(Pair) p = pair_new();
        _cleanup_(async_queue_freep) AsyncQueue *q = queue_new(p, 1, 0);
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        Waiter waiters[3] = {};

        call(q, &waiters[0], 0);
        call(q, &waiters[1], 1);
        g_assert_cmpint(sd_bus_message_new_method_call(
                                        p->client, &m, "org.example.Peer", "/", "org.example.Peer", "Work"),
                        >=, 0);
        g_assert_cmpint(sd_bus_message_append(m, "i", 2), >=, 0);
        g_assert_cmpint(async_call_first(q, &waiters[2].slot, m, on_reply, &waiters[2]), ==, 0);
        g_assert_cmpuint(async_call_sent(waiters[0].slot), <=, now_monotonic());
        g_assert_cmpuint(async_call_sent(waiters[2].slot), ==, USEC_INFINITY);

        pair_settle(p);
        pair_reply(p, pair_call(p, 0), NULL);
        pair_settle(p);
        g_assert_cmpint(argument_of(pair_call(p, 1)), ==, 2);
        g_assert_cmpuint(async_call_sent(waiters[2].slot), <=, now_monotonic());
        free(waiters[0].text);
}

static void test_reply(void) {
        g_autoptr(Pair) p = pair_new();
        _cleanup_(async_queue_freep) AsyncQueue *q = queue_new(p, 2, 0);
        Waiter w = {};

        call(q, &w, 0);
        g_assert_nonnull(w.slot);
        pair_settle(p);
        pair_reply(p, pair_call(p, 0), "s", "done");
        pair_run_until(p, &w.done);

        g_assert_true(w.slot_was_null);
        g_assert_cmpint(w.error, ==, 0);
        g_assert_cmpstr(w.text, ==, "");
        free(w.text);
}

static void test_error_is_a_reply(void) {
        g_autoptr(Pair) p = pair_new();
        _cleanup_(async_queue_freep) AsyncQueue *q = queue_new(p, 2, 0);
        g_autofree char *huge = g_strnfill(2000, 'x');
        Waiter w = {};

        call(q, &w, 0);
        pair_settle(p);
        pair_reply_error(p, pair_call(p, 0), SD_BUS_ERROR_ACCESS_DENIED, "no\033[2J");
        pair_run_until(p, &w.done);
        g_assert_true(w.slot_was_null);
        g_assert_cmpint(w.error, ==, -EACCES);
        g_assert_cmpstr(w.text, ==, "no\\x1b[2J");

        w.done = FALSE;
        call(q, &w, 1);
        pair_settle(p);
        pair_reply_error(p, pair_call(p, 1), "org.example.Error.Unheard", huge);
        pair_run_until(p, &w.done);
        g_assert_cmpint(w.error, <, 0);
        g_assert_cmpuint(strlen(w.text), ==, 512);
        free(w.text);
}

static void test_cancel(void) {
        g_autoptr(Pair) p = pair_new();
        _cleanup_(async_queue_freep) AsyncQueue *q = queue_new(p, 1, 0);
        Waiter sent = {}, waiting = {}, last = {};

        call(q, &sent, 0);
        call(q, &waiting, 1);
        call(q, &last, 2);
        pair_settle(p);

        async_call_free(waiting.slot);
        async_call_free(sent.slot);
        g_assert_null(sent.slot);
        g_assert_null(waiting.slot);
        pair_settle(p);
        g_assert_cmpuint(p->calls->len, ==, 2);
        g_assert_cmpint(argument_of(pair_call(p, 1)), ==, 2);

        pair_reply(p, pair_call(p, 0), NULL);
        pair_reply(p, pair_call(p, 1), NULL);
        pair_run_until(p, &last.done);
        g_assert_cmpuint(sent.n_replies + waiting.n_replies, ==, 0);
        free(last.text);
}

static void test_nobody_waits(void) {
        g_autoptr(Pair) p = pair_new();
        _cleanup_(async_queue_freep) AsyncQueue *q = queue_new(p, 1, 0);
        Waiter w = {};

        for (unsigned i = 0; i < 3; i++)
                g_assert_cmpint(async_callf(q, NULL, i == 2 ? on_reply : NULL, i == 2 ? &w : NULL,
                                                "org.example.Peer", "/", "org.example.Peer", "Work", NULL),
                                ==, 0);

        pair_settle(p);
        pair_reply_error(p, pair_call(p, 0), SD_BUS_ERROR_FAILED, "no");
        pair_settle(p);
        pair_reply(p, pair_call(p, 1), NULL);
        pair_settle(p);
        pair_reply(p, pair_call(p, 2), NULL);
        pair_run_until(p, &w.done);
        free(w.text);

        /* Freeing the queue frees this one too. */
        g_assert_cmpint(async_callf(q, NULL, NULL, NULL, "org.example.Peer", "/", "org.example.Peer", "Work",
                                        NULL),
                        ==, 0);
}

static void test_queue_free(void) {
        g_autoptr(Pair) p = pair_new();
        AsyncQueue *q = queue_new(p, 1, 0);
        Waiter sent = {}, waiting = {};

        call(q, &sent, 0);
        call(q, &waiting, 1);
        pair_settle(p);
        g_assert_null(async_queue_free(q));
        g_assert_null(sent.slot);
        g_assert_null(waiting.slot);

        pair_reply(p, pair_call(p, 0), NULL);
        pair_settle(p);
        g_assert_cmpuint(p->calls->len, ==, 1);
        g_assert_cmpuint(sent.n_replies + waiting.n_replies, ==, 0);
}

static void test_timeout(void) {
        g_autoptr(Pair) p = pair_new();
        _cleanup_(async_queue_freep) AsyncQueue *q = queue_new(p, 1, USEC_PER_MSEC);
        Waiter w = {};

        call(q, &w, 0);
        pair_run_until(p, &w.done);
        g_assert_cmpint(w.error, ==, -ETIMEDOUT);
        free(w.text);
}

/* A peer that is away is not an object that does not exist. */
static void test_errors_of_a_missing_peer(void) {
        static const struct {
                const char *name;
                int error;
        } table[] = {
                { SD_BUS_ERROR_SERVICE_UNKNOWN, -EHOSTUNREACH },
                { SD_BUS_ERROR_NAME_HAS_NO_OWNER, -EHOSTUNREACH },
                { SD_BUS_ERROR_NO_REPLY, -ETIMEDOUT },
                { "org.freedesktop.login1.NoSuchSession", -ENXIO },
                { "System.Error.ENODEV", -ENODEV },
        };
        g_autoptr(Pair) p = pair_new();

        for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
                _cleanup_bus_message_ sd_bus_message *reply = reply_new_error(p, table[i].name, "No");

                g_assert_cmpint(async_reply_errno(reply), ==, table[i].error);
        }
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/async-call/first-is-before-those-that-wait", test_first);
        g_test_add_func("/async-call/limit-of-calls-in-flight", test_limit);
        g_test_add_func("/async-call/reply-empties-slot", test_reply);
        g_test_add_func("/async-call/error-is-a-reply", test_error_is_a_reply);
        g_test_add_func("/async-call/cancelled-call-is-not-answered", test_cancel);
        g_test_add_func("/async-call/queue-owns-call-without-slot", test_nobody_waits);
        g_test_add_func("/async-call/freed-queue-empties-slots", test_queue_free);
        g_test_add_func("/async-call/timeout-of-queue", test_timeout);
        g_test_add_func("/async-call/errors-of-a-missing-peer", test_errors_of_a_missing_peer);

        return g_test_run();
}
