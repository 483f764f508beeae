/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A log-off from the request to the end: never early, never endless, never anybody else's session. */

#include "fixture.h"

#define SECOND G_USEC_PER_SEC

static void at_station(Fixture *f, const char *id, uid_t uid, const char *seat) {
        fake_logind_add_session(f->logind, .id = id, .uid = uid, .seat = seat);
}

static void test_returns_at_once_with_a_job(Fixture *f, gconstpointer data) {
        g_autofree char *user = NULL, *by = NULL, *state = NULL, *jobs = NULL, *list = NULL, *path = NULL;
        g_autofree char *session = NULL, *station = NULL, *phase = NULL, *result = NULL, *reason = NULL;
        g_autoptr(GVariant) reply = NULL, row = NULL, rows = NULL;
        guint64 deadline, monotonic, remaining;
        gint64 before, after, wall;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        before = g_get_monotonic_time();
        wall = g_get_real_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        after = g_get_monotonic_time();
        g_assert_cmpint(after - before, <, 5 * SECOND);
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "JobNew"), ==, 1);

        g_assert_cmpuint(usher_get_uint32(f->root, path, "Number"), ==, 1);
        g_assert_cmpstr(path, ==, "/org/usher1/job/1");
        station = usher_get_string(f->root, path, "Station");
        g_assert_cmpstr(station, ==, "seat0");
        session = usher_get_string(f->root, path, "Session");
        g_assert_cmpstr(session, ==, "3");
        user = usher_get_text(f->root, path, "User");
        g_assert_cmpstr(user, ==, "(61001, 'ada')");
        by = usher_get_text(f->root, path, "StartedBy");
        g_assert_cmpstr(by, ==, "(0, 'root')");
        phase = usher_get_string(f->root, path, "Phase");
        g_assert_cmpstr(phase, ==, "warning");
        reason = usher_get_string(f->root, path, "Reason");
        g_assert_cmpstr(reason, ==, "requested");
        result = usher_get_string(f->root, path, "Result");
        g_assert_cmpstr(result, ==, "");

        /* One instant in both clocks. */
        monotonic = usher_get_uint64(f->root, path, "DeadlineMonotonic");
        g_assert_cmpuint(monotonic, >=, (guint64) (before + 60 * SECOND));
        g_assert_cmpuint(monotonic, <=, (guint64) (after + 60 * SECOND));
        deadline = usher_get_uint64(f->root, path, "Deadline");
        g_assert_cmpuint(deadline, >=, (guint64) (wall + 59 * SECOND));
        g_assert_cmpuint(deadline, <=, (guint64) (g_get_real_time() + 61 * SECOND));
        remaining = usher_get_uint64(f->root, path, "Remaining");
        g_assert_cmpuint(remaining, <=, 60 * SECOND);
        g_assert_cmpuint(remaining, >, 25 * SECOND);

        fixture_wait_property(f, SEAT0, "State", "'ending'");
        jobs = usher_get_text(f->root, SEAT0, "Jobs");
        g_assert_cmpstr(jobs, ==, "['/org/usher1/job/1']");
        list = usher_get_text(f->root, MANAGER, "Jobs");
        g_assert_cmpstr(list, ==, "['/org/usher1/job/1']");

        reply = usher_call(f->root, MANAGER, "Manager.ListJobs", NULL);
        rows = g_variant_get_child_value(reply, 0);
        row = g_variant_get_child_value(rows, 0);
        state = g_variant_print(row, FALSE);
        g_assert_true(g_str_has_prefix(state, "(1, 'seat0', '3', 'ada', "));
        g_assert_true(g_str_has_suffix(state, ", 'warning', '/org/usher1/job/1')"));

        assert_deeds(&f->logind->fake, "");
}

static void test_ends_at_the_deadline_and_not_before(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *phases = NULL, *state = NULL;
        gint64 before;

        /* The desktop is not asked, which would take a moment and hide that one. */
        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nAskSec=0\n");
        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        before = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        assert_result(f, path, "done");

        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - before, >=, 1 * SECOND);
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
        phases = fixture_history(f, path, "Phase");
        g_assert_cmpstr(phases, ==, "terminating");
        assert_jobs(f, "");
        fixture_wait_property(f, SEAT0, "State", "'free'");
        g_assert_null((state = usher_get_string(f->root, path, "Phase")));
}

