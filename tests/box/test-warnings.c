/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Everyone in the room, with the real logind: whom a log-off means and whom it does not, and what becomes of the warning
 * when the programs that show it are not what they should be. */

#include <glib/gstdio.h>
#include <string.h>

#include "usher.h"

static const char configuration[] =
        "[LogOff]\nGraceSec=3\nMinimumGraceSec=1\nRemindSec=2\nAskSec=2\nTerminateSec=3\nKillSec=3\n";

typedef struct {
        Usher *usher;
} Fixture;

static void set_up(Fixture *f, gconstpointer unused) {
        f->usher = usher_new(configuration);
}

static void tear_down(Fixture *f, gconstpointer unused) {
        usher_free(f->usher);
}

static double seconds_since(gint64 begin) {
        return (double) (g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
}

/* One account, two stations: the other one goes on, and the text says which it is. */
static void test_same_account_twice(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) ends = usher_open(f->usher, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_autoptr(BoxSession) stays = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box2", .terminal = true });
        g_autoptr(Notifier) n = notifier_new(f->usher, ends, "good");
        g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box1", 3, NULL);

        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        g_assert_true(notifier_wait(n, "Station: seat-box1", BOX_TIMEOUT_MSEC));
        usher_assert_removed(f->usher, 1, ends, "done", USHER_END_MSEC);
        g_assert_true(box_session_wait_gone(ends, 1000));
        g_assert_true(box_session_is_listed(stays));
        g_assert_cmpuint(stays->screen->len, ==, 0);
}

static void test_two_sessions_on_a_seat(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) front = usher_open(f->usher, &(BoxSessionOptions) { .user = "u3", .seat = "seat-box3" });
        g_autoptr(BoxSession) back = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u4", .seat = "seat-box3", .terminal = true });
        g_autoptr(BoxSession) greeter = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u5", .seat = "seat-box3", .class = "greeter" });
        g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box3", 3, NULL);

        g_assert_cmpuint(g_strv_length(jobs), ==, 2);
        g_assert_true(box_session_wait_text(back, "Log-off at", BOX_TIMEOUT_MSEC));
        usher_assert_removed(f->usher, 1, NULL, "done", USHER_END_MSEC);
        usher_assert_removed(f->usher, 2, NULL, "done", USHER_END_MSEC);
        g_assert_true(box_session_wait_gone(front, 1000));
        g_assert_true(box_session_wait_gone(back, 1000));
        g_assert_true(box_session_is_listed(greeter));
}

/* What reaches a terminal is text, whatever the administrator wrote, and a cancelled log-off says so. */
static void test_terminal(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6", .terminal = true });
        g_auto(GStrv) jobs = usher_log_off(
                        f->usher, "seat-box6", 60, "\x1b[2J\x1b]52;c;cm0=\x07 one\xc2\x9b two\xe2\x80\xae three\x7f <b>");
        g_autoptr(GVariant) cancelled = NULL;

        g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", "terminal", BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(
                        s, "\\x1b[2J\\x1b]52;c;cm0=\\x07 one\\x9b two\\u202e three\\x7f <b>", BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(s, "Asked for by: root", BOX_TIMEOUT_MSEC));

        cancelled = usher_call(f->usher, "CancelAll", NULL, NULL);
        g_assert_true(box_session_wait_text(s, "was cancelled", BOX_TIMEOUT_MSEC));
        for (gsize i = 0; i < s->screen->len; i++)
                g_assert_true((guchar) s->screen->str[i] >= ' ' || strchr("\r\n", s->screen->str[i]));
}

