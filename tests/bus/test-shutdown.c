/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Restart, PowerOff, SetMode, and what logind's shutdowns mean for usherd: nobody is surprised, nothing is half done, and
 * the first wish wins. */

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "names.h"

#define SECOND G_USEC_PER_SEC
#define SHUTTING_DOWN "org.usher1.Error.ShuttingDown"
#define BUSY "org.usher1.Error.Busy"

/* CHECK_INHIBITORS is 1. */
#define RESTARTS "RebootWithFlags(1)"

static const char config[] = TEST_CONFIG "[Shutdown]\nGraceSec=30\n";

/* Two pupils, the head (an administrator), and somebody by ssh. */
static void four_people(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        fake_logind_add_session(f->logind, .id = "5", .uid = HEAD, .seat = "seat-right");
        fake_logind_add_session(f->logind, .id = "6", .uid = TEACHER, .type = "tty", .remote_host = "10.0.0.1");
        fake_logind_add_session(f->logind, .id = "c1", .uid = 0, .seat = "seat0", .class = "greeter", .inactive = TRUE);
        fixture_configure(f, config);
}

static GStrv ask(Fixture *f, const char *member, const char *options) {
        g_autofree char *name = g_strconcat("Manager.", member, NULL);
        g_autofree char *arguments = g_strdup_printf("(%s,)", options ? options : NO_OPTIONS);

        return job_paths(usher_call(f->root, MANAGER, name, g_variant_new_parsed(arguments)));
}

static void wait_all(Fixture *f, GStrv jobs, const char *result) {
        for (char **p = jobs; *p; p++)
                assert_result(f, *p, result);
}

static char *nologin(Fixture *f) {
        g_autofree char *directory = g_build_filename(f->directory, "root", "run", NULL);

        g_assert_no_errno(g_mkdir_with_parents(directory, 0755));
        return g_build_filename(directory, "nologin", NULL);
}

static void start(Fixture *f) {
        g_autofree char *file = nologin(f);

        fixture_start(f);
}

static gboolean exists(const char *path) {
        return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* That a file goes is no event here, so it is looked for. */
static void wait_gone(Fixture *f, const char *path) {
        gint64 end = g_get_monotonic_time() + 10 * SECOND;

        while (exists(path)) {
                fixture_settle(f);
                g_assert_cmpint(g_get_monotonic_time(), <, end);
        }
}

static void test_everybody_is_logged_off_and_then_it_restarts(Fixture *f, gconstpointer data) {
        g_autofree char *file = nologin(f), *reason = NULL, *deeds = NULL;
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        start(f);

        jobs = ask(f, "Restart", "{'grace': <uint32 1>, 'reason': <'idle'>}");
        g_assert_cmpuint(g_strv_length(jobs), ==, 4);
        reason = usher_get_string(f->root, jobs[0], "Reason");
        g_assert_cmpstr(reason, ==, "restart");
        g_assert_true(exists(file));

        wait_all(f, jobs, "done");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
        deeds = fake_deeds(&f->logind->fake);
        g_assert_true(g_str_has_suffix(deeds, RESTARTS));
        g_assert_null(strstr(deeds, "c1"));
        fixture_settle(f);
        g_assert_cmpuint(fake_count(&f->logind->fake, "RebootWithFlags"), ==, 1);
}

static void test_the_grace_is_the_shutdowns(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;
        guint64 remaining;

        four_people(f);
        start(f);
        jobs = ask(f, "PowerOff", NULL);
        remaining = usher_get_uint64(f->root, jobs[0], "Remaining");
        g_assert_cmpuint(remaining, <=, 30 * SECOND);
        g_assert_cmpuint(remaining, >, 25 * SECOND);
}

static void test_with_nobody_logged_in_it_is_at_once(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        start(f);
        jobs = ask(f, "PowerOff", NULL);
        g_assert_cmpuint(g_strv_length(jobs), ==, 0);
        WAIT_FOR(fake_count(&f->logind->fake, "PowerOffWithFlags") > 0);
        assert_deeds(&f->logind->fake, "PowerOffWithFlags(1)");
}

static void test_cancel_all_calls_it_off(Fixture *f, gconstpointer data) {
        g_autofree char *file = nologin(f);
        g_auto(GStrv) jobs = NULL, again = NULL;

        four_people(f);
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 1>}");
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        wait_all(f, jobs, "cancelled");
        fixture_settle(f);
        g_assert_false(exists(file));

        /* Past the time at which they would have ended. */
        wait_until_time(g_get_monotonic_time() + 2 * SECOND);
        assert_deeds(&f->logind->fake, "");

        /* And there is nothing left of it in the way of the next. */
        again = ask(f, "Restart", "{'grace': <uint32 60>}");
        g_assert_cmpuint(g_strv_length(again), ==, 4);
}