static void test_grace_is_the_configured_one_by_default(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        guint64 deadline;
        gint64 before;

        fixture_configure(f, "[LogOff]\nGraceSec=2min\nMaximumGraceSec=1h\n");
        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        g_assert_cmpuint(usher_get_uint64(f->root, MANAGER, "GraceUSec"), ==, 120 * SECOND);
        before = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", NULL);
        deadline = usher_get_uint64(f->root, path, "DeadlineMonotonic");
        g_assert_cmpuint(deadline, >=, (guint64) (before + 120 * SECOND));
        g_assert_cmpuint(deadline, <=, (guint64) (g_get_monotonic_time() + 120 * SECOND));
}

static void test_root_needs_no_grace(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

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

        /* Only whom it concerns is warned. */
        g_assert_true(fixture_only_warned(f, BEN));
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
        g_autoptr(GVariant) operation = NULL;
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
        all = job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll",
                        ARGS("({'grace': <uint32 0>, 'include-caller': <true>, 'include-seatless': <true>},)")));
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

static void test_a_free_station_is_no_error(Fixture *f, gconstpointer data) {
        g_auto(GStrv) paths = NULL;

        fixture_start(f);
        paths = job_paths(usher_call(f->root, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})")));
        g_assert_cmpuint(g_strv_length(paths), ==, 0);
        assert_jobs(f, "");
}

static void test_a_stations_own_method(Fixture *f, gconstpointer data) {
        g_auto(GStrv) paths = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);

        paths = job_paths(usher_call(f->root, SEAT0, "Station.LogOff", ARGS("({'grace': <uint32 0>},)")));
        g_assert_cmpuint(g_strv_length(paths), ==, 1);
        assert_result(f, paths[0], "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_a_second_request_joins_and_the_earlier_deadline_wins(Fixture *f, gconstpointer data) {
        g_autofree char *first = NULL, *second = NULL, *third = NULL, *message = NULL;
        guint64 long_one, short_one;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        first = fixture_log_off(f, "seat0", "{'grace': <uint32 600>, 'message': <'at noon'>}");
        long_one = usher_get_uint64(f->root, first, "DeadlineMonotonic");

        second = fixture_log_off_session(f, "3", "{'grace': <uint32 60>}");
        g_assert_cmpstr(second, ==, first);
        short_one = usher_get_uint64(f->root, first, "DeadlineMonotonic");
        g_assert_cmpuint(short_one, <, long_one - 500 * SECOND);
        message = usher_get_string(f->root, first, "Message");
        g_assert_cmpstr(message, ==, "at noon");

        third = fixture_log_off(f, "seat0", "{'grace': <uint32 3000>}");
        g_assert_cmpstr(third, ==, first);
        g_assert_cmpuint(usher_get_uint64(f->root, first, "DeadlineMonotonic"), ==, short_one);

        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "JobNew"), ==, 1);
        assert_jobs(f, "1");
}

static void test_options_are_shown(Fixture *f, gconstpointer data) {
        g_autofree char *kilobyte = g_strnfill(1024, 'x'), *options = NULL, *path = NULL, *is = NULL,
                        *reason = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        options = g_strdup_printf("{'message': <'%s'>, 'reason': <'power-off'>}", kilobyte);
        path = fixture_log_off(f, "seat0", options);
        is = usher_get_string(f->root, path, "Message");
        g_assert_cmpstr(is, ==, kilobyte);
        reason = usher_get_string(f->root, path, "Reason");
        g_assert_cmpstr(reason, ==, "power-off");
}

