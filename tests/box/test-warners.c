/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Warnings when the programs that show them misbehave: the countdown goes on, and no session ends before its
 * whole grace period. */

#include "usher.h"

static const char configuration[] = "[LogOff]\nGraceSec=3\nMinimumGraceSec=1\nRemindSec=2\nAskSec="
                                    "2\nTerminateSec=3\nKillSec=3\n";

/* The desktop has the time to be seen while it is asked. */
static const char slow_to_ask[] = "[LogOff]\nGraceSec=3\nMinimumGraceSec=1\nRemindSec=2\nAskSec="
                                  "10\nTerminateSec=3\nKillSec=3\n";

/* Whatever the server does, the grace period is complete and ends, and Warned says what was shown. */
static void test_servers(Usher *u, gconstpointer unused) {
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
                g_autoptr(BoxSession) s =
                                usher_open(u, &(BoxSessionOptions) { .user = "u13", .seat = "seat-box13" });
                g_autoptr(Notifier) n = notifier_new(u, s, table[i].mode);
                gint64 begin = g_get_monotonic_time();
                g_auto(GStrv) jobs = usher_log_off(u, "seat-box13", grace, NULL);

                g_test_message("%s", table[i].mode);
                g_assert_true(usher_job_wait(u, jobs[0], "Warned", table[i].first, 3900));
                if (table[i].then)
                        g_assert_true(usher_job_wait(u, jobs[0], "Warned", table[i].then, 4000));
                usher_assert_removed(u, (guint) i + 1, s, "done", USHER_END_MSEC);
                g_assert_cmpfloat(seconds_since(begin), >=, grace);
                g_assert_cmpfloat(seconds_since(begin), <, grace + 8);
                g_assert_true(box_session_wait_gone(s, 1000));
        }
}

static void send_helper(BoxSession *s, const char *signal) {
        g_autofree char *unit = g_strdup_printf("usher-warn@%u.service", s->uid);

        usher_systemctl("kill", signal, unit);
}

static void kill_helper(BoxSession *s) {
        send_helper(s, "--signal=KILL");
}

/* Its PID, and whether it has started. */
static char *helper_state(BoxSession *s) {
        g_autofree char *unit = g_strdup_printf("usher-warn@%u.service", s->uid);

        return usher_output((const char *const[]) {
                        "systemctl", "show", "--property=MainPID,ActiveState", unit, NULL });
}

typedef struct {
        BoxSession *session;
        char *killed; /* its state before it was killed */
} HelperWait;

/* systemd ends one that is stopped before it has started. */
static bool is_helper_back(gpointer userdata) {
        HelperWait *w = userdata;
        g_autofree char *state = helper_state(w->session);

        return strstr(state, "ActiveState=active\n") && !g_str_equal(state, w->killed);
}

