/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which sessions are ended, and which never: sessions of other users, sessions that came later, and sessions
 * that are no user's. */

#include "fixture.h"

#include <stdlib.h>
#include <systemd/sd-login.h>

#include "common/names.h"

#define SECOND G_USEC_PER_SEC

static void test_nobody_else_is_touched(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *state = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        at_station(f, "5", TEACHER, "seat-right");
        fixture_start(f);

        path = fixture_log_off(f, "seat-left", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        fixture_settle(f);
        assert_deeds(&f->logind->fake, "TerminateSession('4')");
        g_assert_true(fake_logind_has_session(f->logind, "3"));
        g_assert_true(fake_logind_has_session(f->logind, "5"));
        state = usher_get_string(f->root, SEAT0, "State");
        g_assert_cmpstr(state, ==, "in-use");

        /* Only the user of the session is warned. */
        g_assert_true(fixture_only_warned(f, BEN));
}

/* The session of the test itself is the caller's, where it runs in one; else all of the caller's are. */
static char *own_session(void) {
        g_autofree char *copy = NULL;
        char *id;

        if (sd_pid_get_session(0, &id) < 0)
                return g_strdup("5");

        copy = g_strdup(id);
        free(id);
        return g_steal_pointer(&copy);
}

static void test_the_caller_is_left_alone_unless_included(Fixture *f, gconstpointer data) {
        g_autofree char *own = own_session();
        g_auto(GStrv) others = NULL, all = NULL;
        GDBusConnection *teacher;

        at_station(f, "ada", ADA, "seat0");
        at_station(f, own, TEACHER, "seat-right");
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        others = job_paths(usher_call(teacher, MANAGER, "Manager.LogOffAll", ARGS("(@a{sv} {},)")));
        g_assert_cmpuint(g_strv_length(others), ==, 1);
        all = job_paths(usher_call(
                        teacher, MANAGER, "Manager.LogOffAll", ARGS("({'include-caller': <true>},)")));
        g_assert_cmpuint(g_strv_length(all), ==, 2);
}

/* It cannot be found out which of them the call came from. */
static void test_no_session_of_a_caller_without_a_pid_is_ended(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;
        GDBusConnection *teacher;

        at_station(f, "ada", ADA, "seat0");
        at_station(f, "left", TEACHER, "seat-left");
        at_station(f, "right", TEACHER, "seat-right");
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        jobs = job_paths(usher_call(teacher, MANAGER, "Manager.LogOffAll", ARGS("(@a{sv} {},)")));
        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        g_assert_true(fixture_only_warned(f, ADA));
}

static void test_one_account_on_two_stations(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", ADA, "seat-left");
        fixture_start(f);

        path = fixture_log_off(f, "seat-left", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        fixture_settle(f);
        assert_deeds(&f->logind->fake, "TerminateSession('4')");
        g_assert_true(fake_logind_has_session(f->logind, "3"));
}

static void test_what_is_no_users_session_is_never_ended(Fixture *f, gconstpointer data) {
        static const char *const classes[] = { "greeter", "lock-screen", "manager", "manager-early",
                "background", "background-light", "robot", "" };
        g_auto(GStrv) one = NULL, all = NULL;
        g_autoptr(GVariant) operation = NULL, none = NULL;
        guint unknown;

        for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
                g_autofree char *id = g_strdup_printf("c%zu", i);

                fake_logind_add_session(
                                f->logind, .id = id, .uid = ADA, .seat = "seat0", .class = classes[i]);
        }
        fixture_start(f);

        one = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 0>})")));
        g_assert_cmpuint(g_strv_length(one), ==, 0);

        /* Such a call needs no right, so it may not replace what an administrator did last. */
        none = usher_get(f->root, MANAGER, "LastOperation");
        g_assert_cmpuint(g_variant_n_children(none), ==, 0);

        all = job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll",
                        ARGS("({'grace': <uint32 0>, 'include-caller': <true>, 'include-seatless': "
                             "<true>},)")));
        g_assert_cmpuint(g_strv_length(all), ==, 0);
        operation = usher_get(f->root, MANAGER, "LastOperation");
        g_assert_true(g_variant_lookup(operation, "skipped-classes", "u", &unknown));
        g_assert_cmpuint(unknown, ==, 2); /* "robot" and "" */

        for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
                g_autofree char *id = g_strdup_printf("c%zu", i);

                assert_refused(f->root, MANAGER, "Manager.LogOffSession",
                                ARGS("(%s, {'grace': <uint32 0>})", id), "org.usher1.Error.NoSuchSession");
        }

        fixture_settle(f);
        assert_deeds(&f->logind->fake, "");
        assert_deeds(&f->systemd->fake, "");
}