static void test_the_user_goes_first(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        fake_logind_remove_session(f->logind, "3");
        assert_result(f, path, "left");
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

static void test_a_newcomer_with_the_same_id_is_not_touched(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fake_logind_remove_session(f->logind, "3");
        at_station(f, "3", BEN, "seat0");
        assert_result(f, path, "left");

        /* The deadline of the other one passes. */
        wait_until_time(g_get_monotonic_time() + 3 * SECOND / 2);
        fixture_settle(f);
        assert_deeds(&f->logind->fake, "");
        g_assert_true(fake_logind_has_session(f->logind, "3"));
}

static void test_a_reused_id_is_noticed_without_any_signal(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        /* Without the time in which the desktop is asked the first look is the last one before the end. */
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

static void test_the_seat_goes_with_its_session(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *health = NULL;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);

        path = fixture_log_off(f, "seat-left", "{'grace': <uint32 60>}");
        fake_logind_remove_session(f->logind, "3");
        fake_logind_remove_seat(f->logind, "seat-left");
        assert_result(f, path, "left");
        assert_deeds(&f->logind->fake, "");

        /* Whoever still asks is told so, one way or the other. */
        health = usher_get_string(f->root, "/org/usher1/station/seat_2dleft", "Health");
        g_assert_true(!health || g_str_equal(health, "absent"));
}

static void test_a_closing_session_is_killed_at_the_deadline(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *phases = NULL;
        gint64 before;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0", .state = "closing");
        fixture_start(f);

        before = g_get_monotonic_time();
        path = fixture_log_off_session(f, "3", "{'grace': <uint32 1>}");
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "KillSession('3', 'all', 9)");
        g_assert_cmpint(fake_nth(&f->logind->fake, "KillSession", 0)->time - before, >=, 1 * SECOND);
        phases = fixture_history(f, path, "Phase");
        g_assert_cmpstr(phases, ==, "killing");
}

static void test_an_opening_session_gets_its_full_grace_once_it_is_open(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        gint64 opened;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0", .state = "opening",
                        .inactive = TRUE);
        fixture_start(f);

        path = fixture_log_off_session(f, "3", "{'grace': <uint32 1>}");
        wait_until_time(g_get_monotonic_time() + 3 * SECOND / 2);
        fixture_wait_property(f, path, "Phase", "'warning'");
        assert_deeds(&f->logind->fake, "");

        opened = g_get_monotonic_time();
        fake_logind_set_active(f->logind, "3", TRUE);
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - opened, >=, 1 * SECOND);
}

static void test_what_does_not_terminate_is_killed(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *phases = NULL;

        at_station(f, "3", ADA, "seat0");
        f->logind->ignore_terminate = TRUE;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3'); KillSession('3', 'all', 9)");
        g_assert_cmpint(fake_nth(&f->logind->fake, "KillSession", 0)->time -
                                        fake_nth(&f->logind->fake, "TerminateSession", 0)->time,
                        >=, TEST_TERMINATE_USEC * 9 / 10);
        phases = fixture_history(f, path, "Phase");
        g_assert_cmpstr(phases, ==, "asking terminating killing");
}

static void test_what_cannot_be_killed_has_its_scope_stopped(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *stopped = NULL;

        at_station(f, "3", ADA, "seat0");
        f->logind->ignore_terminate = f->logind->ignore_kill = TRUE;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), ==, 1);
        g_assert_cmpint(fake_nth(&f->systemd->fake, "StopUnit", 0)->time -
                                        fake_nth(&f->logind->fake, "KillSession", 0)->time,
                        >=, TEST_KILL_USEC * 9 / 10);
        stopped = g_variant_print(fake_nth(&f->systemd->fake, "StopUnit", 0)->arguments, FALSE);
        g_assert_cmpstr(stopped, ==, "('session-3.scope', 'replace')");
}

static void test_what_survives_all_is_a_failure_and_not_endless(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *again = NULL, *state = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        f->logind->ignore_terminate = f->logind->ignore_kill = f->systemd->ignore_stop = TRUE;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "failed");
        g_assert_cmpuint(fake_count(&f->logind->fake, "TerminateSession"), ==, 1);
        g_assert_cmpuint(fake_count(&f->logind->fake, "KillSession"), ==, 1);
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), ==, 1);
        assert_jobs(f, "");

        /* The station is not stuck: whoever asks again gets a job, and that one is a new one. */
        again = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        g_assert_cmpstr(again, !=, path);
        g_assert_true(fake_logind_has_session(f->logind, "4"));
}

static void test_logind_refuses_to_terminate(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        f->logind->refuse_terminate = "org.freedesktop.DBus.Error.AccessDenied";
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3'); KillSession('3', 'all', 9)");
}

static void test_a_deaf_logind_holds_nobody_up(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *version = NULL;
        gint64 before;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fixture_settle(f);
        f->logind->fake.hang = TRUE;
        fixture_wait_property(f, path, "Phase", "'terminating'");

        before = g_get_monotonic_time();
        assert_jobs(f, "1");
        version = usher_get_string(f->root, MANAGER, "Version");
        g_assert_nonnull(version);
        g_assert_cmpint(g_get_monotonic_time() - before, <, 2 * SECOND);

        fake_release(&f->logind->fake);
        g_assert_cmpstr(fixture_wait_result(f, path), ==, "done");
        g_assert_false(fake_logind_has_session(f->logind, "3"));
}

