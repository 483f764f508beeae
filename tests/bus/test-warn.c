/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How usherd works with usher-warn, which the fake systemd plays as the user: a failure to warn does not
 * shorten the warning, only the user of a session can report for it, and a desktop cannot delay the end for
 * longer than AskSec. */

#include "fixture.h"

#define SECOND G_USEC_PER_SEC

static void one_session(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
}

static void test_tells_how_the_user_was_reached(Fixture *f, gconstpointer data) {
        static const char *const ways[] = { "desktop", "terminal", "none" };

        fixture_start(f);
        for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
                g_autofree char *path = NULL, *quoted = g_strdup_printf("'%s'", ways[i]);

                f->systemd->warned = ways[i];
                one_session(f);
                fixture_wait_property(f, SEAT0, "State", "'in-use'");
                path = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
                fixture_wait_property(f, path, "Warned", quoted);
                fake_logind_remove_session(f->logind, "3");
                assert_result(f, path, "left");
                fixture_wait_property(f, SEAT0, "State", "'free'");
        }
}

static void assert_full_grace(Fixture *f) {
        g_autofree char *path = NULL;
        gint64 before;

        before = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        assert_result(f, path, "done");
        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - before, >=, 1 * SECOND);
}

static void test_full_grace_without_systemd(Fixture *f, gconstpointer data) {
        one_session(f);
        fake_stop(&f->systemd->fake);
        fixture_start(f);
        assert_full_grace(f);
}

static void test_full_grace_when_systemd_is_deaf(Fixture *f, gconstpointer data) {
        one_session(f);
        f->systemd->fake.hang = TRUE;
        fixture_start(f);
        assert_full_grace(f);
}

static void test_full_grace_when_the_unit_does_not_start(Fixture *f, gconstpointer data) {
        one_session(f);
        f->systemd->refuse_start = "org.freedesktop.systemd1.NoSuchUnit";
        fixture_start(f);
        assert_full_grace(f);
}

static void test_full_grace_when_the_warner_is_mute(Fixture *f, gconstpointer data) {
        one_session(f);
        f->systemd->warned = NULL;
        f->systemd->asked = FAKE_WARNER_MUTE;
        fixture_start(f);
        assert_full_grace(f);
}

static void test_nobody_speaks_for_somebody_else(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *warned = NULL;
        GDBusConnection *mallory, *ada;

        one_session(f);
        fake_logind_add_session(f->logind, .id = "4", .uid = MALLORY, .seat = "seat-left");
        f->systemd->warned = NULL;
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);
        ada = fixture_connect(f, ADA);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        assert_refused(mallory, path, "Job.SetWarned", ARGS("('desktop',)"),
                        "org.freedesktop.DBus.Error.AccessDenied");
        assert_refused(mallory, path, "Job.SetAsked", ARGS("(false, '')"),
                        "org.freedesktop.DBus.Error.AccessDenied");
        warned = usher_get_string(f->root, path, "Warned");
        g_assert_cmpstr(warned, ==, "pending");

        assert_refused(ada, path, "Job.SetWarned", ARGS("('telepathy',)"),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        assert_refused(ada, path, "Job.SetWarned", ARGS("('pending',)"),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        g_variant_unref(usher_call(ada, path, "Job.SetWarned", ARGS("('terminal',)")));
        fixture_wait_property(f, path, "Warned", "'terminal'");
}

static void test_the_desktop_logs_out_by_itself(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *phases = NULL;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nAskSec=1h\n");
        one_session(f);
        f->systemd->asked = FAKE_WARNER_LOGS_OUT;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        phases = fixture_history(f, path, "Phase");
        g_assert_cmpstr(phases, ==, "asking");
        assert_deeds(&f->logind->fake, "");
}

static void test_nobody_to_ask_costs_no_time(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nAskSec=1h\n");
        one_session(f);
        f->systemd->asked = FAKE_WARNER_NOBODY_TO_ASK;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_a_save_dialog_has_its_time_and_no_more(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        gint64 asked, terminated;

        one_session(f);
        f->systemd->asked = FAKE_WARNER_BLOCKED;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        fixture_wait_property(f, path, "Phase", "'asking'");
        asked = g_get_monotonic_time();
        assert_result(f, path, "done");
        terminated = fake_nth(&f->logind->fake, "TerminateSession", 0)->time;
        g_assert_cmpint(terminated - asked, <, TEST_ASK_USEC + 5 * SECOND);
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_a_terminal_is_not_asked(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *phases = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0", .type = "tty",
                        .tty = "tty3", .vtnr = 3);
        f->systemd->asked = FAKE_WARNER_MUTE;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        phases = fixture_history(f, path, "Phase");
        g_assert_cmpstr(phases, ==, "terminating");
}

static void test_one_warner_serves_all_jobs_of_a_user(Fixture *f, gconstpointer data) {
        g_autofree char *first = NULL, *second = NULL;

        one_session(f);
        fake_logind_add_session(f->logind, .id = "4", .uid = ADA, .seat = "seat-left");
        fixture_start(f);

        first = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        second = fixture_log_off(f, "seat-left", "{'grace': <uint32 60>}");
        fixture_wait_property(f, first, "Warned", "'desktop'");
        fixture_wait_property(f, second, "Warned", "'desktop'");
}

static void test_an_early_answer_does_not_end_the_warning(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        GDBusConnection *ada;
        gint64 before;

        one_session(f);
        fixture_start(f);
        ada = fixture_connect(f, ADA);

        /* Reports of a confused or malicious usher-warn in the wrong phase have no effect. */
        before = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        g_variant_unref(usher_call(ada, path, "Job.SetAsked", ARGS("(false, '')")));
        g_variant_unref(usher_call(ada, path, "Job.SetAsked", ARGS("(true, 'everything')")));
        assert_result(f, path, "done");
        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - before, >=, 1 * SECOND);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/warn/" name, function)
        ADD("tells-how-the-user-was-reached", test_tells_how_the_user_was_reached);
        ADD("full-grace-without-systemd", test_full_grace_without_systemd);
        ADD("full-grace-when-systemd-is-deaf", test_full_grace_when_systemd_is_deaf);
        ADD("full-grace-when-the-unit-does-not-start", test_full_grace_when_the_unit_does_not_start);
        ADD("full-grace-when-the-warner-is-mute", test_full_grace_when_the_warner_is_mute);
        ADD("nobody-speaks-for-somebody-else", test_nobody_speaks_for_somebody_else);
        ADD("the-desktop-logs-out-by-itself", test_the_desktop_logs_out_by_itself);
        ADD("nobody-to-ask-costs-no-time", test_nobody_to_ask_costs_no_time);
        ADD("a-save-dialog-has-its-time-and-no-more", test_a_save_dialog_has_its_time_and_no_more);
        ADD("a-terminal-is-not-asked", test_a_terminal_is_not_asked);
        ADD("one-warner-serves-all-jobs-of-a-user", test_one_warner_serves_all_jobs_of_a_user);
        ADD("an-early-answer-does-not-end-the-warning", test_an_early_answer_does_not_end_the_warning);

        return g_test_run();
}
