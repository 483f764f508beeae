/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* polkit's answer, and the wait for it. Everything but a clear yes is a no, and nothing has changed after a
 * no. */

#include "common/names.h"
#include "fixture.h"

#define SECOND G_USEC_PER_SEC
#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"

static void sessions(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
}

static void test_root_needs_no_polkit(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        sessions(f);
        fake_stop(&f->polkit->fake);
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
}

static void test_no_polkit_is_a_no(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;

        sessions(f);
        fake_stop(&f->polkit->fake);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_refused(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"), ACCESS_DENIED);
        assert_refused(teacher, MANAGER, "Manager.LogOffAll", ARGS("(@a{sv} {},)"), ACCESS_DENIED);
        assert_nothing_happened(f);
}

static void test_a_no_is_a_no(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;

        sessions(f);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_refused(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"), ACCESS_DENIED);
        assert_refused(teacher, MANAGER, "Manager.LogOffSession", ARGS("('3', @a{sv} {})"), ACCESS_DENIED);
        assert_refused(teacher, MANAGER, "Manager.LogOffAll", ARGS("(@a{sv} {},)"), ACCESS_DENIED);
        assert_refused(teacher, SEAT0, "Station.LogOff", ARGS("(@a{sv} {},)"), ACCESS_DENIED);
        assert_nothing_happened(f);
}

static void test_an_error_is_a_no(Fixture *f, gconstpointer data) {
        sessions(f);
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_ERROR);
        fixture_start(f);

        assert_refused(fixture_connect(f, TEACHER), MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"),
                        ACCESS_DENIED);
        assert_nothing_happened(f);
}

static void test_polkit_dies_during_a_check(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        sessions(f);
        f->polkit->hold = TRUE;
        fixture_start(f);

        call = usher_send(fixture_connect(f, TEACHER), MANAGER, "Manager.LogOff",
                        ARGS("('seat0', @a{sv} {})"));
        WAIT_FOR(fake_polkit_n_held(f->polkit) == 1);
        fake_stop(&f->polkit->fake);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, ACCESS_DENIED);
        assert_nothing_happened(f);
}

static void test_asks_about_the_caller_itself(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        const FakeQuestion *q;

        sessions(f);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_refused(teacher, MANAGER, "Manager.LogOff", ARGS("('seat-left', @a{sv} {})"), ACCESS_DENIED);
        q = fake_polkit_last(f->polkit);
        g_assert_cmpstr(q->subject, ==, g_dbus_connection_get_unique_name(teacher));
        g_assert_cmpstr(q->action, ==, USHER_ACTION_LOG_OFF);
        g_assert_cmpuint(q->flags, ==, 0);
        g_assert_cmpstr(fake_polkit_detail(q, "station"), ==, "seat-left");
        g_assert_cmpstr(fake_polkit_detail(q, "session"), ==, "4");
        g_assert_cmpstr(fake_polkit_detail(q, "user"), ==, "ben");
        g_assert_cmpstr(fake_polkit_detail(q, "label"), !=, "");
}

static void test_a_yes_is_for_that_action_alone(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        g_auto(GStrv) paths = NULL;

        sessions(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_refused(teacher, MANAGER, "Manager.LogOffAll", ARGS("(@a{sv} {},)"), ACCESS_DENIED);
        assert_nothing_happened(f);
        paths = job_paths(usher_call(
                        teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 1>})")));
        assert_result(f, paths[0], "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_a_challenge_is_for_interactive_calls_only(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        GDBusConnection *teacher;

        sessions(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_CHALLENGE);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_refused(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"),
                        "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired");
        g_assert_cmpuint(fake_polkit_last(f->polkit)->flags, ==, 0);
        assert_nothing_happened(f);

        call = call_send(teacher, USHER_BUS_NAME, MANAGER, USHER_IFACE_MANAGER, "LogOff",
                        ARGS("('seat0', {'grace': <uint32 60>})"), TRUE);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        g_assert_cmpuint(fake_polkit_last(f->polkit)->flags, ==, 1);
        assert_jobs(f, "1");
}

static void test_a_slow_polkit_delays_nobody_else(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        GDBusConnection *teacher;
        g_auto(GStrv) paths = NULL;
        gint64 before;

        sessions(f);
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        f->polkit->hold = TRUE;
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        call = usher_send(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 60>})"));
        WAIT_FOR(fake_polkit_n_held(f->polkit) == 1);

        before = g_get_monotonic_time();
        g_variant_unref(usher_call(teacher, MANAGER, "Manager.ListStations", NULL));
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.ListJobs", NULL));
        paths = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOff", ARGS("('seat-left', {'grace': <uint32 60>})")));
        g_assert_cmpint(g_get_monotonic_time() - before, <, 1 * SECOND);
        g_assert_cmpuint(g_strv_length(paths), ==, 1);
        g_assert_false(call->done);

        fake_polkit_release(f->polkit);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        assert_jobs(f, "1 2");
}

static void test_a_caller_who_is_gone_gets_nothing_done(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        GDBusConnection *teacher;

        sessions(f);
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        f->polkit->hold = TRUE;
        fixture_start(f);

        teacher = bus_connect(f->bus, TEACHER);
        call = usher_send(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 0>})"));
        WAIT_FOR(fake_polkit_n_held(f->polkit) == 1);
        bus_disconnect(teacher);
        WAIT_FOR(fake_count(&f->polkit->fake, "CancelCheckAuthorization") == 1);
        g_assert_true(fake_polkit_last(f->polkit)->cancelled);

        /* An answer that comes anyway is too late. */
        fake_polkit_release(f->polkit);
        assert_nothing_happened(f);
}