static void test_one_cancelled_job_calls_off_all(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 60>}");
        g_variant_unref(usher_call(f->root, jobs[1], "Job.Cancel", NULL));
        wait_all(f, jobs, "cancelled");
        fixture_settle(f);
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

static void test_who_may_log_off_may_not_call_off_a_restart(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        fake_polkit_answer(f->polkit, "org.usher1.log-off", TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, "org.usher1.log-off-all", TEACHER, FAKE_POLKIT_YES);
        start(f);
        teacher = fixture_connect(f, TEACHER);

        jobs = ask(f, "Restart", "{'grace': <uint32 60>}");
        assert_refused(teacher, jobs[0], "Job.Cancel", NULL, "org.freedesktop.DBus.Error.AccessDenied");
        assert_refused(teacher, MANAGER, "Manager.CancelAll", NULL, "org.freedesktop.DBus.Error.AccessDenied");
        assert_jobs(f, "1 2 3 4");
}

/* Whoever asked for their own log-off first has no say over what others hang on it. */
static void test_a_pupil_cannot_call_off_what_others_asked_for(Fixture *f, gconstpointer data) {
        g_autofree char *own = NULL;
        GDBusConnection *ada;
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        fake_polkit_answer(f->polkit, "org.usher1.log-off-self", ADA, FAKE_POLKIT_YES);
        start(f);
        ada = fixture_connect(f, ADA);
        g_variant_get(usher_call(ada, MANAGER, "Manager.LogOffSession", ARGS("('3', {'grace': <uint32 3600>})")), "(o)", &own);

        jobs = ask(f, "Restart", "{'grace': <uint32 60>}");
        assert_refused(ada, own, "Job.Cancel", NULL, "org.freedesktop.DBus.Error.AccessDenied");
        assert_refused(ada, MANAGER, "Manager.CancelAll", NULL, "org.freedesktop.DBus.Error.AccessDenied");
        assert_jobs(f, "1 2 3 4");
}

/* Keeping everybody out is no part of one's own log-off. */
static void test_a_pupil_cannot_keep_newcomers_out(Fixture *f, gconstpointer data) {
        g_autofree char *file = nologin(f);
        GDBusConnection *ada;

        four_people(f);
        fake_polkit_answer(f->polkit, "org.usher1.log-off-self", ADA, FAKE_POLKIT_YES);
        start(f);
        ada = fixture_connect(f, ADA);
        assert_refused(ada, MANAGER, "Manager.LogOffSession", ARGS("('3', {'block-logins': <true>})"),
                        "org.freedesktop.DBus.Error.AccessDenied");
        assert_jobs(f, "");
        g_assert_false(exists(file));
}

static void test_it_outlives_a_kill(Fixture *f, gconstpointer data) {
        g_autofree char *file = nologin(f);
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 2>}");
        fixture_kill(f);
        start(f);
        g_assert_true(exists(file));
        assert_refused(f->root, MANAGER, "Manager.PowerOff", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);

        wait_all(f, jobs, "done");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
}

