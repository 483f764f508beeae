/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which right a call needs, depending on the owner of the session, the length of the warning and who started
 * the log-off; and what the right covers. */

#include "common/names.h"
#include "fixture.h"

#define SECOND G_USEC_PER_SEC
#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"

static void sessions(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
}

static void test_the_job_says_who_asked(Fixture *f, gconstpointer data) {
        g_autofree char *by = NULL;
        g_auto(GStrv) paths = NULL;

        sessions(f);
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);

        paths = job_paths(usher_call(fixture_connect(f, TEACHER), MANAGER, "Manager.LogOff",
                        ARGS("('seat0', @a{sv} {})")));
        by = usher_get_text(f->root, paths[0], "StartedBy");
        g_assert_cmpstr(by, ==, "(61003, 'teacher')");
}

static void test_less_than_the_minimum_grace_needs_more(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        g_auto(GStrv) paths = NULL;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=5\n");
        sessions(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_refused(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 4>})"),
                        ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_SKIP_WARNING);
        assert_nothing_happened(f);

        paths = job_paths(usher_call(
                        teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 5>})")));
        g_assert_cmpuint(g_strv_length(paths), ==, 1);

        /* Nor by another way. */
        assert_refused(teacher, paths[0], "Job.EndNow", NULL, ACCESS_DENIED);
        fixture_wait_property(f, paths[0], "Phase", "'warning'");
}

static void test_ones_own_session(Fixture *f, gconstpointer data) {
        GDBusConnection *ada;
        g_autofree char *job = NULL;
        g_autoptr(GVariant) reply = NULL;

        sessions(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fixture_start(f);
        ada = fixture_connect(f, ADA);

        assert_refused(ada, MANAGER, "Manager.LogOffSession", ARGS("('4', @a{sv} {})"), ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_LOG_OFF);
        assert_nothing_happened(f);

        reply = usher_call(ada, MANAGER, "Manager.LogOffSession", ARGS("('3', {'grace': <uint32 60>})"));
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_LOG_OFF_SELF);
        g_variant_get(reply, "(o)", &job);
        g_variant_unref(usher_call(ada, job, "Job.EndNow", NULL));
        assert_result(f, job, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_a_seat_shared_with_others_takes_both_rights(Fixture *f, gconstpointer data) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat0", .state = "online",
                        .inactive = TRUE);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fixture_start(f);

        assert_refused(fixture_connect(f, ADA), MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"),
                        ACCESS_DENIED);
        assert_nothing_happened(f);
}

static void test_an_administrators_session_takes_the_stronger_right(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;

        fake_logind_add_session(f->logind, .id = "3", .uid = HEAD, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = 0, .seat = "seat-left");
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_ADMINISTRATOR, TEACHER, FAKE_POLKIT_NO);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_refused(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"), ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_LOG_OFF_ADMINISTRATOR);
        assert_refused(teacher, MANAGER, "Manager.LogOffSession", ARGS("('4', @a{sv} {})"), ACCESS_DENIED);
        assert_nothing_happened(f);
}

