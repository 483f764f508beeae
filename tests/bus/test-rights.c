/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How far a right reaches that polkit has given: to the session it was asked for, and to a warning that the user had. */

#include "fixture.h"

#include "names.h"

#define SECOND G_USEC_PER_SEC
#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"

static void at_seat0(Fixture *f, const char *id, uid_t uid) {
        fake_logind_add_session(f->logind, .id = id, .uid = uid, .seat = "seat0");
}

static guint n_questions_about(Fixture *f, const char *user) {
        guint n = 0;

        for (guint i = 0; i < f->polkit->questions->len; i++)
                n += g_str_equal(fake_polkit_detail(f->polkit->questions->pdata[i], "user"), user);

        return n;
}

/* A rule of the site may go by the user: whoever may log off one may not log off who sits behind them, on another virtual
 * terminal of the same station. */
static void test_every_session_of_a_station_is_asked_for(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        g_auto(GStrv) paths = NULL;

        at_seat0(f, "3", ADA);
        at_seat0(f, "4", BEN);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        f->polkit->spare = "ben";
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_refused(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"), ACCESS_DENIED);
        assert_refused(teacher, SEAT0, "Station.LogOff", ARGS("(@a{sv} {},)"), ACCESS_DENIED);
        fixture_settle(f);
        assert_jobs(f, "");

        f->polkit->spare = NULL;
        paths = job_paths(usher_call(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})")));
        g_assert_cmpuint(g_strv_length(paths), ==, 2);
        g_assert_cmpuint(n_questions_about(f, "ada"), ==, 3);
        g_assert_cmpuint(n_questions_about(f, "ben"), ==, 3);
}

/* Nobody reads a warning on a desktop that is not there yet. */
static void test_a_warning_nobody_could_read_is_none(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        GDBusConnection *teacher;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0", .state = "opening");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        path = fixture_log_off(f, "seat0", NULL);

        /* The least warning takes a second. */
        wait_until_time(g_get_monotonic_time() + 3 * SECOND / 2);
        assert_refused(teacher, path, "Job.EndNow", NULL, ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_SKIP_WARNING);

        fake_logind_set_state(f->logind, "3", "active");
        fixture_wait_property(f, SEAT0, "Sessions", "[('3', 61001, 'ada', 'x11', 'active')]");
        assert_refused(teacher, path, "Job.EndNow", NULL, ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_SKIP_WARNING);

        wait_until_time(g_get_monotonic_time() + 1 * SECOND);
        g_variant_unref(usher_call(teacher, path, "Job.EndNow", NULL));
        assert_result(f, path, "done");
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

        fixture_add("/rights/every-session-of-a-station-is-asked-for", test_every_session_of_a_station_is_asked_for);
        fixture_add("/rights/a-warning-nobody-could-read-is-none", test_a_warning_nobody_could_read_is_none);

        return g_test_run();
}
