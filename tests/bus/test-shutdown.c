/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Restart and PowerOff: no surprises, nothing half done, and the first request wins. */

#include "everybody.h"

#include <string.h>

#include "common/names.h"

#define SHUTTING_DOWN "org.usher1.Error.ShuttingDown"
#define BUSY "org.usher1.Error.Busy"

/* CHECK_INHIBITORS is 1. */
#define RESTARTS "RebootWithFlags(1)"

static gboolean exists(const char *path) {
        return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* No event shows that a file is removed, so the test polls. */
static void wait_gone(Fixture *f, const char *path) {
        gint64 end = g_get_monotonic_time() + 10 * SECOND;

        while (exists(path)) {
                fixture_settle(f);
                g_assert_cmpint(g_get_monotonic_time(), <, end);
        }
}

static void test_everybody_is_logged_off_and_then_it_restarts(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f), *reason = NULL, *deeds = NULL;
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        everybody_start(f);

        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 1>, 'reason': <'idle'>}");
        g_assert_cmpuint(g_strv_length(jobs), ==, 4);
        reason = usher_get_string(f->root, jobs[0], "Reason");
        g_assert_cmpstr(reason, ==, "restart");
        g_assert_true(exists(file));

        everybody_wait(f, jobs, "done");
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
        everybody_start(f);
        jobs = everybody_ask(f, "PowerOff", NULL);
        remaining = usher_get_uint64(f->root, jobs[0], "Remaining");
        g_assert_cmpuint(remaining, <=, 30 * SECOND);
        g_assert_cmpuint(remaining, >, 25 * SECOND);
}

static void test_with_nobody_logged_in_it_is_immediate(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        everybody_start(f);
        jobs = everybody_ask(f, "PowerOff", NULL);
        g_assert_cmpuint(g_strv_length(jobs), ==, 0);
        WAIT_FOR(fake_count(&f->logind->fake, "PowerOffWithFlags") > 0);
        assert_deeds(&f->logind->fake, "PowerOffWithFlags(1)");
}

static void test_cancel_all_cancels_it(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);
        g_auto(GStrv) jobs = NULL, again = NULL;

        four_people(f);
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 1>}");
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        everybody_wait(f, jobs, "cancelled");
        fixture_settle(f);
        g_assert_false(exists(file));

        /* After the time at which the sessions would have ended. */
        wait_until_time(g_get_monotonic_time() + 2 * SECOND);
        assert_deeds(&f->logind->fake, "");

        /* And nothing of it is left that would block the next one. */
        again = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        g_assert_cmpuint(g_strv_length(again), ==, 4);
}

static void test_one_cancelled_job_cancels_all(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        g_variant_unref(usher_call(f->root, jobs[1], "Job.Cancel", NULL));
        everybody_wait(f, jobs, "cancelled");
        fixture_settle(f);
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

static void test_the_right_to_log_off_does_not_cancel_a_restart(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        fake_polkit_answer(f->polkit, "org.usher1.log-off", TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, "org.usher1.log-off-all", TEACHER, FAKE_POLKIT_YES);
        everybody_start(f);
        teacher = fixture_connect(f, TEACHER);

        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        assert_refused(teacher, jobs[0], "Job.Cancel", NULL, "org.freedesktop.DBus.Error.AccessDenied");
        assert_refused(teacher, MANAGER, "Manager.CancelAll", NULL,
                        "org.freedesktop.DBus.Error.AccessDenied");
        assert_jobs(f, "1 2 3 4");
}

/* A user who requested their own log-off first cannot cancel what others have made depend on it. */
static void test_a_pupil_cannot_cancel_what_others_requested(Fixture *f, gconstpointer data) {
        g_autofree char *own = NULL;
        GDBusConnection *ada;
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        fake_polkit_answer(f->polkit, "org.usher1.log-off-self", ADA, FAKE_POLKIT_YES);
        everybody_start(f);
        ada = fixture_connect(f, ADA);
        g_variant_get(usher_call(ada, MANAGER, "Manager.LogOffSession",
                                      ARGS("('3', {'grace': <uint32 3600>})")),
                        "(o)", &own);

        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        assert_refused(ada, own, "Job.Cancel", NULL, "org.freedesktop.DBus.Error.AccessDenied");
        assert_refused(ada, MANAGER, "Manager.CancelAll", NULL, "org.freedesktop.DBus.Error.AccessDenied");
        assert_jobs(f, "1 2 3 4");
}

/* The right to one's own log-off does not include blocking logins. */
static void test_a_pupil_cannot_block_logins(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);
        GDBusConnection *ada;

        four_people(f);
        fake_polkit_answer(f->polkit, "org.usher1.log-off-self", ADA, FAKE_POLKIT_YES);
        everybody_start(f);
        ada = fixture_connect(f, ADA);
        assert_refused(ada, MANAGER, "Manager.LogOffSession", ARGS("('3', {'block-logins': <true>})"),
                        "org.freedesktop.DBus.Error.AccessDenied");
        assert_jobs(f, "");
        g_assert_false(exists(file));
}

