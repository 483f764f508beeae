/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The window as a teacher uses it. */

#include "classroom.h"

static void test_a_lesson(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        classroom_lesson(c);
        fake_logind_set_locked(c->f.logind, "4", TRUE);
        classroom_open(c, 960, 640);
        g_assert_true(shows(c, "Window left"));
        WAIT_FOR(shows(c, "Ada Lovelace"));
        g_assert_true(shows(c, "Ben <b>Bold</b> & Co"));
        g_assert_true(shows(c, "Idle since"));
        classroom_picture(c, "lesson");
}

static void test_countdown(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL;

        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        job = fixture_log_off(&c->f, "seat-left", NULL);
        WAIT_FOR(shows(c, "Log-off in"));
        classroom_picture(c, "countdown");
        press(c, "+5 min");
        WAIT_FOR(shows(c, "Log-off in 5:"));
        press(c, "Cancel");
        assert_result(&c->f, job, "cancelled");
        WAIT_FOR(!shows(c, "Log-off in"));
}

static void test_without_usherd(Classroom *c, gconstpointer data) {
        classroom_open_window(c, 960, 640);
        WAIT_FOR(shows(c, "usherd Is Not Running"));
        classroom_picture(c, "absent");
        fixture_start(&c->f);
        WAIT_FOR(shows(c, "seat-left"));
}

static void test_log_off_dialog(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL, *message = NULL;

        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        act(c, "board.choose", g_variant_new_string("seat-left"));
        act(c, "board.log-off", NULL);
        WAIT_FOR(shows(c, "1 person: \u2068Ada Lovelace\u2069"));
        classroom_picture(c, "log-off-dialog");
        press(c, "_Log Off");
        WAIT_FOR(shows(c, "Logging off 1 person"));
        g_assert_null(dialog_of(c));
        classroom_picture(c, "toast");
        job = fixture_only_job(&c->f);
        press(c, "_Cancel");
        assert_result(&c->f, job, "cancelled");
}

static void test_who_is_left_alone(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        fake_polkit_answer(c->f.polkit, "org.usher1.log-off-administrator", TEACHER, FAKE_POLKIT_NO);
        classroom_lesson(c);
        at_station(&c->f, "8", HEAD, "seat-7");
        classroom_open(c, 960, 640);
        press(c, "win.log-off-all");
        WAIT_FOR(shows(c, "5 people: "));
        g_assert_true(shows(c, "\u2068head\u2069 (an administrator)"));
        g_assert_true(shows(c, "Left alone: "));
        classroom_picture(c, "log-off-all-dialog");
        assert_nothing_happened(&c->f);
}

static void ask_for_time(Classroom *c, const char *job, guint seconds) {
        GDBusConnection *ada = fixture_connect(&c->f, ADA);

        g_variant_unref(usher_call(ada, job, "Job.RequestTime", g_variant_new("(u)", seconds)));
        WAIT_FOR(shows(c, "asks +"));
}

static void test_more_time(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL;

        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        job = fixture_log_off(&c->f, "seat-left", NULL);
        WAIT_FOR(shows(c, "Log-off in"));
        ask_for_time(c, job, 600);
        g_assert_true(shows(c, "asks +10 min"));
        classroom_picture(c, "more-time");
        press(c, "Deny");
        WAIT_FOR(shows(c, "Log-off in"));
        g_assert_cmpuint(usher_get_uint32(c->f.root, job, "TimeRequested"), ==, 0);

        ask_for_time(c, job, 900);
        press(c, "Allow");
        WAIT_FOR(shows(c, "Log-off in 15:") || shows(c, "Log-off in 16:"));
}

static void test_no_right(Classroom *c, gconstpointer data) {
        classroom_lesson(c);
        classroom_open(c, 360, 640);
        WAIT_FOR(shows(c, "You can look"));
        classroom_picture(c, "no-right");
}

int main(int argc, char *argv[]) {
        classroom_init(&argc, &argv);
        classroom_add("/window/a-lesson", test_a_lesson);
        classroom_add("/window/countdown", test_countdown);
        classroom_add("/window/without-usherd", test_without_usherd);
        classroom_add("/window/log-off-dialog", test_log_off_dialog);
        classroom_add("/window/who-is-left-alone", test_who_is_left_alone);
        classroom_add("/window/more-time", test_more_time);
        classroom_add("/window/no-right", test_no_right);
        return g_test_run();
}