static void test_bad_text(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7" });
        g_autofree char *more = g_strnfill(1025, 'x');
        g_autoptr(GString) emoji = g_string_new(NULL);
        g_auto(GStrv) jobs = NULL;

        for (guint i = 0; i < 5000; i++)
                g_string_append(emoji, "\xf0\x9f\x98\x80");

        usher_call_fails(f->usher, "LogOff", g_variant_new("(s@a{sv})", "seat-box7", usher_options(60, more)),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        usher_call_fails(f->usher, "LogOff", g_variant_new("(s@a{sv})", "seat-box7", usher_options(60, emoji->str)),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        jobs = usher_jobs(f->usher);
        g_assert_cmpuint(g_strv_length(jobs), ==, 0);
        g_assert_true(box_session_is_listed(s));
}

static void test_markup(Fixture *f, gconstpointer unused) {
        static const struct {
                const char *mode, *shown;
        } table[] = {
                { "good", "&lt;a href=&quot;http://x&quot;&gt;click&lt;/a&gt; &amp;amp;" },
                { "plain", "<a href=\\\"http://x\\\">click</a> &amp;" },
        };
        g_autoptr(BoxSession) s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u8", .seat = "seat-box8" });

        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                g_autoptr(Notifier) n = notifier_new(f->usher, s, table[i].mode);
                g_auto(GStrv) jobs = usher_log_off(
                                f->usher, "seat-box8", 60, "<a href=\"http://x\">click</a> &amp;");
                g_autoptr(GVariant) cancelled = NULL;

                g_assert_true(notifier_wait(n, table[i].shown, BOX_TIMEOUT_MSEC));
                cancelled = usher_call(f->usher, "CancelAll", NULL, NULL);
                g_assert_true(notifier_wait(n, "was cancelled", BOX_TIMEOUT_MSEC));
        }
}

/* A scope that is slow to start holds a session in "opening". */
#define SLOW_DROP_IN "/run/systemd/system/session-.scope.d"
#define SLOW_SERVICE "/run/systemd/system/box-slow.service"

static bool is_opening(gpointer userdata) {
        Fixture *f = userdata;
        g_autoptr(GVariant) reply = box_call(f->usher->box, "org.freedesktop.login1", "/org/freedesktop/login1",
                        "org.freedesktop.login1.Manager", "ListSessions", NULL, NULL);
        g_autofree char *text = g_variant_print(reply, FALSE);

        return strstr(text, "'u9'");
}

static char *first_job(Fixture *f) {
        g_auto(GStrv) jobs = usher_jobs(f->usher);

        return jobs && jobs[0] ? g_strdup(jobs[0]) : NULL;
}

static bool has_job(gpointer userdata) {
        Fixture *f = userdata;
        g_auto(GStrv) jobs = NULL;
        g_autofree char *job = NULL;

        jobs = usher_log_off(f->usher, "seat-box9", 3, NULL);
        job = first_job(f);
        return job != NULL;
}

static void test_opening(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = NULL;
        g_autoptr(GError) error = NULL;
        gint64 open;

        g_assert_cmpint(g_mkdir_with_parents(SLOW_DROP_IN, 0755), ==, 0);
        g_file_set_contents(SLOW_DROP_IN "/slow.conf", "[Unit]\nWants=box-slow.service\nAfter=box-slow.service\n", -1,
                        &error);
        g_assert_no_error(error);
        g_file_set_contents(SLOW_SERVICE, "[Service]\nType=oneshot\nExecStart=/bin/sleep 6\n", -1, &error);
        g_assert_no_error(error);
        usher_systemctl("daemon-reload", NULL, NULL);

        s = box_session_start(f->usher->box, &(BoxSessionOptions) { .user = "u9", .seat = "seat-box9" }, &error);
        g_assert_no_error(error);
        g_assert_true(box_wait(is_opening, f, BOX_TIMEOUT_MSEC));
        g_assert_true(box_wait(has_job, f, BOX_TIMEOUT_MSEC));
        (void) box_session_wait_open(s, &error);
        g_assert_no_error(error);
        open = g_get_monotonic_time();

        (void) g_unlink(SLOW_DROP_IN "/slow.conf");
        (void) g_unlink(SLOW_SERVICE);
        usher_systemctl("daemon-reload", NULL, NULL);

        /* usherd looks for the end of "opening" twice a second. */
        usher_assert_removed(f->usher, 1, s, "done", USHER_END_MSEC);
        g_assert_cmpfloat(seconds_since(open), >, 2.4);
}

/* TerminateSession does nothing to what is closing already: a program that was left behind is killed. */
static bool is_closing(gpointer userdata) {
        g_autofree char *state = box_session_get(userdata, "State");

        return g_str_equal(state, "closing");
}

static void test_closing(Fixture *f, gconstpointer unused) {
        static const char *const leaver[] = {
                "/bin/bash", "-c", "(trap '' HUP TERM; exec sleep 1000) & sleep 1", NULL
        };
        g_autoptr(BoxSession) s = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u10", .seat = "seat-box10", .command = leaver });
        g_auto(GStrv) jobs = NULL;
        gint64 begin;

        /* logind says so to those who ask, and to nobody else. */
        g_assert_true(box_wait(is_closing, s, 5000));

        begin = g_get_monotonic_time();
        jobs = usher_log_off(f->usher, "seat-box10", 1, NULL);
        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        usher_assert_removed(f->usher, 1, s, "done", USHER_END_MSEC);
        g_assert_cmpfloat(seconds_since(begin), <, 3);
}

/* Who goes by themselves has "left", and who sits down afterwards is not meant, whoever it is. */
static void test_left_and_back(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) first = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u11", .seat = "seat-box11", .terminal = true });
        g_autoptr(BoxSession) second = NULL;
        g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box11", 5, NULL);
        g_autoptr(GError) error = NULL;
        gint64 begin = g_get_monotonic_time();

        g_assert_true(box_session_wait_text(first, "Log-off at", BOX_TIMEOUT_MSEC));
        (void) box_session_close(first, &error);
        g_assert_no_error(error);
        usher_assert_removed(f->usher, 1, first, "left", BOX_TIMEOUT_MSEC);

        second = usher_open(f->usher, &(BoxSessionOptions) { .user = "u11", .seat = "seat-box11", .terminal = true });
        while (seconds_since(begin) < 7)
                g_main_context_iteration(NULL, !g_main_context_pending(NULL) && box_wait(is_closing, second, 200));
        g_assert_true(box_session_is_listed(second));
        g_assert_null(strstr(second->screen->str, "logged off"));
}