static void test_what_cannot_be_ended_does_not_hold_it_up(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        f->logind->ignore_terminate = f->logind->ignore_kill = f->systemd->ignore_stop = TRUE;
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 0>}");
        wait_all(f, jobs, "failed");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
}

static void test_a_block_inhibitor_is_respected_and_named(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        four_people(f);
        fake_logind_block(f->logind, "sleep:shutdown", "Backup\x1b[31m", "Tape is running");
        start(f);

        call = usher_send(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"));
        call_wait(call);
        g_assert_cmpstr(call->error, ==, BUSY);
        g_assert_nonnull(strstr(call->text, "Backup"));
        g_assert_nonnull(strstr(call->text, "Tape is running"));
        g_assert_null(strchr(call->text, '\x1b'));
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
        assert_deeds(&f->systemd->fake, "");

        /* It has no bearing on log-offs, nor on a switch of the mode. */
        g_strfreev(job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)"))));
}

static void test_other_inhibitors_block_nothing(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        fake_logind_block(f->logind, "sleep:idle:handle-lid-switch", "Player", "Film");
        start(f);
        jobs = ask(f, "Restart", NULL);
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
}

static void test_the_first_wish_wins(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 60>}");
        assert_refused(f->root, MANAGER, "Manager.PowerOff", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);
        assert_refused(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('console', " NO_OPTIONS ")"), SHUTTING_DOWN);
        assert_jobs(f, "1 2 3 4");
}

static void test_two_at_the_same_moment(Fixture *f, gconstpointer data) {
        g_autoptr(Call) first = NULL, second = NULL;

        four_people(f);
        start(f);
        first = usher_send(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"));
        second = usher_send(f->root, MANAGER, "Manager.PowerOff", ARGS("(" NO_OPTIONS ",)"));
        call_wait(first);
        call_wait(second);
        g_assert_nonnull(first->reply);
        g_assert_cmpstr(second->error, ==, SHUTTING_DOWN);
}

static void test_not_while_logind_shuts_down(Fixture *f, gconstpointer data) {
        four_people(f);
        f->logind->preparing = TRUE;
        start(f);
        fixture_settle(f);
        assert_refused(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('console', " NO_OPTIONS ")"), SHUTTING_DOWN);
}

static void test_each_needs_its_own_right(Fixture *f, gconstpointer data) {
        static const struct {
                const char *member, *arguments, *action;
        } table[] = {
                { "Manager.Restart", "({'grace': <uint32 60>},)", "org.usher1.restart" },
                { "Manager.PowerOff", "({'grace': <uint32 60>},)", "org.usher1.power-off" },
                { "Manager.SetMode", "('console', {'grace': <uint32 60>})", "org.usher1.set-mode" },
        };
        GDBusConnection *teacher;

        four_people(f);
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
                fake_polkit_answer(f->polkit, table[i].action, TEACHER, FAKE_POLKIT_NO);
        start(f);
        teacher = fixture_connect(f, TEACHER);

        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                assert_refused(teacher, MANAGER, table[i].member, g_variant_new_parsed(table[i].arguments),
                                "org.freedesktop.DBus.Error.AccessDenied");
                g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, table[i].action);
        }

        /* Less than the minimum of warning is another right again. */
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, "org.usher1.skip-warning", TEACHER, FAKE_POLKIT_NO);
        assert_refused(teacher, MANAGER, "Manager.Restart", ARGS("({'grace': <uint32 0>},)"),
                        "org.freedesktop.DBus.Error.AccessDenied");
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

static void test_somebody_elses_nologin_is_kept(Fixture *f, gconstpointer data) {
        g_autofree char *file = nologin(f), *text = NULL;
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        g_assert_true(g_file_set_contents(file, "Backup until six\n", -1, NULL));
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 60>}");
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        wait_all(f, jobs, "cancelled");
        fixture_settle(f);
        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "Backup until six\n");
}