static void test_newer_user_classes_are_users(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        fake_logind_add_session(f->logind, .id = "7", .uid = ADA, .seat = "seat0", .class = "user-light");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('7')");
}

static void test_each_session_of_a_seat_is_its_own_job(Fixture *f, gconstpointer data) {
        g_auto(GStrv) paths = NULL;
        g_autofree char *deeds = NULL;

        at_station(f, "3", ADA, "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat0", .state = "online",
                        .inactive = TRUE);
        fake_logind_add_session(f->logind, .id = "5", .uid = BEN, .seat = "seat0", .type = "tty",
                        .tty = "tty3", .vtnr = 3, .state = "online", .inactive = TRUE);
        fake_logind_add_session(f->logind, .id = "c1", .uid = 0, .seat = "seat0", .class = "greeter",
                        .inactive = TRUE);
        fixture_start(f);

        paths = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 1>})")));
        g_assert_cmpuint(g_strv_length(paths), ==, 3);
        fixture_settle(f);
        g_assert_true(fake_systemd_has_warner(f->systemd, ADA));
        g_assert_true(fake_systemd_has_warner(f->systemd, BEN));

        for (char **p = paths; *p; p++)
                assert_result(f, *p, "done");
        g_assert_cmpuint(fake_count(&f->logind->fake, "TerminateSession"), ==, 3);
        g_assert_true(fake_logind_has_session(f->logind, "c1"));
        deeds = fake_deeds(&f->logind->fake);
        g_assert_null(strstr(deeds, "c1"));
}

static void test_log_off_all_leaves_seatless_sessions_alone_unless_asked(Fixture *f, gconstpointer data) {
        g_auto(GStrv) some = NULL, all = NULL;
        g_autoptr(GVariant) last = NULL;
        guint seatless;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fake_logind_add_session(f->logind, .id = "9", .uid = TEACHER, .type = "tty", .tty = "pts/0",
                        .service = "sshd", .remote_host = "192.0.2.7");
        fixture_start(f);

        some = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)")));
        g_assert_cmpuint(g_strv_length(some), ==, 2);
        last = usher_get(f->root, MANAGER, "LastOperation");
        g_assert_true(g_variant_lookup(last, "skipped-seatless", "u", &seatless));
        g_assert_cmpuint(seatless, ==, 1);

        all = job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll",
                        ARGS("({'grace': <uint32 0>, 'include-seatless': <true>},)")));
        g_assert_cmpuint(g_strv_length(all), ==, 3);
        for (char **p = all; *p; p++)
                assert_result(f, *p, "done");
        g_assert_false(fake_logind_has_session(f->logind, "9"));
}

static void test_a_free_station_changes_nothing(Fixture *f, gconstpointer data) {
        g_autofree char *before = NULL, *after = NULL;
        g_auto(GStrv) all = NULL, manager = NULL, station = NULL;

        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);

        all = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)")));
        g_assert_cmpuint(g_strv_length(all), ==, 1);
        before = usher_get_text(f->root, MANAGER, "LastOperation");
        g_assert_nonnull(strstr(before, "LogOffAll"));

        manager = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOff", ARGS("('seat0', {'block-logins': <true>})")));
        g_assert_cmpuint(g_strv_length(manager), ==, 0);
        station = job_paths(usher_call(f->root, SEAT0, "Station.LogOff", ARGS("(@a{sv} {},)")));
        g_assert_cmpuint(g_strv_length(station), ==, 0);
        after = usher_get_text(f->root, MANAGER, "LastOperation");
        g_assert_cmpstr(after, ==, before);
        assert_jobs(f, "1");
}

