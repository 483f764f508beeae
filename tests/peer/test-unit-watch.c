/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The UnitWatch with the test as systemd and as bus driver. */

#include "pair.h"

#include "common/bus-util.h"
#include "common/names.h"
#include "peer/unit-watch.h"

#define UNIT "lamp.service"
#define UNIT_PATH "/unit/lamp"
#define JOB_PATH "/job/1"

typedef struct World {
        Pair *pair;
        Systemd *systemd;
        UnitWatch *watch;
        const char *active_state;
        gboolean refuses;
        unsigned n_queries;
        GString *events;
} World;

static void on_call(Pair *p, sd_bus_message *call, void *userdata) {
        const char *member = sd_bus_message_get_member(call);
        World *w = userdata;

        if (g_str_equal(member, "GetNameOwner"))
                pair_reply(p, call, "s", ":1.7");
        else if (g_str_equal(member, "LoadUnit"))
                pair_reply(p, call, "o", UNIT_PATH);
        else if (g_str_equal(member, "Get")) {
                w->n_queries++;
                pair_reply(p, call, "v", "s", w->active_state);
        } else if (g_str_equal(member, "Subscribe") || w->refuses)
                pair_reply_error(p, call, SD_BUS_ERROR_FAILED, "no\n");
        else
                pair_reply(p, call, "o", JOB_PATH);
}

static void on_state(UnitState state, void *userdata) {
        World *w = userdata;

        g_string_append_printf(w->events, "state %i\n", (int) state);
}

static void on_request(const char *error, void *userdata) {
        World *w = userdata;

        g_assert_false(unit_watch_is_busy(w->watch));
        g_string_append_printf(w->events, "request '%s'\n", error);
}

static void expect(World *w, const char *reports) {
        for (unsigned i = 0; i < 4; i++)
                pair_settle(w->pair);
        g_assert_cmpstr(w->events->str, ==, reports);
        g_string_truncate(w->events, 0);
}

static World *world_new(void) {
        World *w = g_new0(World, 1);

        G_STATIC_ASSERT(UNIT_UNKNOWN == 0 && UNIT_INACTIVE == 1 && UNIT_ACTIVE == 3 && UNIT_FAILED == 4);

        *w = (World) {
                .pair = pair_new(),
                .active_state = "inactive",
                .events = g_string_new(NULL),
        };
        w->pair->handler = on_call;
        w->pair->userdata = w;
        g_assert_cmpint(systemd_new(&w->systemd, w->pair->client), ==, 0);
        g_assert_cmpint(unit_watch_new(&w->watch, w->pair->client, w->systemd, UNIT, on_state, w), ==, 0);
        expect(w, "state 1\n");
        return w;
}

static void world_free(World *w) {
        unit_watch_free(w->watch);
        systemd_free(w->systemd);
        pair_free(w->pair);
        g_string_free(w->events, TRUE);
        g_free(w);
}

static void properties_changed(World *w, const char *sender) {
        pair_signal(w->pair, sender, UNIT_PATH, DBUS_IFACE_PROPERTIES, "PropertiesChanged", "sa{sv}as",
                        SYSTEMD_IFACE_UNIT, 0, 0);
}

static void job_removed(World *w, const char *result) {
        pair_signal(w->pair, ":1.7", SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "JobRemoved", "uoss", 1, JOB_PATH,
                        UNIT, result);
}

static void test_state(void) {
        World *w = world_new();

        w->active_state = "active";
        properties_changed(w, ":1.66");
        expect(w, "");
        g_assert_cmpuint(w->n_queries, ==, 1);
        properties_changed(w, ":1.7");
        expect(w, "state 3\n");
        properties_changed(w, ":1.7");
        expect(w, "");

        pair_signal(w->pair, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", "sss",
                        SYSTEMD_BUS_NAME, ":1.7", "");
        expect(w, "state 0\n");
        world_free(w);
}

static void test_request(void) {
        World *w = world_new();

        g_assert_false(unit_watch_is_busy(w->watch));
        g_assert_cmpint(unit_watch_request(w->watch, true, on_request, w), ==, 0);
        g_assert_true(unit_watch_is_busy(w->watch));
        g_assert_cmpint(unit_watch_request(w->watch, false, on_request, w), ==, -EBUSY);
        expect(w, "");

        /* The state comes first. */
        w->active_state = "active";
        job_removed(w, "done");
        expect(w, "state 3\nrequest ''\n");

        g_assert_cmpint(unit_watch_request(w->watch, false, on_request, w), ==, 0);
        expect(w, "");
        w->active_state = "failed";
        job_removed(w, "timeout");
        expect(w, "state 4\nrequest 'the result of " UNIT " is 'timeout''\n");

        w->refuses = TRUE;
        g_assert_cmpint(unit_watch_request(w->watch, true, on_request, w), ==, 0);
        expect(w, "request 'no\\x0a'\n");
        world_free(w);
}

static void test_systemd_goes(void) {
        World *w = world_new();

        g_assert_cmpint(unit_watch_request(w->watch, true, on_request, w), ==, 0);
        expect(w, "");
        pair_signal(w->pair, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", "sss",
                        SYSTEMD_BUS_NAME, ":1.7", "");
        expect(w, "state 0\nrequest 'systemd went away'\n");

        g_assert_cmpint(unit_watch_request(w->watch, true, on_request, w), ==, 0);
        world_free(w);
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/unit-watch/state-is-queried-at-each-hint", test_state);
        g_test_add_func("/unit-watch/request-ends-after-state", test_request);
        g_test_add_func("/unit-watch/request-fails-without-systemd", test_systemd_goes);
        return g_test_run();
}