static void test_cancel_all_ends_nobody(Fixture *f, gconstpointer data) {
        g_autofree char *first = NULL, *second = NULL;
        g_autoptr(GVariant) reply = NULL, none = NULL;
        guint32 n;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);

        first = fixture_log_off(f, "seat0", "{'grace': <uint32 2>}");
        second = fixture_log_off(f, "seat-left", "{'grace': <uint32 2>}");
        reply = usher_call(f->root, MANAGER, "Manager.CancelAll", NULL);
        g_variant_get(reply, "(u)", &n);
        g_assert_cmpuint(n, ==, 2);
        assert_result(f, first, "cancelled");
        assert_result(f, second, "cancelled");
        fixture_wait_property(f, SEAT0, "State", "'in-use'");

        none = usher_call(f->root, MANAGER, "Manager.CancelAll", NULL);
        g_variant_get(none, "(u)", &n);
        g_assert_cmpuint(n, ==, 0);

        wait_until_time(g_get_monotonic_time() + 5 * SECOND / 2);
        fixture_settle(f);
        assert_deeds(&f->logind->fake, "");
        assert_jobs(f, "");
}

static void test_one_job_is_cancelled(Fixture *f, gconstpointer data) {
        g_autofree char *first = NULL, *second = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);

        first = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        second = fixture_log_off(f, "seat-left", "{'grace': <uint32 60>}");
        g_variant_unref(usher_call(f->root, first, "Job.Cancel", NULL));
        assert_result(f, first, "cancelled");
        assert_jobs(f, "2");
        assert_refused(f->root, first, "Job.Cancel", NULL, "org.usher1.Error.NoSuchJob");
}

static void test_an_end_that_has_begun_cannot_be_taken_back(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        g_autoptr(GVariant) reply = NULL;
        guint32 n;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nTerminateSec=1h\nAskSec=300ms\n");
        at_station(f, "3", ADA, "seat0");
        f->logind->ignore_terminate = TRUE;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        fixture_wait_property(f, path, "Phase", "'terminating'");
        assert_refused(f->root, path, "Job.Cancel", NULL, "org.usher1.Error.NotCancellable");
        assert_refused(f->root, path, "Job.Extend", ARGS("(uint32 5,)"), "org.usher1.Error.NotCancellable");
        reply = usher_call(f->root, MANAGER, "Manager.CancelAll", NULL);
        g_variant_get(reply, "(u)", &n);
        g_assert_cmpuint(n, ==, 0);

        fake_logind_remove_session(f->logind, "3");
        assert_result(f, path, "done");
}