/* As in CVE-2021-3560: the caller disconnects at every possible moment. */
static void test_callers_who_leave_at_any_moment(Fixture *f, gconstpointer data) {
        sessions(f);
        fixture_start(f);

        for (int i = 0; i < 100; i++) {
                GDBusConnection *mallory = bus_connect(f->bus, MALLORY);
                G_GNUC_UNUSED g_autoptr(Call) call = usher_send(mallory, MANAGER, "Manager.LogOff",
                                ARGS("('seat0', {'grace': <uint32 0>})"));

                for (int steps = g_test_rand_int_range(0, 12); steps > 0; steps--)
                        g_main_context_iteration(NULL, FALSE);
                bus_disconnect(mallory);
        }

        assert_nothing_happened(f);
        assert_refused(fixture_connect(f, MALLORY), MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"),
                        ACCESS_DENIED);
}

static void test_the_session_ends_during_a_check(Fixture *f, gconstpointer data) {
        g_autoptr(Call) of_session = NULL, of_station = NULL;
        GDBusConnection *teacher;

        sessions(f);
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        f->polkit->hold = TRUE;
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        of_session = usher_send(teacher, MANAGER, "Manager.LogOffSession", ARGS("('3', @a{sv} {})"));
        of_station = usher_send(teacher, MANAGER, "Manager.LogOff", ARGS("('seat-left', @a{sv} {})"));
        WAIT_FOR(fake_polkit_n_held(f->polkit) == 2);
        fake_logind_remove_session(f->logind, "3");
        fake_logind_remove_session(f->logind, "4");
        fixture_wait_property(f, SEAT0, "State", "'free'");
        fake_logind_remove_seat(f->logind, "seat-left");
        WAIT_FOR(fixture_count_signals(f, MANAGER, "StationRemoved") == 1);

        fake_polkit_release(f->polkit);
        call_wait(of_session);
        g_assert_cmpstr(of_session->error, ==, "org.usher1.Error.NoSuchSession");
        call_wait(of_station);
        g_assert_cmpstr(of_station->error, ==, "org.usher1.Error.NoSuchStation");
        assert_nothing_happened(f);
}

/* The check was about Ada's session; when the answer comes, the id is another user's session. */
static void test_the_session_is_anothers_after_the_check(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        GDBusConnection *ada;

        sessions(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        f->polkit->hold = TRUE;
        fixture_start(f);
        ada = fixture_connect(f, ADA);

        call = usher_send(ada, MANAGER, "Manager.LogOffSession", ARGS("('3', {'grace': <uint32 1>})"));
        WAIT_FOR(fake_polkit_n_held(f->polkit) == 1);
        fake_logind_remove_session(f->logind, "3");
        fixture_wait_property(f, SEAT0, "State", "'free'");
        fake_logind_add_session(f->logind, .id = "3", .uid = BEN, .seat = "seat0");
        fixture_wait_property(f, SEAT0, "State", "'in-use'");

        fake_polkit_release(f->polkit);
        call_wait(call);
        g_assert_nonnull(call->error);
        assert_nothing_happened(f);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/polkit/" name, function)
        ADD("root-needs-no-polkit", test_root_needs_no_polkit);
        ADD("no-polkit-is-a-no", test_no_polkit_is_a_no);
        ADD("a-no-is-a-no", test_a_no_is_a_no);
        ADD("an-error-is-a-no", test_an_error_is_a_no);
        ADD("polkit-dies-during-a-check", test_polkit_dies_during_a_check);
        ADD("asks-about-the-caller-itself", test_asks_about_the_caller_itself);
        ADD("a-yes-is-for-that-action-alone", test_a_yes_is_for_that_action_alone);
        ADD("a-challenge-is-for-interactive-calls-only", test_a_challenge_is_for_interactive_calls_only);
        ADD("a-slow-polkit-delays-nobody-else", test_a_slow_polkit_delays_nobody_else);
        ADD("a-caller-who-is-gone-gets-nothing-done", test_a_caller_who_is_gone_gets_nothing_done);
        ADD("callers-who-leave-at-any-moment", test_callers_who_leave_at_any_moment);
        ADD("the-session-ends-during-a-check", test_the_session_ends_during_a_check);
        ADD("the-session-is-anothers-after-the-check", test_the_session_is_anothers_after_the_check);

        return g_test_run();
}
