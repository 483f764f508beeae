/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usherd is killed or logind is away when everybody has logged off and a restart or a mode switch is
 * pending: it happens once, and not hours later. */

#include "everybody.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "common/names.h"

#define MINUTE (60 * SECOND)

static void two_people(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        everybody_start(f);
}

static guint restarts(Fixture *f) {
        return fake_count(&f->logind->fake, "RebootWithFlags");
}

static char *store(Fixture *f) {
        g_autofree char *file = g_build_filename(f->directory, "runtime", "jobs", NULL);
        char *text;

        return g_file_get_contents(file, &text, NULL, NULL) ? text : g_strdup("");
}

/* Waits until usherd is idle and the store has, or has not, a pending action, and no job. */
static void wait_stored(Fixture *f, gboolean pending) {
        gint64 end = g_get_monotonic_time() + 10 * SECOND;

        for (;;) {
                g_autofree char *text = store(f);

                fixture_settle(f);
                if (!!strstr(text, "Follows=") == pending && !strstr(text, "Number="))
                        return;
                g_assert_cmpint(g_get_monotonic_time(), <, end);
        }
}

/* Everybody has left, and logind never answers the request to restart. */
static void restart_that_nobody_answers(Fixture *f) {
        g_auto(GStrv) jobs = NULL;

        two_people(f);
        jobs = everybody_ask_with(f, "Restart", "({'grace': <uint32 60>},)");
        f->logind->hang_shutdown = TRUE;
        fake_logind_remove_session(f->logind, "3");
        fake_logind_remove_session(f->logind, "4");
        everybody_wait(f, jobs, "left");
        WAIT_FOR(restarts(f) == 1);
        wait_stored(f, TRUE);
}

static void test_an_unanswered_restart_is_requested_again(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);

        restart_that_nobody_answers(f);
        fixture_kill(f);
        f->logind->hang_shutdown = FALSE;
        fake_restart(&f->logind->fake);

        fixture_start(f);
        g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
        WAIT_FOR(restarts(f) == 2);
        wait_stored(f, FALSE);

        /* The pending action is finished. */
        fixture_kill(f);
        fake_logind_prepare_for_shutdown(f->logind, FALSE);
        fixture_start(f);
        fixture_settle(f);
        fixture_settle(f);
        g_assert_cmpuint(restarts(f), ==, 2);
}

static void test_logind_is_shutting_down(Fixture *f, gconstpointer data) {
        restart_that_nobody_answers(f);
        fixture_kill(f);
        f->logind->hang_shutdown = FALSE;
        f->logind->preparing = TRUE;

        fixture_start(f);
        wait_stored(f, FALSE);
        g_assert_cmpuint(restarts(f), ==, 1);
}

static void test_systemd_is_shutting_down(Fixture *f, gconstpointer data) {
        restart_that_nobody_answers(f);
        fixture_kill(f);
        f->logind->hang_shutdown = FALSE;
        f->systemd->queued = "reboot.target";
        fake_restart(&f->logind->fake);

        fixture_start(f);
        wait_stored(f, FALSE);
        g_assert_cmpuint(restarts(f), ==, 1);
}

static void test_logind_refuses_after_the_kill(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);

        restart_that_nobody_answers(f);
        fixture_kill(f);
        f->logind->hang_shutdown = FALSE;
        f->logind->refuse_shutdown = "org.freedesktop.login1.BlockedByInhibitorLock";

        fixture_start(f);
        WAIT_FOR(restarts(f) == 2);
        wait_stored(f, FALSE);
        g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));

        /* Neither now nor after the next start. */
        f->logind->refuse_shutdown = NULL;
        fixture_kill(f);
        fixture_start(f);
        fixture_settle(f);
        fixture_settle(f);
        g_assert_cmpuint(restarts(f), ==, 2);
}

/* logind exits with the request; the next logind does not know it. */
static void test_logind_restarts(Fixture *f, gconstpointer data) {
        restart_that_nobody_answers(f);
        f->logind->hang_shutdown = FALSE;
        fake_restart(&f->logind->fake);
        WAIT_FOR(restarts(f) == 2);
        wait_stored(f, FALSE);
}

static void test_logind_is_away_when_everybody_is_gone(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);

        restart_that_nobody_answers(f);
        fake_stop(&f->logind->fake);
        f->logind->hang_shutdown = FALSE;
        fixture_kill(f);
        fixture_start(f);
        fixture_settle(f);
        assert_refused(f->root, MANAGER, "Manager.PowerOff", ARGS("(" NO_OPTIONS ",)"),
                        "org.usher1.Error.ShuttingDown");
        g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));

        fake_start(&f->logind->fake);
        WAIT_FOR(restarts(f) == 2);
        wait_stored(f, FALSE);
}

#define NO_REPLY "org.freedesktop.DBus.Error.NoReply"