/* A lingering user's session ends like any other, and what they left running goes on. */
static void test_lingering(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = NULL;
        g_autofree char *unit = NULL;
        g_auto(GStrv) jobs = NULL;

        g_assert_cmpint(system("loginctl enable-linger u12"), ==, 0);
        s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u12", .seat = "seat-box12" });
        unit = g_strdup_printf("user@%u.service", s->uid);
        jobs = usher_log_off(f->usher, "seat-box12", 1, NULL);
        usher_assert_removed(f->usher, 1, s, "done", USHER_END_MSEC);
        usher_systemctl("is-active", "--quiet", unit);
        g_assert_cmpint(system("loginctl disable-linger u12"), ==, 0);
}

/* Whatever the server does, the grace is whole and has an end, and Warned says what was so. */
static void test_servers(Fixture *f, gconstpointer unused) {
        static const struct {
                const char *mode, *first, *then;
        } table[] = {
                { "good", "desktop", NULL },
                { "late", "none", "desktop" },
                { "hang", "none", NULL },
                { "lie", "none", NULL },
                { "die", "none", NULL },
                { "leave", "none", NULL },
        };

        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                guint grace = table[i].then ? 8 : 4;
                g_autoptr(BoxSession) s = usher_open(
                                f->usher, &(BoxSessionOptions) { .user = "u13", .seat = "seat-box13" });
                g_autoptr(Notifier) n = notifier_new(f->usher, s, table[i].mode);
                gint64 begin = g_get_monotonic_time();
                g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box13", grace, NULL);

                g_test_message("%s", table[i].mode);
                g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", table[i].first, 3900));
                if (table[i].then)
                        g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", table[i].then, 4000));
                usher_assert_removed(f->usher, (guint) i + 1, s, "done", USHER_END_MSEC);
                g_assert_cmpfloat(seconds_since(begin), >=, grace);
                g_assert_cmpfloat(seconds_since(begin), <, grace + 8);
                g_assert_true(box_session_wait_gone(s, 1000));
        }
}

static void kill_helper(BoxSession *s) {
        g_autofree char *unit = g_strdup_printf("usher-warn@%u.service", s->uid);

        usher_systemctl("kill", "--signal=KILL", unit);
}

/* usher-warn is the user's to kill, in any phase: nothing is shorter for it, and nothing endless. */
static void test_killed_helper(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u14", .seat = "seat-box14" });
        g_autoptr(Notifier) n = notifier_new(f->usher, s, "good");
        gint64 begin = g_get_monotonic_time();
        g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box14", 5, NULL);
        g_autofree char *text = NULL;

        /* Before it has said anything, and after. It is back each time, and warns again. */
        kill_helper(s);
        g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", "desktop", 4000));
        kill_helper(s);
        g_assert_true(notifier_wait(n, "new Log-off at", BOX_TIMEOUT_MSEC));

        /* While the desktop is to be asked. The job may be over the asking in a moment: there is nobody to ask. */
        if (usher_job_wait(f->usher, jobs[0], "Phase", "asking", 6000))
                kill_helper(s);
        usher_assert_removed(f->usher, 1, s, "done", USHER_END_MSEC);
        g_assert_cmpfloat(seconds_since(begin), >=, 5);
        g_assert_cmpfloat(seconds_since(begin), <, 5 + 2 + 3 + 3 + 2);
}

static guint count_lines(Notifier *n, const char *begin) {
        g_autofree char *text = notifier_read(n);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        guint count = 0;

        for (char **p = lines; *p; p++)
                count += g_str_has_prefix(*p, begin);

        return count;
}

typedef struct {
        Notifier *notifier;
        const char *begin;
        guint n;
} LineWait;

static bool has_lines(gpointer userdata) {
        LineWait *w = userdata;

        return count_lines(w->notifier, w->begin) >= w->n;
}

