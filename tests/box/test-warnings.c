/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Everyone in the room, with the real logind: whom a log-off concerns and whom not, and what they read about
 * it. */

#include <glib/gstdio.h>
#include <string.h>

#include "usher.h"

static const char configuration[] = "[LogOff]\nGraceSec=3\nMinimumGraceSec=1\nRemindSec=2\nAskSec="
                                    "2\nTerminateSec=3\nKillSec=3\n";

/* One user, two stations: the other session goes on, and the text names the station. */
static void test_same_account_twice(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) ends =
                        usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_autoptr(BoxSession) stays = usher_open(
                        u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box2", .terminal = true });
        g_autoptr(Notifier) n = notifier_new(u, ends, "good");
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box1", 3, NULL);

        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        g_assert_true(notifier_wait(n, "Station: seat-box1", BOX_TIMEOUT_MSEC));
        usher_assert_removed(u, 1, ends, "done", USHER_END_MSEC);
        g_assert_true(box_session_wait_gone(ends, 1000));
        g_assert_true(box_session_is_listed(stays));
        g_assert_cmpuint(stays->screen->len, ==, 0);
}

static void test_two_sessions_on_a_seat(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) front =
                        usher_open(u, &(BoxSessionOptions) { .user = "u3", .seat = "seat-box3" });
        g_autoptr(BoxSession) back = usher_open(
                        u, &(BoxSessionOptions) { .user = "u4", .seat = "seat-box3", .terminal = true });
        g_autoptr(BoxSession) greeter = usher_open(
                        u, &(BoxSessionOptions) { .user = "u5", .seat = "seat-box3", .class = "greeter" });
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box3", 3, NULL);

        g_assert_cmpuint(g_strv_length(jobs), ==, 2);
        g_assert_true(box_session_wait_text(back, "Log-off at", BOX_TIMEOUT_MSEC));
        usher_assert_removed(u, 1, NULL, "done", USHER_END_MSEC);
        usher_assert_removed(u, 2, NULL, "done", USHER_END_MSEC);
        g_assert_true(box_session_wait_gone(front, 1000));
        g_assert_true(box_session_wait_gone(back, 1000));
        g_assert_true(box_session_is_listed(greeter));
}

/* What reaches a terminal is plain text, whatever the administrator wrote, and a cancelled log-off is
 * announced. */
