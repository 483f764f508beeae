/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the Logind object knows of sessions and seats. */

#include "logind-world.h"

#include "common/names.h"

/* What is known of the session stays, under its own id. */
static void test_an_answer_about_another_session(void) {
        World *w = world_new();

        w->sessions[1].answers = "2";
        logind_look_session(w->logind, "10");
        expect(w, "GetAll /session/_3110\n", "");
        g_assert_false(logind_is_synced(w->logind));
        world_free(w);
}

/* A path that was wrong once would be asked for ever. */
static void test_another_path(void) {
        World *w = world_new();

        w->sessions[1].path = "/session/_3199";
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "10",
                        "/session/_3199");
        expect(w, "GetAll /session/_3199\n", "session_gone 10\nsession 10\nsynced \n");
        world_free(w);
}

static void test_hint(void) {
        World *w = world_new();

        pair_signal(w->pair, ":1.7", "/org/freedesktop/login1/session/_39", DBUS_IFACE_PROPERTIES,
                        "PropertiesChanged", "sa{sv}as", LOGIND_IFACE_SESSION, 0, 0);
        expect(w, "", "");

        logind_look_session(w->logind, "10");
        expect(w, "GetAll /session/_3110\n", "session 10\nsynced \n");

        logind_look_session(w->logind, "3");
        expect(w, "", "");
        world_free(w);
}

static void test_properties_changed(void) {
        World *w = world_new();

        w->sessions[2] = (FakeSession) { "7", "/org/freedesktop/login1/session/_37", 70 };
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "7",
                        w->sessions[2].path);
        expect(w, "GetAll /org/freedesktop/login1/session/_37\n", "session 7\nsynced \n");

        pair_signal(w->pair, ":1.7", w->sessions[2].path, DBUS_IFACE_PROPERTIES, "PropertiesChanged",
                        "sa{sv}as", LOGIND_IFACE_SESSION, 0, 0);
        expect(w, "GetAll /org/freedesktop/login1/session/_37\n", "session 7\nsynced \n");

        /* A signal of another sender is ignored, whatever it says. */
        pair_signal(w->pair, ":1.66", w->sessions[2].path, DBUS_IFACE_PROPERTIES, "PropertiesChanged",
                        "sa{sv}as", LOGIND_IFACE_SESSION, 0, 0);
        pair_signal(w->pair, ":1.66", LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", "b", 0);
        expect(w, "", "");
        world_free(w);
}

/* A class that logs in or is logged off would otherwise cost a list for each session. */
static void test_sessions_come_and_go_without_a_list(void) {
        World *w = world_new();

        w->lists = 0;
        w->sessions[2] = (FakeSession) { "7", "/session/_37", 70 };
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "7",
                        "/session/_37");
        expect(w, "GetAll /session/_37\n", "session 7\nsynced \n");

        w->sessions[2] = (FakeSession) {};
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", "so", "7",
                        "/session/_37");
        expect(w, "GetAll /session/_37\n", "session_gone 7\nsynced \n");

        /* Usher never knew it. */
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", "so", "8",
                        "/session/_38");
        expect(w, "", "");
        g_assert_cmpuint(w->lists, ==, 0);

        /* A list that is under way when a session comes may not have it. */
        logind_look(w->logind);
        w->old_list = TRUE;
        w->sessions[2] = (FakeSession) { "7", "/session/_37", 70 };
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "7",
                        "/session/_37");
        settle(w);
        settle(w);
        g_assert_true(logind_is_synced(w->logind));
        g_assert_true(g_str_has_suffix(w->events->str, "session 7\nsynced \n"));
        world_free(w);
}

static void test_gone(void) {
        World *w = world_new();

        w->sessions[0] = w->sessions[1];
        w->sessions[1] = (FakeSession) {};
        w->seats[1] = NULL;
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", "so", "2",
                        "/session/_32");
        expect(w, "GetAll /session/_32\n", "session_gone 2\nsynced \n");
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SeatRemoved", "so", "seat1",
                        "/seat");
        expect(w, "", "seat_gone seat1\nsynced \n");

        logind_look_session(w->logind, "2");
        expect(w, "", "");

        /* The id is used again. */
        w->sessions[1] = (FakeSession) { "2", "/session/_32", 21 };
        logind_look(w->logind);
        expect(w, "GetAll /session/_32\n", "session 2\nsynced \n");

        /* Both signals at once: the known session is queried again. */
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", "so", "2",
                        "/session/_32");
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "2",
                        "/session/_32");
        settle(w);
        g_assert_true(g_str_has_prefix(w->calls->str, "GetAll /session/_32\n"));
        g_assert_true(logind_is_synced(w->logind));
        world_free(w);
}

static void test_owner(void) {
        World *w = world_new();

        /* A query is under way when logind goes away. */
        w->silent = TRUE;
        logind_look_session(w->logind, "10");
        expect(w, "GetAll /session/_3110\n", "");
        g_assert_false(logind_is_synced(w->logind));
        w->silent = FALSE;

        pair_signal(w->pair, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", "sss",
                        LOGIND_BUS_NAME, ":1.7", "");
        expect(w, "", "lost \n");
        g_assert_false(logind_is_there(w->logind));
        g_assert_false(logind_is_synced(w->logind));
        logind_look(w->logind);
        logind_look_session(w->logind, "2");
        expect(w, "", "");

        pair_signal(w->pair, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", "sss",
                        LOGIND_BUS_NAME, "", ":1.8");
        expect(w, "GetAll /session/_32\nGetAll /session/_3110\n", "lost \nsession 2\nsession 10\nsynced \n");

        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForShutdown", "b", 1);
        expect(w, "", "");
        pair_signal(w->pair, ":1.8", LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForShutdown", "b", 1);
        pair_signal(w->pair, ":1.8", LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", "b", 0);
        expect(w, "", "shutting_down yes\nresumed \n");
        world_free(w);
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/logind/looks-at-one-session", test_hint);
        g_test_add_func("/logind/an-answer-about-another-session", test_an_answer_about_another_session);
        g_test_add_func("/logind/another-path-is-another-session", test_another_path);
        g_test_add_func("/logind/signal-is-a-hint", test_properties_changed);
        g_test_add_func("/logind/session-and-seat-gone", test_gone);
        g_test_add_func("/logind/sessions-come-and-go-without-a-list",
                        test_sessions_come_and_go_without_a_list);
        g_test_add_func("/logind/new-owner-is-queried-again", test_owner);
        return g_test_run();
}