/* There is one bubble, however often its program is killed, and in the end there is none. */
static void test_killed_helpers_bubble(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u16", .seat = "seat-box16" });
        g_autoptr(Notifier) n = notifier_new(f->usher, s, "good");
        g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box16", 600, NULL);
        g_autoptr(GVariant) cancelled = NULL;

        g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));
        for (guint i = 1; i <= 2; i++) {
                kill_helper(s);
                g_assert_true(box_wait(has_lines, &(LineWait) { n, "replaces Log-off at", i }, BOX_TIMEOUT_MSEC));
        }

        cancelled = usher_call(f->usher, "CancelAll", NULL, NULL);
        g_assert_true(notifier_wait(n, "was cancelled", BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(count_lines(n, "new"), ==, 1);
        g_assert_cmpuint(count_lines(n, "strange"), ==, 0);
}

/* The log-off is over before the program is back: its bubble does not stay for good. */
static void test_killed_helpers_bubble_goes(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u17", .seat = "seat-box17" });
        g_autoptr(Notifier) n = notifier_new(f->usher, s, "good");
        g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box17", 600, NULL);
        g_autoptr(GVariant) cancelled = NULL;

        g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));
        kill_helper(s);
        cancelled = usher_call(f->usher, "CancelAll", NULL, NULL);
        g_assert_true(box_wait(has_lines, &(LineWait) { n, "close", 1 }, BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(count_lines(n, "new"), ==, 1);
        g_assert_cmpuint(count_lines(n, "strange"), ==, 0);
}

/* Another server's numbers are not ours, whatever they are. */
static void test_killed_helpers_bubble_elsewhere(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u18", .seat = "seat-box18" });
        g_autoptr(Notifier) first = notifier_new(f->usher, s, "good"), second = NULL;
        g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box18", 600, NULL);

        g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));
        kill_helper(s);
        g_clear_pointer(&first, notifier_free);
        second = notifier_new(f->usher, s, "good");
        g_assert_true(notifier_wait(second, "new Log-off at", BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(count_lines(second, "replaces"), ==, 0);
        g_assert_cmpuint(count_lines(second, "strange"), ==, 0);
}

/* A helper that is killed without end. */
static void test_suppressed_helper(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u15", .seat = "seat-box15" });
        gint64 begin = g_get_monotonic_time();
        g_auto(GStrv) jobs = usher_log_off(f->usher, "seat-box15", 3, NULL);

        while (box_monitor_count(f->usher->removed, NULL) == 0) {
                g_autofree char *unit = g_strdup_printf("usher-warn@%u.service", s->uid);
                const char *argv[] = { "systemctl", "kill", "--signal=KILL", unit, NULL };

                g_assert_cmpfloat(seconds_since(begin), <, 20);
                (void) g_spawn_sync(NULL, (char **) argv, NULL,
                                G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                                NULL, NULL, NULL, NULL, NULL);
                (void) box_monitor_wait(f->usher->removed, NULL, 1, 100);
        }
        usher_assert_removed(f->usher, 1, s, "done", 0);
        g_assert_cmpfloat(seconds_since(begin), >=, 3);
        g_assert_cmpfloat(seconds_since(begin), <, 3 + 2 + 3 + 3 + 2);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define BOX_TEST(path, func) g_test_add(path, Fixture, NULL, set_up, func, tear_down)
        BOX_TEST("/warnings/same-account-twice", test_same_account_twice);
        BOX_TEST("/warnings/two-sessions-on-a-seat", test_two_sessions_on_a_seat);
        BOX_TEST("/warnings/terminal", test_terminal);
        BOX_TEST("/warnings/bad-text", test_bad_text);
        BOX_TEST("/warnings/markup", test_markup);
        BOX_TEST("/warnings/opening", test_opening);
        BOX_TEST("/warnings/closing", test_closing);
        BOX_TEST("/warnings/left-and-back", test_left_and_back);
        BOX_TEST("/warnings/lingering", test_lingering);
        BOX_TEST("/warnings/servers", test_servers);
        BOX_TEST("/warnings/killed-helper", test_killed_helper);
        BOX_TEST("/warnings/killed-helpers-bubble", test_killed_helpers_bubble);
        BOX_TEST("/warnings/killed-helpers-bubble-goes", test_killed_helpers_bubble_goes);
        BOX_TEST("/warnings/killed-helpers-bubble-elsewhere", test_killed_helpers_bubble_elsewhere);
        BOX_TEST("/warnings/suppressed-helper", test_suppressed_helper);
#undef BOX_TEST

        return g_test_run();
}
