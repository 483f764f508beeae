/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The window as a teacher uses it. */

#include "classroom.h"

#define LEFT "/org/usher1/station/seat_2dleft"

/* Four at work, one of them away, and a station that has lost its keyboard. */
static void a_lesson(Classroom *c) {
        static const char *const seats[] = { "seat-4", "seat-5", "seat-6", "seat-7" };

        for (gsize i = 0; i < G_N_ELEMENTS(seats); i++)
                classroom_add_seat(c, seats[i]);
        fake_accounts_name(c->accounts, TEACHER, "Mary Somerville");
        fake_accounts_name(c->accounts, ADA, "Ada Lovelace");
        fake_accounts_name(c->accounts, BEN, "Ben <b>Bold</b> & Co");
        fake_accounts_name(c->accounts, CROWD, "Grace Hopper");
        fake_accounts_name(c->accounts, CROWD + 1, "عمر الخيام");
        fake_accounts_name(c->accounts, CROWD + 2, "Konrad Zuse");
        at_station(&c->f, "1", TEACHER, "seat0");
        at_station(&c->f, "2", ADA, "seat-left");
        at_station(&c->f, "3", BEN, "seat-right");
        at_station(&c->f, "4", CROWD, "seat-4");
        at_station(&c->f, "5", CROWD + 1, "seat-5");
        fake_logind_add_session(c->f.logind, .id = "6", .uid = CROWD + 2, .seat = "seat-6", .idle = TRUE,
                        .idle_since = g_get_real_time() - 600 * G_USEC_PER_SEC);
        fixture_start(&c->f);
        classroom_name(c, "seat0", "Teacher's desk");
        classroom_name(c, "seat-left", "Window left");
        classroom_name(c, "seat-right", "Window right");
        classroom_name(c, "seat-4", "Station 4");
        classroom_name(c, "seat-5", "Station 5");
        classroom_name(c, "seat-6", "Station 6");
        classroom_name(c, "seat-7", "Station 10");
}

static void test_a_lesson(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        a_lesson(c);
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
        a_lesson(c);
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
        a_lesson(c);
        classroom_open(c, 960, 640);
        act(c, "board.choose", g_variant_new_string("seat-left"));
        act(c, "board.log-off", NULL);
        WAIT_FOR(dialog_of(c));
        classroom_picture(c, "log-off-dialog");
        press(c, "_Log Off");
        WAIT_FOR(shows(c, "Logging off 1 person"));
        g_assert_null(dialog_of(c));
        classroom_picture(c, "toast");
        job = fixture_only_job(&c->f);
        press(c, "_Cancel");
        assert_result(&c->f, job, "cancelled");
}

static void test_no_right(Classroom *c, gconstpointer data) {
        a_lesson(c);
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
        classroom_add("/window/no-right", test_no_right);
        return g_test_run();
}