static void test_logind_refuses(Fixture *f, gconstpointer data) {
        g_autofree char *file = nologin(f);
        g_auto(GStrv) jobs = NULL, again = NULL;

        four_people(f);
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 0>}");
        f->logind->refuse_shutdown = "org.freedesktop.DBus.Error.AccessDenied";
        wait_all(f, jobs, "done");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
        wait_gone(f, file);

        f->logind->refuse_shutdown = NULL;
        again = ask(f, "Restart", NULL);
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 1);
}

/* Modes */

static void wait_mode(Fixture *f, const char *mode) {
        fixture_wait_property(f, MANAGER, "Mode", mode);
}

static GStrv set_mode(Fixture *f, const char *mode, const char *options) {
        g_autofree char *arguments = g_strdup_printf("(%%s, %s)", options ? options : NO_OPTIONS);

        return job_paths(usher_call(f->root, MANAGER, "Manager.SetMode", g_variant_new_parsed(arguments, mode)));
}

static void test_console_and_back(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL, back = NULL;
        g_autofree char *reason = NULL;

        four_people(f);
        start(f);
        wait_mode(f, "'station'");
        jobs = set_mode(f, "console", "{'grace': <uint32 1>}");
        g_assert_cmpuint(g_strv_length(jobs), ==, 4);
        reason = usher_get_string(f->root, jobs[0], "Reason");
        g_assert_cmpstr(reason, ==, "mode-switch");
        wait_mode(f, "'console'");
        wait_all(f, jobs, "done");

        back = set_mode(f, "station", NULL);
        g_assert_cmpuint(g_strv_length(back), ==, 0);
        wait_mode(f, "'station'");
}

static void test_the_same_mode_logs_nobody_off(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        start(f);
        jobs = set_mode(f, "station", "{'grace': <uint32 0>}");
        g_assert_cmpuint(g_strv_length(jobs), ==, 0);
        assert_jobs(f, "");
        assert_deeds(&f->systemd->fake, "");
}

static void test_a_mode_that_is_none(Fixture *f, gconstpointer data) {
        static const char *const names[] = { "x", "", "Console", "console ", "rescue\n" };

        four_people(f);
        start(f);
        for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
                assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("(%s, " NO_OPTIONS ")", names[i]),
                                "org.freedesktop.DBus.Error.InvalidArgs");
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('console', {'speed': <1>})"),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        assert_jobs(f, "");
}

static void test_one_switch_at_a_time(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        start(f);
        jobs = set_mode(f, "console", NULL);
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('station', " NO_OPTIONS ")"), BUSY);
        assert_refused(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"), BUSY);
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        wait_all(f, jobs, "cancelled");
        fixture_settle(f);
        assert_jobs(f, "");
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), ==, 0);
}

static void test_a_switch_that_fails_says_so_and_is_over(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL, again = NULL;

        f->systemd->console_fails = TRUE;
        start(f);
        jobs = set_mode(f, "console", NULL);
        WAIT_FOR(fake_count(&f->systemd->fake, "StartUnit") > 0);
        for (int i = 0; i < 5; i++)
                fixture_settle(f);
        wait_mode(f, "'station'");

        f->systemd->console_fails = FALSE;
        again = set_mode(f, "console", NULL);
        wait_mode(f, "'console'");
}

static void test_the_mode_is_known_from_the_first_word(Fixture *f, gconstpointer data) {
        g_autofree char *mode = NULL, *again = NULL;

        f->systemd->console = "active";
        start(f);
        mode = usher_get_string(f->root, MANAGER, "Mode");
        g_assert_cmpstr(mode, ==, "console");
        fixture_kill(f);
        start(f);
        again = usher_get_string(f->root, MANAGER, "Mode");
        g_assert_cmpstr(again, ==, "console");

        /* An administrator stops the unit by hand. */
        fake_systemd_set_unit(f->systemd, USHER_UNIT_CONSOLE, "inactive");
        wait_mode(f, "'station'");
}

