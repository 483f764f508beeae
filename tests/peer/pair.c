/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdarg.h>
#include <sys/socket.h>

#include "pair.h"

#include "common/bus-util.h"

#define PING "Ping"
#define GUARD_SECONDS 10

static int on_call(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Pair *p = userdata;

        if (!sd_bus_message_is_method_call(m, NULL, NULL))
                return 0;

        if (sd_bus_message_is_method_call(m, NULL, PING))
                pair_reply(p, m, NULL);
        else if (p->handler)
                p->handler(p, m, p->userdata);
        else
                g_ptr_array_add(p->calls, sd_bus_message_ref(m));

        return 1;
}

static void unref_message(gpointer m) {
        sd_bus_message_unref(m);
}

static sd_bus *bus_new(Pair *p, int fd) {
        sd_bus *bus;

        g_assert_cmpint(sd_bus_new(&bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(bus, fd, fd), >=, 0);
        g_assert_cmpint(sd_bus_attach_event(bus, p->event, 0), >=, 0);
        return bus;
}

Pair *pair_new(void) {
        Pair *p = g_new0(Pair, 1);
        sd_id128_t id = {};
        int fds[2];

        p->calls = g_ptr_array_new_with_free_func(unref_message);
        g_assert_cmpint(sd_event_new(&p->event), >=, 0);
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);

        p->server = bus_new(p, fds[0]);
        g_assert_cmpint(sd_bus_set_server(p->server, true, id), >=, 0);
        g_assert_cmpint(sd_bus_negotiate_fds(p->server, true), >=, 0);
        g_assert_cmpint(sd_bus_add_filter(p->server, NULL, on_call, p), >=, 0);
        g_assert_cmpint(sd_bus_start(p->server), >=, 0);

        p->client = bus_new(p, fds[1]);
        g_assert_cmpint(sd_bus_negotiate_fds(p->client, true), >=, 0);
        g_assert_cmpint(sd_bus_start(p->client), >=, 0);
        return p;
}

Pair *pair_free(Pair *p) {
        g_ptr_array_unref(p->calls);
        sd_bus_close_unref(p->client);
        sd_bus_close_unref(p->server);
        sd_event_unref(p->event);
        g_free(p);
        return NULL;
}

void pair_run_until(Pair *p, const gboolean *done) {
        while (!*done)
                g_assert_cmpint(sd_event_run(p->event, GUARD_SECONDS * USEC_PER_SEC), >, 0);
}

static int on_pong(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        *(gboolean *) userdata = TRUE;
        return 0;
}

/* The first round delivers what the server has sent to the client, the second what the client sent in
 * response. */
void pair_settle(Pair *p) {
        for (unsigned i = 0; i < 2; i++) {
                gboolean done = FALSE;

                g_assert_cmpint(sd_bus_call_method_async(p->client, NULL, "org.example.Pair", "/",
                                                "org.example.Pair", PING, on_pong, &done, NULL),
                                >=, 0);
                pair_run_until(p, &done);
        }
}

sd_bus_message *pair_call(Pair *p, guint n) {
        g_assert_cmpuint(n, <, p->calls->len);
        return p->calls->pdata[n];
}

void pair_reply(Pair *p, sd_bus_message *call, const char *types, ...) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        va_list ap;

        g_assert_cmpint(sd_bus_message_new_method_return(call, &reply), >=, 0);
        if (types) {
                va_start(ap, types);
                g_assert_cmpint(sd_bus_message_appendv(reply, types, ap), >=, 0);
                va_end(ap);
        }
        g_assert_cmpint(sd_bus_send(p->server, reply, NULL), >=, 0);
}

void pair_reply_error(Pair *p, sd_bus_message *call, const char *name, const char *text) {
        g_assert_cmpint(sd_bus_reply_method_error(call, &SD_BUS_ERROR_MAKE_CONST(name, text)), >=, 0);
}

void pair_signal(Pair *p,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                const char *types,
                ...) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        va_list ap;

        g_assert_cmpint(sd_bus_message_new_signal(p->server, &m, path, interface, member), >=, 0);
        g_assert_cmpint(sd_bus_message_set_sender(m, sender), >=, 0);
        va_start(ap, types);
        g_assert_cmpint(sd_bus_message_appendv(m, types, ap), >=, 0);
        va_end(ap);
        g_assert_cmpint(sd_bus_send(p->server, m, NULL), >=, 0);
}

static sd_bus_message *call_to_nobody(Pair *p) {
        sd_bus_message *call;

        g_assert_cmpint(sd_bus_message_new_method_call(
                                        p->client, &call, "org.example.Pair", "/", "org.example.Pair", PING),
                        >=, 0);
        g_assert_cmpint(sd_bus_message_seal(call, 1, 0), >=, 0);
        return call;
}

sd_bus_message *reply_new(Pair *p) {
        _cleanup_bus_message_ sd_bus_message *call = call_to_nobody(p);
        sd_bus_message *reply;

        g_assert_cmpint(sd_bus_message_new_method_return(call, &reply), >=, 0);
        return reply;
}

sd_bus_message *reply_new_error(Pair *p, const char *name, const char *text) {
        _cleanup_bus_message_ sd_bus_message *call = call_to_nobody(p);
        sd_bus_message *reply;

        g_assert_cmpint(sd_bus_message_new_method_error(call, &reply, &SD_BUS_ERROR_MAKE_CONST(name, text)),
                        >=, 0);
        reply_seal(reply);
        return reply;
}

void reply_seal(sd_bus_message *reply) {
        g_assert_cmpint(sd_bus_message_seal(reply, 2, 0), >=, 0);
}