static void test_log_off_all_leaves_administrators_alone(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher, *head;
        g_auto(GStrv) some = NULL, all = NULL;
        g_autofree char *last = NULL, *session = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = HEAD, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_ADMINISTRATOR, TEACHER, FAKE_POLKIT_CHALLENGE);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        head = fixture_connect(f, MALLORY);

        some = job_paths(usher_call(
                        teacher, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)")));
        g_assert_cmpuint(g_strv_length(some), ==, 1);
        session = usher_get_string(f->root, some[0], "Session");
        g_assert_cmpstr(session, ==, "4");

        /* A caller who already has the right must not be asked to authenticate for it. */
        for (guint i = 0; i < f->polkit->questions->len; i++) {
                const FakeQuestion *q = f->polkit->questions->pdata[i];

                g_assert_true(!g_str_equal(q->action, USHER_ACTION_LOG_OFF_ADMINISTRATOR) || q->flags == 0);
        }
        last = usher_get_text(f->root, MANAGER, "LastOperation");
        g_test_message("LastOperation: %s", last);
        g_assert_nonnull(strstr(last, "administrators"));

        all = job_paths(usher_call(head, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)")));
        g_assert_cmpuint(g_strv_length(all), ==, 2);
}

static void test_job_methods(Fixture *f, gconstpointer data) {
        GDBusConnection *ada, *ben, *teacher;
        g_auto(GStrv) paths = NULL;
        guint64 deadline;

        sessions(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fixture_start(f);
        ada = fixture_connect(f, ADA);
        ben = fixture_connect(f, BEN);
        teacher = fixture_connect(f, TEACHER);
        paths = job_paths(usher_call(
                        teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 60>})")));

        /* Another pupil. */
        assert_refused(ben, paths[0], "Job.Cancel", NULL, ACCESS_DENIED);
        assert_refused(ben, paths[0], "Job.EndNow", NULL, ACCESS_DENIED);
        assert_refused(ben, paths[0], "Job.Extend", ARGS("(uint32 10,)"), ACCESS_DENIED);
        assert_refused(ben, MANAGER, "Manager.CancelAll", NULL, ACCESS_DENIED);

        /* The user of the session may get a little more time or end at once, but may not stay. */
        deadline = usher_get_uint64(f->root, paths[0], "DeadlineMonotonic");
        g_variant_unref(usher_call(ada, paths[0], "Job.Extend", ARGS("(uint32 10,)")));
        g_assert_cmpuint(usher_get_uint64(f->root, paths[0], "DeadlineMonotonic"), ==,
                        deadline + 10 * SECOND);
        assert_refused(ada, paths[0], "Job.Cancel", NULL, ACCESS_DENIED);
        assert_jobs(f, "1");

        /* The caller who started it. */
        g_variant_unref(usher_call(teacher, paths[0], "Job.Cancel", NULL));
        assert_result(f, paths[0], "cancelled");
        assert_deeds(&f->logind->fake, "");
}

static void test_cancel_all_is_for_what_one_began(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        g_auto(GStrv) paths = NULL;
        g_autofree char *roots = NULL;
        g_autoptr(GVariant) reply = NULL;
        guint32 n;

        sessions(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        roots = fixture_log_off(f, "seat-left", "{'grace': <uint32 60>}");
        paths = job_paths(usher_call(
                        teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 60>})")));
        reply = usher_call(teacher, MANAGER, "Manager.CancelAll", NULL);
        g_variant_get(reply, "(u)", &n);
        g_assert_cmpuint(n, ==, 1);
        assert_result(f, paths[0], "cancelled");
        assert_jobs(f, "1");
}

static guint n_questions_about(Fixture *f, const char *user) {
        guint n = 0;

        for (guint i = 0; i < f->polkit->questions->len; i++)
                n += g_str_equal(fake_polkit_detail(f->polkit->questions->pdata[i], "user"), user);

        return n;
}

/* A local rule may depend on the user: a caller who may log off one user may not log off another one on a
 * different virtual terminal of the same station. */
static void test_every_session_of_a_station_is_asked_for(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        g_auto(GStrv) paths = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat0");
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

/* Nobody can read a warning on a desktop that has not started yet. */
static void test_a_warning_nobody_could_read_does_not_count(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        GDBusConnection *teacher;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0", .state = "opening");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        path = fixture_log_off(f, "seat0", NULL);

        /* The minimum warning takes a second. */
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

#define ADD(name, function) fixture_add("/rights/" name, function)
        ADD("the-job-says-who-asked", test_the_job_says_who_asked);
        ADD("less-than-the-minimum-grace-needs-more", test_less_than_the_minimum_grace_needs_more);
        ADD("ones-own-session", test_ones_own_session);
        ADD("a-seat-shared-with-others-takes-both-rights", test_a_seat_shared_with_others_takes_both_rights);
        ADD("an-administrators-session-takes-the-stronger-right",
                        test_an_administrators_session_takes_the_stronger_right);
        ADD("log-off-all-leaves-administrators-alone", test_log_off_all_leaves_administrators_alone);
        ADD("job-methods", test_job_methods);
        ADD("cancel-all-is-for-what-one-began", test_cancel_all_is_for_what_one_began);
        ADD("every-session-of-a-station-is-asked-for", test_every_session_of_a_station_is_asked_for);
        ADD("a-warning-nobody-could-read-does-not-count", test_a_warning_nobody_could_read_does_not_count);

        return g_test_run();
}