static void test_boot_mode(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        fixture_configure(f, TEST_CONFIG "[Stations]\nBootMode=console\n");
        start(f);
        wait_mode(f, "'console'");

        /* It is the boot's mode, not that of every start of usherd. */
        jobs = set_mode(f, "station", NULL);
        wait_mode(f, "'station'");
        fixture_kill(f);
        start(f);
        fixture_settle(f);
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StartUnit"), ==, 1);
}

static void test_boot_mode_throws_nobody_out(Fixture *f, gconstpointer data) {
        fixture_configure(f, TEST_CONFIG "[Stations]\nBootMode=console\n");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        start(f);
        fixture_settle(f);
        assert_deeds(&f->systemd->fake, "");
}

/* Shutdowns that logind tells of */

/* That a lock is given back is no event here, so it is looked for. */
static void wait_locks(Fixture *f, guint n) {
        gint64 end = g_get_monotonic_time() + 10 * SECOND;

        while (fake_logind_inhibitors(f->logind, "delay") != n) {
                fixture_settle(f);
                g_assert_cmpint(g_get_monotonic_time(), <, end);
        }
}

static void wait_lock(Fixture *f) {
        wait_locks(f, 1);
}

static void wait_no_lock(Fixture *f) {
        wait_locks(f, 0);
}

static void test_the_hook_is_not_waited_for(Fixture *f, gconstpointer data) {
        four_people(f);
        f->systemd->hook = "active";
        start(f);
        wait_lock(f);
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        wait_no_lock(f);
        assert_jobs(f, "");

        /* Called off. */
        fake_logind_prepare_for_shutdown(f->logind, FALSE);
        wait_lock(f);
}

static void test_without_the_hook_people_get_a_last_word(Fixture *f, gconstpointer data) {
        g_autofree char *reason = NULL;
        gint64 begin;

        four_people(f);
        start(f);
        wait_lock(f);
        begin = g_get_monotonic_time();
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        fixture_settle(f);
        assert_jobs(f, "1 2 3 4");
        reason = usher_get_string(f->root, "/org/usher1/job/1", "Reason");
        g_assert_cmpstr(reason, ==, "power-off");
        WAIT_FOR(fake_systemd_has_warner(f->systemd, ADA) && fake_systemd_has_warner(f->systemd, BEN));
        g_assert_cmpuint(fake_logind_inhibitors(f->logind, "delay"), ==, 1);

        /* logind waits five seconds. */
        wait_until_time(begin + 3500 * G_TIME_SPAN_MILLISECOND);
        g_assert_cmpuint(fake_logind_inhibitors(f->logind, "delay"), ==, 0);
}

static void test_a_shutdown_that_is_called_off_lets_people_stay(Fixture *f, gconstpointer data) {
        four_people(f);
        start(f);
        wait_lock(f);
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        fixture_settle(f);
        assert_jobs(f, "1 2 3 4");
        fake_logind_prepare_for_shutdown(f->logind, FALSE);
        fixture_settle(f);
        assert_jobs(f, "");
        wait_lock(f);
        assert_deeds(&f->logind->fake, "");
}

static void test_the_lock_is_never_held_for_nothing(Fixture *f, gconstpointer data) {
        gint64 begin;

        start(f);
        wait_lock(f);
        begin = g_get_monotonic_time();
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        wait_no_lock(f);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, SECOND);
}

static void test_the_lock_is_taken_from_the_next_logind(Fixture *f, gconstpointer data) {
        start(f);
        wait_lock(f);
        fake_restart(&f->logind->fake);
        WAIT_FOR(fake_count(&f->logind->fake, "Inhibit") > 1);
        wait_lock(f);
}

