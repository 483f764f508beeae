/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A text console in front on seat0 while people sit at other stations. */

#include "daemon.h"
#include "feature/text-console.h"
#include "peer/vt.h"

static bool has_vts;

/* Instead of the kernel's. */
bool vt_exists(void) {
        return has_vts;
}

static void set_up(Daemon *d, gconstpointer data) {
        static const Feature *const features[] = { &text_console_feature, NULL };

        has_vts = true;
        daemon_set_up(d, features);
        daemon_session(d, .id = "3");
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static void on_seat0(Daemon *d, const char *type, const char *state) {
        daemon_session(d, .id = "7", .seat = "seat0", .type = type, .state = state);
}

static void assert_reported(Daemon *d, bool reported) {
        daemon_fire_timers(d);
        g_assert_cmpint(text_console_current(d->manager), ==, reported);
}

static void test_a_session_on_a_text_console(Daemon *d, gconstpointer data) {
        on_seat0(d, "tty", "active");
        g_assert_false(text_console_current(d->manager));
        assert_reported(d, true);

        on_seat0(d, "tty", "closing");
        on_seat0(d, "wayland", "active");
        assert_reported(d, false);
}

/* The greeter, or somebody's desktop, is behind. */
static void test_a_login_prompt(Daemon *d, gconstpointer data) {
        on_seat0(d, "x11", "active");
        assert_reported(d, false);
        on_seat0(d, "x11", "online");
        assert_reported(d, true);
        on_seat0(d, "x11", "active");
        assert_reported(d, false);
}

static void test_a_switch_that_is_not_for_long(Daemon *d, gconstpointer data) {
        on_seat0(d, "x11", "active");
        on_seat0(d, "x11", "online");
        on_seat0(d, "x11", "active");
        assert_reported(d, false);
}

static void test_nobody_elsewhere(Daemon *d, gconstpointer data) {
        on_seat0(d, "tty", "active");
        daemon_session(d, .id = "9", .seat = "");
        assert_reported(d, true);
        daemon_end_session(d, "3");
        assert_reported(d, false);
}

/* Where people type passwords. */
static void test_a_greeter_elsewhere(Daemon *d, gconstpointer data) {
        daemon_end_session(d, "3");
        on_seat0(d, "tty", "active");
        daemon_session(d, .id = "c1", .class = "greeter");
        assert_reported(d, true);
}

static void test_without_virtual_terminals(Daemon *d, gconstpointer data) {
        has_vts = false;
        on_seat0(d, "x11", "online");
        assert_reported(d, false);
}

static void test_while_logind_is_away(Daemon *d, gconstpointer data) {
        on_seat0(d, "tty", "active");
        assert_reported(d, true);
        manager_logind_events.lost(d->manager);
        daemon_run(d);
        assert_reported(d, true);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/text-console/" name, Daemon, NULL, set_up, function, tear_down)
        ADD("a-session-on-a-text-console", test_a_session_on_a_text_console);
        ADD("a-login-prompt", test_a_login_prompt);
        ADD("a-switch-that-is-not-for-long", test_a_switch_that_is_not_for_long);
        ADD("nobody-elsewhere", test_nobody_elsewhere);
        ADD("a-greeter-elsewhere", test_a_greeter_elsewhere);
        ADD("without-virtual-terminals", test_without_virtual_terminals);
        ADD("while-logind-is-away", test_while_logind_is_away);
        return g_test_run();
}