/* Users may kill their usher-warn in any phase: nothing ends earlier or later for it. */
static void test_killed_helper(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(u, &(BoxSessionOptions) { .user = "u14", .seat = "seat-box14" });
        g_autoptr(Notifier) n = notifier_new(u, s, "good");
        gint64 begin = g_get_monotonic_time();
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box14", 15, NULL);
        g_autofree char *state = NULL;

        /* Before its first report, and after it. It returns each time, and warns again. */
        kill_helper(s);
        g_assert_true(usher_job_wait(u, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));
        state = helper_state(s);
        kill_helper(s);
        g_assert_true(box_wait(is_helper_back, &(HelperWait) { s, state }, BOX_TIMEOUT_MSEC));

        /* While it asks the desktop. It is stopped until then, because there is no session manager, which it
         * would report at once. */
        send_helper(s, "--signal=STOP");
        g_assert_true(usher_job_wait(u, jobs[0], "Phase", "asking", BOX_TIMEOUT_MSEC));
        kill_helper(s);
        usher_assert_removed(u, 1, s, "done", 2 * USHER_END_MSEC);
        g_assert_cmpfloat(seconds_since(begin), >=, 15);
        g_assert_cmpfloat(seconds_since(begin), <, 15 + 10 + 3 + 3 + 2);
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

/* The notification is critical and never expires, so that neither a full-screen program nor do-not-disturb
 * hides it. A reminder replaces it. */
static void test_one_bubble_that_stays(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(u, &(BoxSessionOptions) { .user = "u19", .seat = "seat-box19" });
        g_autoptr(Notifier) n = notifier_new(u, s, "good");
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box19", 4, NULL);

        usher_assert_removed(u, 1, s, "done", USHER_END_MSEC);
        g_assert_cmpuint(count_lines(n, "new Log-off at"), ==, 1);
        g_assert_cmpuint(count_lines(n, "replaces Log-off at"), >=, 1);
        g_assert_cmpuint(count_lines(n, "strange"), ==, 0);
        g_assert_cmpuint(count_lines(n, "hints 2 0"), ==, count_lines(n, "hints"));
}

/* There is one bubble, however often its program is killed, and none at the end. */
static void test_killed_helpers_bubble(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(u, &(BoxSessionOptions) { .user = "u16", .seat = "seat-box16" });
        g_autoptr(Notifier) n = notifier_new(u, s, "good");
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box16", 600, NULL);
        g_autoptr(GVariant) cancelled = NULL;

        g_assert_true(usher_job_wait(u, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));
        for (guint i = 1; i <= 2; i++) {
                kill_helper(s);
                g_assert_true(box_wait(
                                has_lines, &(LineWait) { n, "replaces Log-off at", i }, BOX_TIMEOUT_MSEC));
        }

        cancelled = usher_call(u, "CancelAll", NULL, NULL);
        g_assert_true(notifier_wait(n, "was cancelled", BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(count_lines(n, "new"), ==, 1);
        g_assert_cmpuint(count_lines(n, "strange"), ==, 0);
}

/* The log-off is over before the program is back: its bubble must not stay. */
static void test_killed_helpers_bubble_goes(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(u, &(BoxSessionOptions) { .user = "u17", .seat = "seat-box17" });
        g_autoptr(Notifier) n = notifier_new(u, s, "good");
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box17", 600, NULL);
        g_autoptr(GVariant) cancelled = NULL;

        g_assert_true(usher_job_wait(u, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));
        kill_helper(s);
        cancelled = usher_call(u, "CancelAll", NULL, NULL);
        g_assert_true(box_wait(has_lines, &(LineWait) { n, "close", 1 }, BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(count_lines(n, "new"), ==, 1);
        g_assert_cmpuint(count_lines(n, "strange"), ==, 0);
}

/* Numbers of an earlier server are not used with a new one. */
static void test_killed_helpers_bubble_elsewhere(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(u, &(BoxSessionOptions) { .user = "u18", .seat = "seat-box18" });
        g_autoptr(Notifier) first = notifier_new(u, s, "good"), second = NULL;
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box18", 600, NULL);

        g_assert_true(usher_job_wait(u, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));
        kill_helper(s);
        g_clear_pointer(&first, notifier_free);
        second = notifier_new(u, s, "good");
        g_assert_true(notifier_wait(second, "new Log-off at", BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(count_lines(second, "replaces"), ==, 0);
        g_assert_cmpuint(count_lines(second, "strange"), ==, 0);
}

/* A program that is killed again and again. */
static void test_suppressed_helper(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(u, &(BoxSessionOptions) { .user = "u15", .seat = "seat-box15" });
        gint64 begin = g_get_monotonic_time();
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box15", 3, NULL);

        while (box_monitor_count(u->removed, NULL) == 0) {
                g_autofree char *unit = g_strdup_printf("usher-warn@%u.service", s->uid);
                const char *argv[] = { "systemctl", "kill", "--signal=KILL", unit, NULL };

                g_assert_cmpfloat(seconds_since(begin), <, 20);
                (void) g_spawn_sync(NULL, (char **) argv, NULL,
                                G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL |
                                                G_SPAWN_STDOUT_TO_DEV_NULL,
                                NULL, NULL, NULL, NULL, NULL, NULL);
                (void) box_monitor_wait(u->removed, NULL, 1, 100);
        }
        usher_assert_removed(u, 1, s, "done", 0);
        g_assert_cmpfloat(seconds_since(begin), >=, 3);
        g_assert_cmpfloat(seconds_since(begin), <, 3 + 2 + 3 + 3 + 2);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/warners/servers", configuration, test_servers);
        usher_test("/warners/killed-helper", slow_to_ask, test_killed_helper);
        usher_test("/warners/one-bubble-that-stays", configuration, test_one_bubble_that_stays);
        usher_test("/warners/killed-helpers-bubble", configuration, test_killed_helpers_bubble);
        usher_test("/warners/killed-helpers-bubble-goes", configuration, test_killed_helpers_bubble_goes);
        usher_test("/warners/killed-helpers-bubble-elsewhere", configuration,
                        test_killed_helpers_bubble_elsewhere);
        usher_test("/warners/suppressed-helper", configuration, test_suppressed_helper);

        return g_test_run();
}