/* It has not gone, so nothing will say that it is back. */
static void test_logind_is_slow_once(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        two_people(f);
        jobs = everybody_ask_with(f, "Restart", "({'grace': <uint32 60>},)");
        f->logind->refuse_shutdown = NO_REPLY;
        fake_logind_remove_session(f->logind, "3");
        fake_logind_remove_session(f->logind, "4");
        WAIT_FOR(restarts(f) == 1);
        wait_stored(f, TRUE);

        f->logind->refuse_shutdown = NULL;
        WAIT_FOR(restarts(f) == 2);
        wait_stored(f, FALSE);
}

/* Makes the stored times older, as if usherd had been down that long. */
static void age_the_store(Fixture *f, gint64 by) {
        g_autofree char *file = g_build_filename(f->directory, "runtime", "jobs", NULL), *text = store(f);
        g_autofree char *begin = NULL, *aged = NULL;
        guint64 due;
        char *line;
        int n;

        line = strstr(text, "Due=");
        g_assert_nonnull(line);
        g_assert_cmpint(sscanf(line, "Due=%" G_GUINT64_FORMAT "%n", &due, &n), ==, 1);
        begin = g_strndup(text, (gsize) (line - text));
        aged = g_strdup_printf("%sDue=%" G_GINT64_FORMAT "%s", begin, (gint64) due - by, line + n);
        g_assert_true(g_file_set_contents(file, aged, -1, NULL));
}

static void test_a_short_absence_changes_nothing(Fixture *f, gconstpointer data) {
        restart_that_nobody_answers(f);
        fixture_kill(f);
        f->logind->hang_shutdown = FALSE;
        fake_restart(&f->logind->fake);
        age_the_store(f, 4 * MINUTE);
        fixture_start(f);
        WAIT_FOR(restarts(f) == 2);
}

/* It is asked again and again, but not for ever. */
static void test_logind_is_slow_for_too_long(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);

        restart_that_nobody_answers(f);
        fixture_kill(f);
        f->logind->hang_shutdown = FALSE;
        f->logind->refuse_shutdown = NO_REPLY;
        fake_restart(&f->logind->fake);
        age_the_store(f, 5 * MINUTE - 6 * SECOND);
        fixture_start(f);
        wait_stored(f, FALSE);
        g_assert_cmpuint(restarts(f), >, 2);
        g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
}

static void test_after_a_long_absence_it_is_dropped(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);

        restart_that_nobody_answers(f);
        fixture_kill(f);
        f->logind->hang_shutdown = FALSE;
        fake_restart(&f->logind->fake);
        age_the_store(f, 6 * MINUTE);
        fixture_start(f);
        wait_stored(f, FALSE);
        g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
        fixture_settle(f);
        g_assert_cmpuint(restarts(f), ==, 1);
}

/* And the users who would have been logged off for it stay. */
static void test_after_a_long_absence_nobody_is_logged_off_for_it(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        two_people(f);
        jobs = everybody_ask_with(f, "Restart", "({'grace': <uint32 60>},)");
        fixture_kill(f);
        age_the_store(f, 7 * MINUTE);
        fixture_start(f);
        everybody_wait(f, jobs, "cancelled");
        wait_stored(f, FALSE);
        assert_deeds(&f->logind->fake, "");
}

static void test_a_cancelled_restart_stays_cancelled(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        two_people(f);
        jobs = everybody_ask_with(f, "Restart", "({'grace': <uint32 60>},)");
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        everybody_wait(f, jobs, "cancelled");
        wait_stored(f, FALSE);
        fixture_kill(f);
        fixture_start(f);
        fixture_settle(f);
        g_assert_cmpuint(restarts(f), ==, 0);
}

/* ---- cancelling ---- */

static guint32 cancel_all(GDBusConnection *connection) {
        g_autoptr(GVariant) reply = usher_call(connection, MANAGER, "Manager.CancelAll", NULL);
        guint32 n;

        g_variant_get(reply, "(u)", &n);
        return n;
}

static void assert_restarts(Fixture *f, guint n) {
        for (int i = 0; i < 3; i++)
                fixture_settle(f);
        g_assert_cmpuint(restarts(f), ==, n);
        assert_jobs(f, "");
}

static void test_cancelled_while_logind_is_asked_for_inhibitors(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f);
        g_autoptr(Call) restart = NULL;

        two_people(f);
        f->logind->fake.hang = TRUE;
        restart = usher_send(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"));
        WAIT_FOR(fake_count(&f->logind->fake, "ListInhibitors") > 0);

        g_assert_cmpuint(cancel_all(f->root), ==, 1);
        call_wait(restart);
        g_assert_nonnull(restart->error);
        g_assert_cmpuint(cancel_all(f->root), ==, 0);

        fake_release(&f->logind->fake);
        assert_restarts(f, 0);
        g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
}