static void test_it_outlives_a_kill(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 2>}");
        fixture_kill(f);
        everybody_start(f);
        g_assert_true(exists(file));
        assert_refused(f->root, MANAGER, "Manager.PowerOff", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);

        everybody_wait(f, jobs, "done");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
}

static void test_what_cannot_be_ended_does_not_hold_it_up(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        f->logind->ignore_terminate = f->logind->ignore_kill = f->systemd->ignore_stop = TRUE;
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 0>}");
        everybody_wait(f, jobs, "failed");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
}

static void assert_respected_and_named(Fixture *f, const char *mode) {
        g_auto(GStrv) jobs = NULL;
        g_autoptr(Call) call = NULL;

        four_people(f);
        fake_logind_block(f->logind, mode, "sleep:shutdown", "Backup\x1b[31m", "Tape is running");
        everybody_start(f);

        call = usher_send(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"));
        call_wait(call);
        g_assert_cmpstr(call->error, ==, BUSY);
        g_assert_nonnull(strstr(call->text, "Backup"));
        g_assert_nonnull(strstr(call->text, "Tape is running"));
        g_assert_null(strchr(call->text, '\x1b'));
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
        assert_deeds(&f->systemd->fake, "");

        /* The inhibitor does not affect log-offs. */
        jobs = everybody_ask(f, "LogOffAll", "{'grace': <uint32 0>}");
        g_assert_cmpuint(g_strv_length(jobs), ==, 3);
        everybody_wait(f, jobs, "done");
}

static void test_a_strong_inhibitor(Fixture *f, gconstpointer data) {
        assert_respected_and_named(f, "block");
}

static void test_a_weak_inhibitor(Fixture *f, gconstpointer data) {
        assert_respected_and_named(f, "block-weak");
}

/* Somebody takes it while people are warned. */
static void assert_late_inhibitor_is_respected(Fixture *f, const char *mode) {
        g_autofree char *file = everybody_nologin(f);
        g_auto(GStrv) jobs = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        fake_logind_block(f->logind, mode, "shutdown", "Backup", "Tape is running");
        fake_logind_remove_session(f->logind, "3");
        everybody_wait(f, jobs, "left");

        WAIT_FOR(!g_file_test(file, G_FILE_TEST_EXISTS));
        g_assert_cmpuint(fake_count(&f->logind->fake, "ListInhibitors"), ==, 2);
        g_assert_cmpuint(fake_count(&f->logind->fake, "RebootWithFlags"), ==, 0);
}

static void test_a_late_strong_inhibitor(Fixture *f, gconstpointer data) {
        assert_late_inhibitor_is_respected(f, "block");
}

static void test_a_late_weak_inhibitor(Fixture *f, gconstpointer data) {
        assert_late_inhibitor_is_respected(f, "block-weak");
}

static void test_other_inhibitors_block_nothing(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        fake_logind_block(f->logind, "block", "sleep:idle:handle-lid-switch", "Player", "Film");
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", NULL);
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
}

static void test_the_first_request_wins(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        assert_refused(f->root, MANAGER, "Manager.PowerOff", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);
        assert_refused(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('console', " NO_OPTIONS ")"),
                        SHUTTING_DOWN);
        assert_jobs(f, "1 2 3 4");
}

static void test_two_at_the_same_moment(Fixture *f, gconstpointer data) {
        g_autoptr(Call) first = NULL, second = NULL;

        four_people(f);
        everybody_start(f);
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
        everybody_start(f);
        fixture_settle(f);
        assert_refused(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"), SHUTTING_DOWN);
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('console', " NO_OPTIONS ")"),
                        SHUTTING_DOWN);
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
        everybody_start(f);
        teacher = fixture_connect(f, TEACHER);

        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                assert_refused(teacher, MANAGER, table[i].member, g_variant_new_parsed(table[i].arguments),
                                "org.freedesktop.DBus.Error.AccessDenied");
                g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, table[i].action);
        }

        /* A warning shorter than the minimum needs another right. */
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, "org.usher1.skip-warning", TEACHER, FAKE_POLKIT_NO);
        assert_refused(teacher, MANAGER, "Manager.Restart", ARGS("({'grace': <uint32 0>},)"),
                        "org.freedesktop.DBus.Error.AccessDenied");
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