static void test_a_session_opened_during_log_off_all_is_no_target(Fixture *f, gconstpointer data) {
        g_auto(GStrv) paths = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        paths = job_paths(
                        usher_call(f->root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 1>},)")));
        g_assert_cmpuint(g_strv_length(paths), ==, 1);
        at_station(f, "4", BEN, "seat-left");
        assert_result(f, paths[0], "done");
        fixture_settle(f);
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
        assert_jobs(f, "");
}

static void test_a_new_session_with_the_same_id_is_not_touched(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fake_logind_remove_session(f->logind, "3");
        at_station(f, "3", BEN, "seat0");
        assert_result(f, path, "left");

        /* The deadline of the other session passes. */
        wait_until_time(g_get_monotonic_time() + 3 * SECOND / 2);
        fixture_settle(f);
        assert_deeds(&f->logind->fake, "");
        g_assert_true(fake_logind_has_session(f->logind, "3"));
}

static void test_a_reused_id_is_noticed_without_any_signal(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        /* Without the time for the desktop, the first look at logind is the last one before the end. */
        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nAskSec=0\nTerminateSec=1\nKillSec=1\n");
        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fixture_settle(f);
        fake_logind_reuse_id(f->logind, "3", BEN);
        g_assert_cmpstr(fixture_wait_result(f, path), !=, "failed");
        assert_deeds(&f->logind->fake, "");
        g_assert_true(fake_logind_has_session(f->logind, "3"));
}

static void test_a_large_uid(Fixture *f, gconstpointer data) {
        g_autofree char *user = NULL, *job = NULL;
        g_autoptr(GVariant) reply = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = LARGE, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, LARGE, FAKE_POLKIT_YES);
        fixture_start(f);
        user = usher_get_text(f->root, SEAT0, "ActiveUser");
        g_assert_cmpstr(user, ==, "(4000000000, 'large')");

        assert_refused(fixture_connect(f, LARGE), MANAGER, "Manager.LogOffSession", ARGS("('4', @a{sv} {})"),
                        "org.freedesktop.DBus.Error.AccessDenied");
        reply = usher_call(fixture_connect(f, LARGE), MANAGER, "Manager.LogOffSession",
                        ARGS("('3', {'grace': <uint32 1>})"));
        g_variant_get(reply, "(o)", &job);
        WAIT_FOR(fake_systemd_has_warner(f->systemd, LARGE));
        assert_result(f, job, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/targets/" name, function)
        ADD("nobody-else-is-touched", test_nobody_else_is_touched);
        ADD("the-caller-is-left-alone-unless-included", test_the_caller_is_left_alone_unless_included);
        fixture_add_without_pids("/targets/no-session-of-a-caller-without-a-pid-is-ended",
                        test_no_session_of_a_caller_without_a_pid_is_ended);
        ADD("one-account-on-two-stations", test_one_account_on_two_stations);
        ADD("what-is-no-users-session-is-never-ended", test_what_is_no_users_session_is_never_ended);
        ADD("newer-user-classes-are-users", test_newer_user_classes_are_users);
        ADD("each-session-of-a-seat-is-its-own-job", test_each_session_of_a_seat_is_its_own_job);
        ADD("log-off-all-leaves-seatless-sessions-alone-unless-asked",
                        test_log_off_all_leaves_seatless_sessions_alone_unless_asked);
        ADD("a-free-station-changes-nothing", test_a_free_station_changes_nothing);
        ADD("a-session-opened-during-log-off-all-is-no-target",
                        test_a_session_opened_during_log_off_all_is_no_target);
        ADD("a-new-session-with-the-same-id-is-not-touched",
                        test_a_new_session_with_the_same_id_is_not_touched);
        ADD("a-large-uid", test_a_large_uid);
        ADD("a-reused-id-is-noticed-without-any-signal", test_a_reused_id_is_noticed_without_any_signal);

        return g_test_run();
}
