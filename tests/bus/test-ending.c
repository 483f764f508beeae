/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The end of a session: from a polite request to SIGKILL, step by step, and never endless. */

#include "fixture.h"

#define SECOND G_USEC_PER_SEC

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

static void test_the_seat_goes_with_its_session(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *health = NULL;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);

        path = fixture_log_off(f, "seat-left", "{'grace': <uint32 60>}");
        fake_logind_remove_session(f->logind, "3");
        fake_logind_remove_seat(f->logind, "seat-left");
        assert_result(f, path, "left");
        assert_deeds(&f->logind->fake, "");

        /* logind lists its seats after the end of the session. */
        WAIT_FOR(fixture_count_signals(f, MANAGER, "StationRemoved") == 1);
        health = usher_get_string(f->root, "/org/usher1/station/seat_2dleft", "Health");
        g_assert_null(health);
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

static void test_what_does_not_terminate_is_killed(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *phases = NULL;
        gint64 begin;

        at_station(f, "3", ADA, "seat0");
        f->logind->ignore_terminate = TRUE;
        fixture_start(f);

        begin = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3'); KillSession('3', 'all', 9)");
        /* Not from one call to the next: on a busy machine the fake may note the first one late. */
        g_assert_cmpint(fake_nth(&f->logind->fake, "KillSession", 0)->time, >=, begin + TEST_TERMINATE_USEC);
        phases = fixture_history(f, path, "Phase");
        g_assert_cmpstr(phases, ==, "asking terminating killing");
}

static void test_what_cannot_be_killed_has_its_scope_stopped(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *stopped = NULL;
        gint64 begin;

        at_station(f, "3", ADA, "seat0");
        f->logind->ignore_terminate = f->logind->ignore_kill = TRUE;
        fixture_start(f);

        begin = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), ==, 1);
        g_assert_cmpint(fake_nth(&f->systemd->fake, "StopUnit", 0)->time, >=,
                        begin + TEST_TERMINATE_USEC + TEST_KILL_USEC);
        stopped = g_variant_print(fake_nth(&f->systemd->fake, "StopUnit", 0)->arguments, FALSE);
        g_assert_cmpstr(stopped, ==, "('session-3.scope', 'replace')");
}

/* The id belongs to somebody else when the scope's turn comes, and no signal has said so. */
static void test_the_scope_of_another_session_is_not_stopped(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        f->logind->ignore_terminate = f->logind->ignore_kill = TRUE;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        WAIT_FOR(fake_count(&f->logind->fake, "KillSession") == 1);
        fixture_settle(f);
        fake_logind_reuse_id(f->logind, "3", BEN);
        assert_result(f, path, "done");
        fixture_settle(f);
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), ==, 0);
        g_assert_true(fake_logind_has_session(f->logind, "3"));
}

static void test_the_scope_stays_while_logind_does_not_answer(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        f->logind->ignore_terminate = f->logind->ignore_kill = TRUE;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        WAIT_FOR(fake_count(&f->logind->fake, "KillSession") == 1);
        fixture_settle(f);
        f->logind->fake.hang = TRUE;
        assert_result(f, path, "failed");
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), ==, 0);
}

static void test_what_survives_all_is_a_failure_and_not_endless(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *again = NULL;

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

        /* The station is not stuck: the next request gets a new job. */
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

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/ending/" name, function)
        ADD("the-user-goes-first", test_the_user_goes_first);
        ADD("the-seat-goes-with-its-session", test_the_seat_goes_with_its_session);
        ADD("a-closing-session-is-killed-at-the-deadline", test_a_closing_session_is_killed_at_the_deadline);
        ADD("what-does-not-terminate-is-killed", test_what_does_not_terminate_is_killed);
        ADD("what-cannot-be-killed-has-its-scope-stopped", test_what_cannot_be_killed_has_its_scope_stopped);
        ADD("the-scope-of-another-session-is-not-stopped", test_the_scope_of_another_session_is_not_stopped);
        ADD("the-scope-stays-while-logind-does-not-answer",
                        test_the_scope_stays_while_logind_does_not_answer);
        ADD("what-survives-all-is-a-failure-and-not-endless",
                        test_what_survives_all_is_a_failure_and_not_endless);
        ADD("logind-refuses-to-terminate", test_logind_refuses_to_terminate);
        ADD("a-deaf-logind-holds-nobody-up", test_a_deaf_logind_holds_nobody_up);

        return g_test_run();
}