static void test_somebody_elses_nologin_is_kept(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f), *text = NULL;
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        g_assert_true(g_file_set_contents(file, "Backup until six\n", -1, NULL));
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        everybody_wait(f, jobs, "cancelled");
        fixture_settle(f);
        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "Backup until six\n");
}

static void test_logind_refuses(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);
        g_auto(GStrv) jobs = NULL, again = NULL;

        four_people(f);
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 0>}");
        f->logind->refuse_shutdown = "org.freedesktop.DBus.Error.AccessDenied";
        everybody_wait(f, jobs, "done");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 0);
        wait_gone(f, file);

        f->logind->refuse_shutdown = NULL;
        again = everybody_ask(f, "Restart", NULL);
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") > 1);
}

int main(int argc, char **argv) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/shutdown/" name, function)
        ADD("everybody-is-logged-off-and-then-it-restarts",
                        test_everybody_is_logged_off_and_then_it_restarts);
        ADD("the-grace-is-the-shutdowns", test_the_grace_is_the_shutdowns);
        ADD("with-nobody-logged-in-it-is-immediate", test_with_nobody_logged_in_it_is_immediate);
        ADD("cancel-all-cancels-it", test_cancel_all_cancels_it);
        ADD("one-cancelled-job-cancels-all", test_one_cancelled_job_cancels_all);
        ADD("the-right-to-log-off-does-not-cancel-a-restart",
                        test_the_right_to_log_off_does_not_cancel_a_restart);
        ADD("a-pupil-cannot-cancel-what-others-requested", test_a_pupil_cannot_cancel_what_others_requested);
        ADD("a-pupil-cannot-block-logins", test_a_pupil_cannot_block_logins);
        ADD("it-outlives-a-kill", test_it_outlives_a_kill);
        ADD("what-cannot-be-ended-does-not-hold-it-up", test_what_cannot_be_ended_does_not_hold_it_up);
        ADD("a-strong-inhibitor-is-respected-and-named", test_a_strong_inhibitor);
        ADD("a-weak-inhibitor-is-respected-and-named", test_a_weak_inhibitor);
        ADD("a-late-strong-inhibitor-is-respected", test_a_late_strong_inhibitor);
        ADD("a-late-weak-inhibitor-is-respected", test_a_late_weak_inhibitor);
        ADD("other-inhibitors-block-nothing", test_other_inhibitors_block_nothing);
        ADD("the-first-request-wins", test_the_first_request_wins);
        ADD("two-at-the-same-moment", test_two_at_the_same_moment);
        ADD("not-while-logind-shuts-down", test_not_while_logind_shuts_down);
        ADD("each-needs-its-own-right", test_each_needs_its_own_right);
        ADD("somebody-elses-nologin-is-kept", test_somebody_elses_nologin_is_kept);
        ADD("logind-refuses", test_logind_refuses);

        return g_test_run();
}