static void test_terminal(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(
                        u, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6", .terminal = true });
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box6", 60,
                        "\x1b[2J\x1b]52;c;cm0=\x07 one\xc2\x9b two\xe2\x80\xae three\x7f <b>");
        g_autoptr(GVariant) cancelled = NULL;

        g_assert_true(usher_job_wait(u, jobs[0], "Warned", "terminal", BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(s,
                        "\\x1b[2J\\x1b]52;c;cm0=\\x07 one\\x9b two\\u202e three\\x7f <b>",
                        BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(s, "Requested by: root", BOX_TIMEOUT_MSEC));

        cancelled = usher_call(u, "CancelAll", NULL, NULL);
        g_assert_true(box_session_wait_text(s, "was cancelled", BOX_TIMEOUT_MSEC));
        for (gsize i = 0; i < s->screen->len; i++)
                g_assert_true((guchar) s->screen->str[i] >= ' ' || strchr("\r\n", s->screen->str[i]));
}

static void test_bad_text(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7" });
        g_autofree char *more = g_strnfill(1025, 'x');
        g_autoptr(GString) emoji = g_string_new(NULL);
        g_auto(GStrv) jobs = NULL;

        for (guint i = 0; i < 5000; i++)
                g_string_append(emoji, "\xf0\x9f\x98\x80");

        usher_call_fails(u, "LogOff", g_variant_new("(s@a{sv})", "seat-box7", usher_options(60, more)),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        usher_call_fails(u, "LogOff", g_variant_new("(s@a{sv})", "seat-box7", usher_options(60, emoji->str)),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        jobs = usher_jobs(u);
        g_assert_cmpuint(g_strv_length(jobs), ==, 0);
        g_assert_true(box_session_is_listed(s));
}

/* What the server cannot interpret it gets in another form: no markup, and words instead of buttons. */
static void test_abilities(Usher *u, gconstpointer unused) {
        static const struct {
                const char *mode, *shown;
                bool buttons;
        } table[] = {
                { "good", "&lt;a href=&quot;http://x&quot;&gt;click&lt;/a&gt; &amp;amp;", true },
                { "plain", "<a href=\\\"http://x\\\">click</a> &amp;", false },
        };
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u8", .seat = "seat-box8" });

        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                g_autoptr(Notifier) n = notifier_new(u, s, table[i].mode);
                g_auto(GStrv) jobs =
                                usher_log_off(u, "seat-box8", 60, "<a href=\"http://x\">click</a> &amp;");
                g_autoptr(GVariant) cancelled = NULL;
                g_autofree char *text = NULL;

                g_assert_true(notifier_wait(n, table[i].shown, BOX_TIMEOUT_MSEC));
                text = notifier_read(n);
                g_assert_cmpint(!strstr(text, "run: usherctl extend"), ==, table[i].buttons);
                cancelled = usher_call(u, "CancelAll", NULL, NULL);
                g_assert_true(notifier_wait(n, "was cancelled", BOX_TIMEOUT_MSEC));
        }
}

/* A scope that is slow to start keeps a session in "opening". */
#define SLOW_DROP_IN "/run/systemd/system/session-.scope.d"
#define SLOW_SERVICE "/run/systemd/system/box-slow.service"

static bool is_opening(gpointer userdata) {
        Usher *u = userdata;
        g_autoptr(GVariant) reply = box_call(u->box, "org.freedesktop.login1", "/org/freedesktop/login1",
                        "org.freedesktop.login1.Manager", "ListSessions", NULL, NULL);
        g_autofree char *text = g_variant_print(reply, FALSE);

        return strstr(text, "'u9'");
}

static char *first_job(Usher *u) {
        g_auto(GStrv) jobs = usher_jobs(u);

        return jobs && jobs[0] ? g_strdup(jobs[0]) : NULL;
}

static bool has_job(gpointer userdata) {
        Usher *u = userdata;
        g_auto(GStrv) jobs = NULL;
        g_autofree char *job = NULL;

        jobs = usher_log_off(u, "seat-box9", 3, NULL);
        job = first_job(u);
        return job != NULL;
}

static void test_opening(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = NULL;
        g_autoptr(GError) error = NULL;
        gint64 open;

        g_assert_cmpint(g_mkdir_with_parents(SLOW_DROP_IN, 0755), ==, 0);
        g_file_set_contents(SLOW_DROP_IN "/slow.conf",
                        "[Unit]\nWants=box-slow.service\nAfter=box-slow.service\n", -1, &error);
        g_assert_no_error(error);
        g_file_set_contents(SLOW_SERVICE, "[Service]\nType=oneshot\nExecStart=/bin/sleep 6\n", -1, &error);
        g_assert_no_error(error);
        usher_systemctl("daemon-reload", NULL, NULL);

        s = box_session_start(u->box, &(BoxSessionOptions) { .user = "u9", .seat = "seat-box9" }, &error);
        g_assert_no_error(error);
        g_assert_true(box_wait(is_opening, u, BOX_TIMEOUT_MSEC));
        g_assert_true(box_wait(has_job, u, BOX_TIMEOUT_MSEC));
        (void) box_session_wait_open(s, &error);
        g_assert_no_error(error);
        open = g_get_monotonic_time();

        (void) g_unlink(SLOW_DROP_IN "/slow.conf");
        (void) g_unlink(SLOW_SERVICE);
        usher_systemctl("daemon-reload", NULL, NULL);

        /* usherd checks for the end of "opening" twice a second. */
        usher_assert_removed(u, 1, s, "done", USHER_END_MSEC);
        g_assert_cmpfloat(seconds_since(open), >, 2.4);
}

/* TerminateSession does nothing to a session that is closing already: a program that was left behind is
 * killed. */
static bool is_closing(gpointer userdata) {
        g_autofree char *state = box_session_get(userdata, "State");

        return g_str_equal(state, "closing");
}

static void test_closing(Usher *u, gconstpointer unused) {
        static const char *const leaver[] = { "/bin/bash", "-c",
                "(trap '' HUP TERM; exec sleep 1000) & sleep 1", NULL };
        g_autoptr(BoxSession) s = usher_open(
                        u, &(BoxSessionOptions) { .user = "u10", .seat = "seat-box10", .command = leaver });
        g_auto(GStrv) jobs = NULL;
        gint64 begin;

        /* logind sends no signal for it, so the test polls. */
        g_assert_true(box_wait(is_closing, s, 5000));

        begin = g_get_monotonic_time();
        jobs = usher_log_off(u, "seat-box10", 1, NULL);
        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        usher_assert_removed(u, 1, s, "done", USHER_END_MSEC);
        g_assert_cmpfloat(seconds_since(begin), <, 3);
}

/* A user who leaves early has "left", and the next session at the station is not affected, even of the same
 * user. */
static void test_left_and_back(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) first = usher_open(
                        u, &(BoxSessionOptions) { .user = "u11", .seat = "seat-box11", .terminal = true });
        g_autoptr(BoxSession) other =
                        usher_open(u, &(BoxSessionOptions) { .user = "u13", .seat = "seat-box13" });
        g_autoptr(BoxSession) second = NULL;
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box11", 10, NULL);
        g_auto(GStrv) later = usher_log_off(u, "seat-box13", 11, NULL);
        g_autoptr(GError) error = NULL;

        g_assert_true(box_session_wait_text(first, "Log-off at", BOX_TIMEOUT_MSEC));
        (void) box_session_close(first, &error);
        g_assert_no_error(error);
        usher_assert_removed(u, 1, first, "left", BOX_TIMEOUT_MSEC);

        second = usher_open(
                        u, &(BoxSessionOptions) { .user = "u11", .seat = "seat-box11", .terminal = true });

        /* The deadline of the first one has passed when a later one has. */
        usher_assert_removed(u, 2, other, "done", USHER_END_MSEC);
        g_assert_true(box_session_is_listed(second));
        g_assert_null(strstr(second->screen->str, "Log-off"));
}

/* The session of a lingering user ends like any other, and their background programs go on. */
static void test_lingering(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = NULL;
        g_autofree char *unit = NULL;
        g_auto(GStrv) jobs = NULL;

        g_assert_cmpint(system("loginctl enable-linger u12"), ==, 0);
        s = usher_open(u, &(BoxSessionOptions) { .user = "u12", .seat = "seat-box12" });
        unit = g_strdup_printf("user@%u.service", s->uid);
        jobs = usher_log_off(u, "seat-box12", 1, NULL);
        usher_assert_removed(u, 1, s, "done", USHER_END_MSEC);
        usher_systemctl("is-active", "--quiet", unit);
        g_assert_cmpint(system("loginctl disable-linger u12"), ==, 0);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/warnings/same-account-twice", configuration, test_same_account_twice);
        usher_test("/warnings/two-sessions-on-a-seat", configuration, test_two_sessions_on_a_seat);
        usher_test("/warnings/terminal", configuration, test_terminal);
        usher_test("/warnings/bad-text", configuration, test_bad_text);
        usher_test("/warnings/abilities", configuration, test_abilities);
        usher_test("/warnings/opening", configuration, test_opening);
        usher_test("/warnings/closing", configuration, test_closing);
        usher_test("/warnings/left-and-back", configuration, test_left_and_back);
        usher_test("/warnings/lingering", configuration, test_lingering);

        return g_test_run();
}
