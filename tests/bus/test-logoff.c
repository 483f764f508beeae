/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A log-off from the request to its deadline: the job exists at once, and the end never comes early. */

#include "common/names.h"
#include "fixture.h"

#define SECOND G_USEC_PER_SEC

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

        /* The same moment in both clocks. */
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

        /* The desktop is not asked: that would take a moment and hide an early end. */
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

/* As if the keyboard's hub was unplugged; a caller may give this reason too. */
static void test_every_reason_can_be_given(Fixture *f, gconstpointer data) {
        static const char *const reasons[] = { "requested", "idle", "restart", "power-off", "mode-switch",
                "hub-lost" };
        static const char *const ids[] = { "1", "2", "3", "4", "5", "6" };

        for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++)
                at_station(f, ids[i], ADA, "seat0");
        fixture_start(f);

        for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++) {
                g_autofree char *options = g_strdup_printf("{'reason': <'%s'>}", reasons[i]);
                g_autofree char *job = fixture_log_off_session(f, ids[i], options);
                g_autofree char *reason = usher_get_string(f->root, job, "Reason");

                g_assert_cmpstr(reason, ==, reasons[i]);
        }
}

static char *idle_job(Fixture *f) {
        fixture_configure(f, "[LogOff]\nGraceSec=60\nMinimumGraceSec=1\nIdleLogOffSec=1\n");
        at_station(f, "3", ADA, "seat0");
        fake_logind_set_idle(f->logind, "3", TRUE);
        fixture_start(f);
        WAIT_FOR(fixture_count_signals(f, MANAGER, "JobNew") == 1);
        fixture_wait_property(f, "/org/usher1/job/1", "Reason", "'idle'");
        return g_strdup("/org/usher1/job/1");
}

static void test_an_idle_log_off_is_taken_over_whole(Fixture *f, gconstpointer data) {
        g_autofree char *job = idle_job(f), *same = NULL, *by = NULL, *message = NULL;
        gint64 before = g_get_monotonic_time();

        same = fixture_log_off(f, "seat0", "{'grace': <uint32 600>, 'message': <'Exam'>}");
        g_assert_cmpstr(same, ==, job);
        fixture_wait_property(f, job, "Reason", "'requested'");
        by = usher_get_text(f->root, job, "StartedBy");
        g_assert_cmpstr(by, ==, "(0, 'root')");
        message = usher_get_string(f->root, job, "Message");
        g_assert_cmpstr(message, ==, "Exam");
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), >=,
                        (guint64) (before + 600 * SECOND));

        /* Activity of the user does not cancel it. */
        fake_logind_set_idle(f->logind, "3", FALSE);
        fixture_wait_property(f, SEAT0, "IdleSinceHint", "0");
        assert_jobs(f, "1");
}

static void test_a_user_joins_an_idle_log_off(Fixture *f, gconstpointer data) {
        g_autofree char *job = idle_job(f), *reason = NULL;
        guint64 deadline;

        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, ADA, FAKE_POLKIT_YES);
        deadline = usher_get_uint64(f->root, job, "DeadlineMonotonic");
        g_variant_unref(usher_call(fixture_connect(f, ADA), MANAGER, "Manager.LogOffSession",
                        ARGS("('3', {'grace': <uint32 600>})")));
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), ==, deadline);
        reason = usher_get_string(f->root, job, "Reason");
        g_assert_cmpstr(reason, ==, "idle");
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/log-off/" name, function)
        ADD("returns-at-once-with-a-job", test_returns_at_once_with_a_job);
        ADD("ends-at-the-deadline-and-not-before", test_ends_at_the_deadline_and_not_before);
        ADD("grace-is-the-configured-one-by-default", test_grace_is_the_configured_one_by_default);
        ADD("root-needs-no-grace", test_root_needs_no_grace);
        ADD("a-free-station-is-no-error", test_a_free_station_is_no_error);
        ADD("a-stations-own-method", test_a_stations_own_method);
        ADD("a-second-request-joins-and-the-earlier-deadline-wins",
                        test_a_second_request_joins_and_the_earlier_deadline_wins);
        ADD("options-are-shown", test_options_are_shown);
        ADD("an-opening-session-gets-its-full-grace-once-it-is-open",
                        test_an_opening_session_gets_its_full_grace_once_it_is_open);
        ADD("every-reason-can-be-given", test_every_reason_can_be_given);
        ADD("an-idle-log-off-is-taken-over-whole", test_an_idle_log_off_is_taken_over_whole);
        ADD("a-user-joins-an-idle-log-off", test_a_user_joins_an_idle_log_off);

        return g_test_run();
}