static void test_nothing_is_called_off_once_systemd_is_at_it(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        start(f);
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        jobs = job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll",
                        ARGS("({'grace': <uint32 2>, 'include-caller': <true>, 'include-seatless': <true>},)")));
        assert_refused(f->root, MANAGER, "Manager.CancelAll", NULL, "org.usher1.Error.NotCancellable");
        assert_refused(f->root, jobs[0], "Job.Cancel", NULL, "org.usher1.Error.NotCancellable");

        /* logind's TerminateSession has to wait for the hook now, so sessions are ended without it. */
        wait_all(f, jobs, "done");
        g_assert_cmpuint(fake_count(&f->logind->fake, "TerminateSession"), ==, 0);
        g_assert_cmpuint(fake_count(&f->logind->fake, "KillSession"), >=, 4);
}

static void test_a_foreign_shutdown_makes_a_plan_void(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 1>}");
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        wait_all(f, jobs, "done");
        fixture_settle(f);
        g_assert_cmpuint(fake_count(&f->logind->fake, "RebootWithFlags"), ==, 0);
}

/* Ctrl-Alt-Del: systemd is at it, and logind has not said a word. */
static void test_a_shutdown_past_logind_makes_a_plan_void(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 2>}");
        f->systemd->queued = "poweroff.target";
        fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, "deactivating");
        WAIT_FOR(fake_count(&f->systemd->fake, "ListJobs") == 1);
        fixture_settle(f);
        fixture_settle(f);
        assert_refused(f->root, jobs[0], "Job.Cancel", NULL, "org.usher1.Error.NotCancellable");
        wait_all(f, jobs, "done");
        fixture_settle(f);
        g_assert_cmpuint(fake_count(&f->logind->fake, "RebootWithFlags"), ==, 0);
}

/* An administrator, or an upgrade of the package, restarts usher-shutdown.service: that is no shutdown. */
static void test_a_hook_that_is_restarted_leaves_the_plan_alone(Fixture *f, gconstpointer data) {
        static const char *const states[] = { "deactivating", "inactive", "activating", "active" };
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 2>}");
        for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
                fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, states[i]);
                fixture_settle(f);
                fixture_settle(f);
                assert_refused(f->root, MANAGER, "Manager.PowerOff", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);
        }

        wait_all(f, jobs, "done");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") == 1);
}

static void test_a_hook_that_is_restarted_keeps_nobody_from_calling_off(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 60>}");
        fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, "deactivating");
        fixture_settle(f);
        fixture_settle(f);
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        wait_all(f, jobs, "cancelled");
        g_assert_cmpuint(fake_count(&f->logind->fake, "RebootWithFlags"), ==, 0);
}