static void test_extend_moves_the_deadline_but_not_past_the_maximum(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        guint64 before, after;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        before = usher_get_uint64(f->root, path, "DeadlineMonotonic");
        g_variant_unref(usher_call(f->root, path, "Job.Extend", ARGS("(uint32 300,)")));
        after = usher_get_uint64(f->root, path, "DeadlineMonotonic");
        g_assert_cmpuint(after, ==, before + 300 * SECOND);

        /* An hour from the start is all there is, in one go or in many. */
        assert_refused(f->root, path, "Job.Extend", ARGS("(uint32 3241,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        assert_refused(f->root, path, "Job.Extend", ARGS("(uint32 4294967295,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        g_assert_cmpuint(usher_get_uint64(f->root, path, "DeadlineMonotonic"), ==, after);
        g_variant_unref(usher_call(f->root, path, "Job.Extend", ARGS("(uint32 3240,)")));
        assert_refused(f->root, path, "Job.Extend", ARGS("(uint32 1,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
}

static void test_extend_takes_effect(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        gint64 before;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        before = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        g_variant_unref(usher_call(f->root, path, "Job.Extend", ARGS("(uint32 1,)")));
        assert_result(f, path, "done");
        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - before, >=, 2 * SECOND);
}

static void test_end_now_shortens_the_warning(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 3600>}");
        g_variant_unref(usher_call(f->root, path, "Job.EndNow", NULL));
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_log_off_all_spares_seatless_sessions_unless_asked(Fixture *f, gconstpointer data) {
        g_auto(GStrv) some = NULL, all = NULL;
        g_autofree char *last = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fake_logind_add_session(f->logind, .id = "9", .uid = TEACHER, .type = "tty", .tty = "pts/0",
                        .service = "sshd", .remote_host = "192.0.2.7");
        fixture_start(f);

        some = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)")));
        g_assert_cmpuint(g_strv_length(some), ==, 2);
        last = usher_get_text(f->root, MANAGER, "LastOperation");
        g_test_message("LastOperation: %s", last);
        g_assert_nonnull(strstr(last, "seatless"));

        all = job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll",
                        ARGS("({'grace': <uint32 0>, 'include-seatless': <true>},)")));
        g_assert_cmpuint(g_strv_length(all), ==, 3);
        for (char **p = all; *p; p++)
                assert_result(f, *p, "done");
        g_assert_false(fake_logind_has_session(f->logind, "9"));
}

static void test_a_newcomer_during_log_off_all_is_no_target(Fixture *f, gconstpointer data) {
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

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/log-off/" name, function)
        ADD("returns-at-once-with-a-job", test_returns_at_once_with_a_job);
        ADD("ends-at-the-deadline-and-not-before", test_ends_at_the_deadline_and_not_before);
        ADD("grace-is-the-configured-one-by-default", test_grace_is_the_configured_one_by_default);
        ADD("root-needs-no-grace", test_root_needs_no_grace);
        ADD("nobody-else-is-touched", test_nobody_else_is_touched);
        ADD("one-account-on-two-stations", test_one_account_on_two_stations);
        ADD("what-is-no-users-session-is-never-ended", test_what_is_no_users_session_is_never_ended);
        ADD("newer-user-classes-are-users", test_newer_user_classes_are_users);
        ADD("each-session-of-a-seat-is-its-own-job", test_each_session_of_a_seat_is_its_own_job);
        ADD("a-free-station-is-no-error", test_a_free_station_is_no_error);
        ADD("a-stations-own-method", test_a_stations_own_method);
        ADD("a-second-request-joins-and-the-earlier-deadline-wins",
                        test_a_second_request_joins_and_the_earlier_deadline_wins);
        ADD("options-are-shown", test_options_are_shown);
        ADD("the-user-goes-first", test_the_user_goes_first);
        ADD("a-newcomer-with-the-same-id-is-not-touched", test_a_newcomer_with_the_same_id_is_not_touched);
        ADD("a-reused-id-is-noticed-without-any-signal", test_a_reused_id_is_noticed_without_any_signal);
        ADD("the-seat-goes-with-its-session", test_the_seat_goes_with_its_session);
        ADD("a-closing-session-is-killed-at-the-deadline", test_a_closing_session_is_killed_at_the_deadline);
        ADD("an-opening-session-gets-its-full-grace-once-it-is-open",
                        test_an_opening_session_gets_its_full_grace_once_it_is_open);
        ADD("what-does-not-terminate-is-killed", test_what_does_not_terminate_is_killed);
        ADD("what-cannot-be-killed-has-its-scope-stopped", test_what_cannot_be_killed_has_its_scope_stopped);
        ADD("what-survives-all-is-a-failure-and-not-endless",
                        test_what_survives_all_is_a_failure_and_not_endless);
        ADD("logind-refuses-to-terminate", test_logind_refuses_to_terminate);
        ADD("a-deaf-logind-holds-nobody-up", test_a_deaf_logind_holds_nobody_up);
        ADD("cancel-all-ends-nobody", test_cancel_all_ends_nobody);
        ADD("one-job-is-cancelled", test_one_job_is_cancelled);
        ADD("an-end-that-has-begun-cannot-be-taken-back", test_an_end_that_has_begun_cannot_be_taken_back);
        ADD("extend-moves-the-deadline-but-not-past-the-maximum",
                        test_extend_moves_the_deadline_but_not_past_the_maximum);
        ADD("extend-takes-effect", test_extend_takes_effect);
        ADD("end-now-shortens-the-warning", test_end_now_shortens_the_warning);
        ADD("log-off-all-spares-seatless-sessions-unless-asked",
                        test_log_off_all_spares_seatless_sessions_unless_asked);
        ADD("a-newcomer-during-log-off-all-is-no-target", test_a_newcomer_during_log_off_all_is_no_target);

        return g_test_run();
}
