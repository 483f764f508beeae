/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who may do what. Whatever is not a plain yes from polkit is a no, and a no has changed nothing. */

#include "fixture.h"

#include <glib/gstdio.h>

#include "names.h"

#define SECOND G_USEC_PER_SEC
#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define LIMITS_EXCEEDED "org.freedesktop.DBus.Error.LimitsExceeded"

static void sessions(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
}

static void assert_nothing_happened(Fixture *f) {
        fixture_settle(f);
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
        assert_deeds(&f->systemd->fake, "");
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

static void test_polkit_dies_while_it_thinks(Fixture *f, gconstpointer data) {
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

        /* Nor by the back door. */
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

        /* Whoever holds the right without being asked has no need to be spared the question. */
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

static void test_a_challenge_asks_only_who_agreed(Fixture *f, gconstpointer data) {
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

static void test_a_long_thought_holds_nobody_else_up(Fixture *f, gconstpointer data) {
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

        /* A verdict that comes all the same is too late. */
        fake_polkit_release(f->polkit);
        assert_nothing_happened(f);
}

/* As CVE-2021-3560: the caller leaves at every moment there is. */
static void test_callers_who_leave_at_any_moment(Fixture *f, gconstpointer data) {
        sessions(f);
        fixture_start(f);

        for (int i = 0; i < 100; i++) {
                GDBusConnection *mallory = bus_connect(f->bus, MALLORY);
                g_autoptr(Call) call = usher_send(mallory, MANAGER, "Manager.LogOff",
                                ARGS("('seat0', {'grace': <uint32 0>})"));

                for (int steps = g_test_rand_int_range(0, 12); steps > 0; steps--)
                        g_main_context_iteration(NULL, FALSE);
                bus_disconnect(mallory);
        }

        assert_nothing_happened(f);
        assert_refused(fixture_connect(f, MALLORY), MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"),
                        ACCESS_DENIED);
}

static void test_the_session_goes_while_polkit_thinks(Fixture *f, gconstpointer data) {
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

/* The right was asked for Ada's session; what is there when the answer comes is somebody else's. */
static void test_the_session_is_anothers_when_polkit_is_done(Fixture *f, gconstpointer data) {
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

static void test_a_thousand_requests_are_too_many(Fixture *f, gconstpointer data) {
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) call_free);
        g_autoptr(Call) other = NULL;
        guint refused = 0, held;
        gint64 before;

        sessions(f);
        f->polkit->hold = TRUE;
        fixture_start(f);

        /* The bus itself lets a connection wait for 128 replies. */
        for (int i = 0; i < 10; i++) {
                GDBusConnection *mallory = fixture_connect(f, MALLORY);

                for (int k = 0; k < 100; k++)
                        g_ptr_array_add(calls,
                                        usher_send(mallory, MANAGER, "Manager.LogOff",
                                                        ARGS("('seat0', @a{sv} {})")));
        }

        fixture_settle(f);
        for (guint i = 0; i < calls->len; i++) {
                Call *call = calls->pdata[i];

                if (!call->done)
                        continue;

                g_assert_cmpstr(call->error, ==, LIMITS_EXCEEDED);
                g_assert_true(g_regex_match_simple("[0-9]+", call->text, 0, 0));
                refused++;
        }
        held = fake_polkit_n_held(f->polkit);
        g_test_message("%u refused, %u waiting", refused, held);
        g_assert_cmpuint(refused, >=, 500);
        g_assert_cmpuint(held, <=, 128);

        /* Neither root nor another user feels it. */
        before = g_get_monotonic_time();
        g_strfreev(job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)"))));
        g_assert_cmpint(g_get_monotonic_time() - before, <, 1 * SECOND);
        other = usher_send(fixture_connect(f, TEACHER), MANAGER, "Manager.LogOff",
                        ARGS("('seat0', @a{sv} {})"));
        WAIT_FOR(fake_polkit_n_held(f->polkit) == held + 1);

        /* What is waiting is answered in the end. */
        fake_polkit_release(f->polkit);
        for (guint i = 0; i < calls->len; i++)
                call_wait(calls->pdata[i]);
        call_wait(other);
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

        /* A neighbour. */
        assert_refused(ben, paths[0], "Job.Cancel", NULL, ACCESS_DENIED);
        assert_refused(ben, paths[0], "Job.EndNow", NULL, ACCESS_DENIED);
        assert_refused(ben, paths[0], "Job.Extend", ARGS("(uint32 10,)"), ACCESS_DENIED);
        assert_refused(ben, MANAGER, "Manager.CancelAll", NULL, ACCESS_DENIED);

        /* Whom it concerns: may have a little more time, or none at all, but may not stay. */
        deadline = usher_get_uint64(f->root, paths[0], "DeadlineMonotonic");
        g_variant_unref(usher_call(ada, paths[0], "Job.Extend", ARGS("(uint32 10,)")));
        g_assert_cmpuint(usher_get_uint64(f->root, paths[0], "DeadlineMonotonic"), ==,
                        deadline + 10 * SECOND);
        assert_refused(ada, paths[0], "Job.Cancel", NULL, ACCESS_DENIED);
        assert_jobs(f, "1");

        /* Who began it. */
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

/* What an ordinary user gets of each member when polkit denies everything: "" is success. A member that stands here
 * must exist, and one that exists must stand here. */
static const struct {
        const char *path;
        const char *member;
        const char *arguments;
        const char *error;
} members[] = {
        { MANAGER, "Manager.ListStations", NULL, "" },
        { MANAGER, "Manager.ListHubs", NULL, "" },
        { MANAGER, "Manager.ListJobs", NULL, "" },
        { MANAGER, "Manager.GetStation", "('seat0',)", "" },
        { MANAGER, "Manager.GetStationBySession", "('3',)", "" },
        { MANAGER, "Manager.GetStationByHub", "('1-1',)", "org.usher1.Error.NoSuchHub" },
        { MANAGER, "Manager.LogOff", "('seat0', @a{sv} {})", ACCESS_DENIED },
        { MANAGER, "Manager.LogOffSession", "('3', @a{sv} {})", ACCESS_DENIED },
        { MANAGER, "Manager.LogOffAll", "(@a{sv} {},)", ACCESS_DENIED },
        { MANAGER, "Manager.CancelAll", NULL, ACCESS_DENIED },
        { MANAGER, "Manager.SendMessage", "('seat0', 'text')", ACCESS_DENIED },
        { MANAGER, "Manager.SendMessageAll", "('text',)", ACCESS_DENIED },
        { MANAGER, "Manager.ListNotices", NULL, "" },
        { MANAGER, "Manager.NoticeShown", "(uint32 1, 'desktop')", "org.usher1.Error.NoSuchNotice" },
        { MANAGER, "Manager.Restart", "(@a{sv} {},)", ACCESS_DENIED },
        { MANAGER, "Manager.PowerOff", "(@a{sv} {},)", ACCESS_DENIED },
        { MANAGER, "Manager.SetMode", "('console', @a{sv} {})", ACCESS_DENIED },
        { MANAGER, "Manager.AttachHub", "('1-1', 'seat0')", "*" }, /* there are no hubs here: either error */
        { MANAGER, "Manager.DetachAll", NULL, ACCESS_DENIED },
        { SEAT0, "Station.LogOff", "(@a{sv} {},)", ACCESS_DENIED },
        { SEAT0, "Station.SendMessage", "('text',)", ACCESS_DENIED },
        { SEAT0, "Station.SetLabel", "('text',)", ACCESS_DENIED },
        { SEAT0, "Station.Identify", NULL, ACCESS_DENIED },
        { SEAT0, "Station.Lock", NULL, ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.Cancel", NULL, ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.Extend", "(uint32 1,)", ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.EndNow", NULL, ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.SetWarned", "('desktop',)", ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.SetAsked", "(false, '')", ACCESS_DENIED },
};

/* Every "Interface.Member" that usherd itself says it has at this path. */
static void add_members(Fixture *f, const char *path, GHashTable *found) {
        g_autoptr(Call) call = call_send(f->root, USHER_BUS_NAME, path,
                        "org.freedesktop.DBus.Introspectable", "Introspect", NULL, FALSE);
        g_autoptr(GDBusNodeInfo) node = NULL;
        g_autoptr(GError) error = NULL;
        const char *xml;

        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        g_variant_get(call->reply, "(&s)", &xml);
        node = g_dbus_node_info_new_for_xml(xml, &error);
        g_assert_no_error(error);

        for (guint i = 0; node->interfaces[i]; i++) {
                const GDBusInterfaceInfo *info = node->interfaces[i];

                if (!g_str_has_prefix(info->name, "org.usher1."))
                        continue;
                for (guint k = 0; info->methods && info->methods[k]; k++)
                        g_hash_table_add(found,
                                        g_strdup_printf("%s.%s", info->name + strlen("org.usher1."),
                                                        info->methods[k]->name));
        }
}

static void test_every_member_as_an_ordinary_user(Fixture *f, gconstpointer data) {
        g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autofree char *job = NULL, *deeds = NULL;
        GDBusConnection *mallory;

        sessions(f);
        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        add_members(f, MANAGER, found);
        add_members(f, SEAT0, found);
        add_members(f, job, found);

        for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
                g_autofree char *error = NULL;

                /* What is still to be written has no line to keep. */
                if (!g_hash_table_remove(found, members[i].member))
                        continue;

                error = usher_error(mallory, members[i].path, members[i].member,
                                members[i].arguments ? ARGS(members[i].arguments) : NULL);
                if (g_str_equal(members[i].error, "*"))
                        g_assert_cmpstr(error, !=, "");
                else if (!g_str_equal(error, members[i].error))
                        g_error("%s: expected '%s', got '%s'", members[i].member, members[i].error, error);
        }

        /* A member that nobody thought of here. */
        if (g_hash_table_size(found) > 0) {
                GHashTableIter iterator;
                gpointer name;

                g_hash_table_iter_init(&iterator, found);
                g_hash_table_iter_next(&iterator, &name, NULL);
                g_error("%s is not in the table", (char *) name);
        }

        assert_jobs(f, "1");
        assert_deeds(&f->logind->fake, "");
}

/* The first door: what is not named in the bus policy does not even reach usherd, whatever polkit would say. */
static void test_the_policy_lets_through_what_it_names(Fixture *f, gconstpointer data) {
        static const struct {
                const char *path;
                const char *interface;
                const char *member;
                const char *arguments;
        } others[] = {
                { MANAGER, "org.usher1.Manager", "NoSuchMember", NULL },
                { MANAGER, DBUS_IFACE_PROPERTIES, "Set", "('org.usher1.Manager', 'Version', <'2'>)" },
                { MANAGER, "org.freedesktop.LogControl1", "NoSuchMember", NULL },
                { MANAGER, DBUS_IFACE_PROPERTIES, "NoSuchMember", NULL },
                { MANAGER, "org.freedesktop.DBus.ObjectManager", "NoSuchMember", NULL },
                { SEAT0, "org.usher1.Station", "NoSuchMember", NULL },
                { MANAGER, "org.example.Interface", "ListStations", NULL },
        };
        GDBusConnection *mallory;

        sessions(f);
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);

        for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
                g_autoptr(Call) call = call_send(mallory, USHER_BUS_NAME, others[i].path,
                                others[i].interface, others[i].member,
                                others[i].arguments ? ARGS(others[i].arguments) : NULL, FALSE);

                call_wait(call);
                g_assert_cmpstr(call->error, ==, ACCESS_DENIED);

                /* In the bus's words, not in ours. */
                g_assert_nonnull(strstr(call->text, "matched rules"));
        }

        assert_nothing_happened(f);
}

static void test_reading_is_open_to_all(Fixture *f, gconstpointer data) {
        g_autofree char *label = NULL, *version = NULL;
        g_autoptr(Call) all = NULL, objects = NULL;
        GDBusConnection *mallory;

        sessions(f);
        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);

        version = usher_get_string(mallory, MANAGER, "Version");
        g_assert_nonnull(version);
        label = usher_get_string(mallory, SEAT0, "Label");
        g_assert_nonnull(label);
        all = call_send(mallory, USHER_BUS_NAME, SEAT0, DBUS_IFACE_PROPERTIES, "GetAll",
                        ARGS("('org.usher1.Station',)"), FALSE);
        call_wait(all);
        g_assert_cmpstr(all->error, ==, NULL);
        objects = call_send(mallory, USHER_BUS_NAME, MANAGER, "org.freedesktop.DBus.ObjectManager",
                        "GetManagedObjects", NULL, FALSE);
        call_wait(objects);
        g_assert_cmpstr(objects->error, ==, NULL);
        g_assert_cmpuint(f->polkit->questions->len, ==, 0);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/polkit/" name, function)
        ADD("root-needs-no-polkit", test_root_needs_no_polkit);
        ADD("no-polkit-is-a-no", test_no_polkit_is_a_no);
        ADD("a-no-is-a-no", test_a_no_is_a_no);
        ADD("an-error-is-a-no", test_an_error_is_a_no);
        ADD("polkit-dies-while-it-thinks", test_polkit_dies_while_it_thinks);
        ADD("asks-about-the-caller-itself", test_asks_about_the_caller_itself);
        ADD("a-yes-is-for-that-action-alone", test_a_yes_is_for_that_action_alone);
        ADD("the-job-says-who-asked", test_the_job_says_who_asked);
        ADD("less-than-the-minimum-grace-needs-more", test_less_than_the_minimum_grace_needs_more);
        ADD("ones-own-session", test_ones_own_session);
        ADD("a-seat-shared-with-others-takes-both-rights", test_a_seat_shared_with_others_takes_both_rights);
        ADD("an-administrators-session-takes-the-stronger-right",
                        test_an_administrators_session_takes_the_stronger_right);
        ADD("log-off-all-leaves-administrators-alone", test_log_off_all_leaves_administrators_alone);
        ADD("a-challenge-asks-only-who-agreed", test_a_challenge_asks_only_who_agreed);
        ADD("a-long-thought-holds-nobody-else-up", test_a_long_thought_holds_nobody_else_up);
        ADD("a-caller-who-is-gone-gets-nothing-done", test_a_caller_who_is_gone_gets_nothing_done);
        ADD("callers-who-leave-at-any-moment", test_callers_who_leave_at_any_moment);
        ADD("the-session-goes-while-polkit-thinks", test_the_session_goes_while_polkit_thinks);
        ADD("the-session-is-anothers-when-polkit-is-done", test_the_session_is_anothers_when_polkit_is_done);
        ADD("a-thousand-requests-are-too-many", test_a_thousand_requests_are_too_many);
        ADD("job-methods", test_job_methods);
        ADD("cancel-all-is-for-what-one-began", test_cancel_all_is_for_what_one_began);
        ADD("every-member-as-an-ordinary-user", test_every_member_as_an_ordinary_user);
        ADD("the-policy-lets-through-what-it-names", test_the_policy_lets_through_what_it_names);
        ADD("reading-is-open-to-all", test_reading_is_open_to_all);

        return g_test_run();
}