static void test_after_a_suspend_people_are_warned_again(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;
        guint64 before;

        four_people(f);
        fixture_configure(f, "[LogOff]\nMinimumGraceSec=20\n");
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 5>}");
        WAIT_FOR(fake_systemd_has_warner(f->systemd, ADA));
        before = usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic");
        fake_forget(&f->systemd->fake);
        fake_emit(&f->logind->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", g_variant_new("(b)", TRUE));
        fake_emit(&f->logind->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", g_variant_new("(b)", FALSE));
        WAIT_FOR(fake_count(&f->systemd->fake, "StartUnit") >= 4);
        g_assert_cmpuint(usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic"), >, before + 10 * SECOND);
        g_assert_cmpuint(usher_get_uint64(f->root, jobs[0], "Remaining"), >, 15 * SECOND);
}

/* With time enough left the deadline stays, but the wall says another time, and whoever slept has seen nothing. */
static void test_after_a_suspend_with_time_left_people_are_warned_anew(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;
        guint64 before;

        four_people(f);
        start(f);
        jobs = ask(f, "Restart", "{'grace': <uint32 60>}");
        usher_call(f->root, jobs[0], "Job.SetWarned", ARGS("('desktop',)"));
        fixture_wait_property(f, jobs[0], "Warned", "'desktop'");
        before = usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic");
        fake_emit(&f->logind->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", g_variant_new("(b)", FALSE));
        fixture_wait_property(f, jobs[0], "Warned", "'pending'");
        g_assert_cmpuint(usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic"), ==, before);
}

int main(int argc, char **argv) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/shutdown/" name, function)
        ADD("everybody-is-logged-off-and-then-it-restarts", test_everybody_is_logged_off_and_then_it_restarts);
        ADD("the-grace-is-the-shutdowns", test_the_grace_is_the_shutdowns);
        ADD("with-nobody-logged-in-it-is-at-once", test_with_nobody_logged_in_it_is_at_once);
        ADD("cancel-all-calls-it-off", test_cancel_all_calls_it_off);
        ADD("one-cancelled-job-calls-off-all", test_one_cancelled_job_calls_off_all);
        ADD("who-may-log-off-may-not-call-off-a-restart", test_who_may_log_off_may_not_call_off_a_restart);
        ADD("a-pupil-cannot-call-off-what-others-asked-for", test_a_pupil_cannot_call_off_what_others_asked_for);
        ADD("a-pupil-cannot-keep-newcomers-out", test_a_pupil_cannot_keep_newcomers_out);
        ADD("it-outlives-a-kill", test_it_outlives_a_kill);
        ADD("what-cannot-be-ended-does-not-hold-it-up", test_what_cannot_be_ended_does_not_hold_it_up);
        ADD("a-block-inhibitor-is-respected-and-named", test_a_block_inhibitor_is_respected_and_named);
        ADD("other-inhibitors-block-nothing", test_other_inhibitors_block_nothing);
        ADD("the-first-wish-wins", test_the_first_wish_wins);
        ADD("two-at-the-same-moment", test_two_at_the_same_moment);
        ADD("not-while-logind-shuts-down", test_not_while_logind_shuts_down);
        ADD("each-needs-its-own-right", test_each_needs_its_own_right);
        ADD("somebody-elses-nologin-is-kept", test_somebody_elses_nologin_is_kept);
        ADD("logind-refuses", test_logind_refuses);
        ADD("console-and-back", test_console_and_back);
        ADD("the-same-mode-logs-nobody-off", test_the_same_mode_logs_nobody_off);
        ADD("a-mode-that-is-none", test_a_mode_that_is_none);
        ADD("one-switch-at-a-time", test_one_switch_at_a_time);
        ADD("a-switch-that-fails-says-so-and-is-over", test_a_switch_that_fails_says_so_and_is_over);
        ADD("the-mode-is-known-from-the-first-word", test_the_mode_is_known_from_the_first_word);
        ADD("boot-mode", test_boot_mode);
        ADD("boot-mode-throws-nobody-out", test_boot_mode_throws_nobody_out);
        ADD("the-hook-is-not-waited-for", test_the_hook_is_not_waited_for);
        ADD("without-the-hook-people-get-a-last-word", test_without_the_hook_people_get_a_last_word);
        ADD("a-shutdown-that-is-called-off-lets-people-stay", test_a_shutdown_that_is_called_off_lets_people_stay);
        ADD("the-lock-is-never-held-for-nothing", test_the_lock_is_never_held_for_nothing);
        ADD("the-lock-is-taken-from-the-next-logind", test_the_lock_is_taken_from_the_next_logind);
        ADD("nothing-is-called-off-once-systemd-is-at-it", test_nothing_is_called_off_once_systemd_is_at_it);
        ADD("a-foreign-shutdown-makes-a-plan-void", test_a_foreign_shutdown_makes_a_plan_void);
        ADD("a-shutdown-past-logind-makes-a-plan-void", test_a_shutdown_past_logind_makes_a_plan_void);
        ADD("a-hook-that-is-restarted-leaves-the-plan-alone", test_a_hook_that_is_restarted_leaves_the_plan_alone);
        ADD("a-hook-that-is-restarted-keeps-nobody-from-calling-off",
                        test_a_hook_that_is_restarted_keeps_nobody_from_calling_off);
        ADD("after-a-suspend-with-time-left-people-are-warned-anew",
                        test_after_a_suspend_with_time_left_people_are_warned_anew);
        ADD("after-a-suspend-people-are-warned-again", test_after_a_suspend_people_are_warned_again);

        return g_test_run();
}