/* Everybody has left, and logind goes away before it has answered. */
static void nobody_is_left(Fixture *f) {
        restart_that_nobody_answers(f);
        fake_stop(&f->logind->fake);
        f->logind->hang_shutdown = FALSE;
        fixture_settle(f);
}

static void test_cancelled_with_no_job_left(Fixture *f, gconstpointer data) {
        nobody_is_left(f);
        g_assert_cmpuint(cancel_all(f->root), ==, 1);
        wait_stored(f, FALSE);
        fake_start(&f->logind->fake);
        assert_restarts(f, 1);
}

static void test_cancelling_it_takes_its_own_right(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;

        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_RESTART, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_NO);
        nobody_is_left(f);
        teacher = fixture_connect(f, TEACHER);
        assert_refused(teacher, MANAGER, "Manager.CancelAll", NULL,
                        "org.freedesktop.DBus.Error.AccessDenied");

        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_NO);
        fake_polkit_answer(f->polkit, USHER_ACTION_RESTART, TEACHER, FAKE_POLKIT_YES);
        g_assert_cmpuint(cancel_all(teacher), ==, 1);
        fake_start(&f->logind->fake);
        assert_restarts(f, 1);
}

static void test_what_logind_carries_out_cannot_be_cancelled(Fixture *f, gconstpointer data) {
        restart_that_nobody_answers(f);
        assert_refused(f->root, MANAGER, "Manager.CancelAll", NULL, "org.usher1.Error.NotCancellable");
}

/* ---- modes ---- */

static void switch_that_nobody_answers(Fixture *f) {
        g_auto(GStrv) jobs = NULL;

        two_people(f);
        jobs = everybody_ask_with(f, "SetMode", "('console', {'grace': <uint32 60>})");
        WAIT_FOR(fake_count(&f->systemd->fake, "StartUnit") == 2);
        fixture_settle(f);
        fake_forget(&f->systemd->fake);
        f->systemd->fake.hang = TRUE;
        fake_logind_remove_session(f->logind, "3");
        fake_logind_remove_session(f->logind, "4");
        everybody_wait(f, jobs, "left");
        WAIT_FOR(fake_count(&f->systemd->fake, "StartUnit") == 1);
        wait_stored(f, TRUE);
        fixture_kill(f);
}

static void test_a_switch_that_was_not_made(Fixture *f, gconstpointer data) {
        switch_that_nobody_answers(f);
        f->systemd->fake.hang = FALSE;
        fake_restart(&f->systemd->fake);
        fixture_start(f);
        fixture_wait_property(f, MANAGER, "Mode", "'console'");
        wait_stored(f, FALSE);
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StartUnit"), ==, 2);
}

static void test_a_switch_that_was_made(Fixture *f, gconstpointer data) {
        switch_that_nobody_answers(f);
        fake_release(&f->systemd->fake);
        fixture_start(f);
        fixture_wait_property(f, MANAGER, "Mode", "'console'");
        wait_stored(f, FALSE);
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StartUnit"), ==, 1);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/pending/" name, function)
        ADD("an-unanswered-restart-is-requested-again", test_an_unanswered_restart_is_requested_again);
        ADD("logind-is-shutting-down", test_logind_is_shutting_down);
        ADD("systemd-is-shutting-down", test_systemd_is_shutting_down);
        ADD("logind-refuses-after-the-kill", test_logind_refuses_after_the_kill);
        ADD("logind-restarts", test_logind_restarts);
        ADD("logind-is-away-when-everybody-is-gone", test_logind_is_away_when_everybody_is_gone);
        ADD("logind-is-slow-once", test_logind_is_slow_once);
        ADD("logind-is-slow-for-too-long", test_logind_is_slow_for_too_long);
        ADD("a-short-absence-changes-nothing", test_a_short_absence_changes_nothing);
        ADD("after-a-long-absence-it-is-dropped", test_after_a_long_absence_it_is_dropped);
        ADD("after-a-long-absence-nobody-is-logged-off-for-it",
                        test_after_a_long_absence_nobody_is_logged_off_for_it);
        ADD("a-cancelled-restart-stays-cancelled", test_a_cancelled_restart_stays_cancelled);
        ADD("cancelled-while-logind-is-asked-for-inhibitors",
                        test_cancelled_while_logind_is_asked_for_inhibitors);
        ADD("cancelled-with-no-job-left", test_cancelled_with_no_job_left);
        ADD("cancelling-it-takes-its-own-right", test_cancelling_it_takes_its_own_right);
        ADD("what-logind-carries-out-cannot-be-cancelled", test_what_logind_carries_out_cannot_be_cancelled);
        ADD("a-switch-that-was-not-made", test_a_switch_that_was_not_made);
        ADD("a-switch-that-was-made", test_a_switch_that_was_made);

        return g_test_run();
}
