/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A user logs in during the countdown of a restart, a power-off or a mode switch: they are warned as well,
 * and the action waits for them. Blocked logins do not prevent it, since pam_nologin(8) is only consulted
 * when a login begins. */

#include "everybody.h"

#include "common/names.h"

#define LATE_JOB "/org/usher1/job/2"

typedef struct Action {
        const char *member, *arguments, *reason;
} Action;

static const Action actions[] = {
        { "Restart", "({'grace': <uint32 0>, 'message': <'Updates'>},)", "restart" },
        { "PowerOff", "({'grace': <uint32 0>, 'message': <'Updates'>},)", "power-off" },
        { "SetMode", "('console', {'grace': <uint32 0>, 'message': <'Updates'>})", "mode-switch" },
};

/* Whether the machine was switched, or logind was asked to restart it or to power it off. */
static gboolean is_carried_out(Fixture *f) {
        if (fake_count(&f->logind->fake, "RebootWithFlags") > 0 ||
                        fake_count(&f->logind->fake, "PowerOffWithFlags") > 0)
                return TRUE;

        for (guint i = 0; i < fake_count(&f->systemd->fake, "StartUnit"); i++) {
                const FakeCall *call = fake_nth(&f->systemd->fake, "StartUnit", i);
                const char *unit;

                g_variant_get(call->arguments, "(&s&s)", &unit, NULL);
                if (g_str_equal(unit, USHER_UNIT_CONSOLE))
                        return TRUE;
        }

        return FALSE;
}

static void wait_for_job(Fixture *f, const char *number) {
        gint64 end = wait_begin();

        for (;;) {
                g_autofree char *jobs = fixture_jobs(f);

                if (g_str_equal(jobs, number))
                        return;
                g_assert_cmpint(g_get_monotonic_time(), <, end);
        }
}

/* The first person's session is closing and stays so until the test ends it. */
static void ask(Fixture *f, const Action *action) {
        g_auto(GStrv) jobs = NULL;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=2\nAskSec=0\nTerminateSec=30\nKillSec=30\n");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        f->logind->ignore_terminate = TRUE;
        everybody_start(f);

        jobs = everybody_ask_with(f, action->member, action->arguments);
        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        WAIT_FOR(fake_count(&f->logind->fake, "TerminateSession") == 1);
        f->logind->ignore_terminate = FALSE;
}

static void assert_late_job(Fixture *f, const Action *action) {
        g_autofree char *reason = usher_get_string(f->root, LATE_JOB, "Reason");
        g_autofree char *message = usher_get_string(f->root, LATE_JOB, "Message");
        g_autofree char *by = usher_get_text(f->root, LATE_JOB, "StartedBy");

        g_assert_cmpstr(reason, ==, action->reason);
        g_assert_cmpstr(message, ==, "Updates");
        g_assert_cmpstr(by, ==, "(0, 'root')");
        g_assert_cmpuint(usher_get_uint64(f->root, LATE_JOB, "Remaining"), >, 0);
}

static void run(Fixture *f, const Action *action) {
        gint64 login;

        ask(f, action);
        login = g_get_monotonic_time();
        fake_logind_add_session(f->logind, .id = "7", .uid = BEN, .seat = "seat-left");
        fake_logind_remove_session(f->logind, "3");

        wait_for_job(f, "2");
        assert_late_job(f, action);
        WAIT_FOR(fake_systemd_has_warner(f->systemd, BEN));
        g_assert_false(is_carried_out(f));

        assert_result(f, LATE_JOB, "done");
        g_assert_cmpint(fixture_removed_at(f, LATE_JOB) - login, >=, 2 * SECOND);
        WAIT_FOR(is_carried_out(f));
        g_assert_false(fake_logind_has_session(f->logind, "7"));
}

static void test_restart(Fixture *f, gconstpointer data) {
        run(f, &actions[0]);
}

static void test_power_off(Fixture *f, gconstpointer data) {
        run(f, &actions[1]);
}

static void test_mode(Fixture *f, gconstpointer data) {
        run(f, &actions[2]);
}

/* logind has the login, but usherd got no signal. */
static void test_a_login_that_usherd_has_not_heard_of(Fixture *f, gconstpointer data) {
        ask(f, &actions[2]);
        f->logind->lose_signals = TRUE;
        fake_logind_add_session(f->logind, .id = "7", .uid = BEN, .seat = "seat-left");
        fixture_settle(f);
        assert_jobs(f, "1");

        fake_logind_remove_session(f->logind, "3");
        wait_for_job(f, "2");
        g_assert_false(is_carried_out(f));
        assert_result(f, LATE_JOB, "done");
        WAIT_FOR(is_carried_out(f));
}

static void test_a_session_that_is_opening(Fixture *f, gconstpointer data) {
        ask(f, &actions[0]);
        fake_logind_add_session(f->logind, .id = "7", .uid = BEN, .seat = "seat-left", .state = "opening");
        fake_logind_remove_session(f->logind, "3");
        wait_for_job(f, "2");
        fixture_settle(f);
        g_assert_false(is_carried_out(f));

        fake_logind_set_state(f->logind, "7", "active");
        assert_result(f, LATE_JOB, "done");
        WAIT_FOR(is_carried_out(f));
}

static void test_as_often_as_it_happens(Fixture *f, gconstpointer data) {
        ask(f, &actions[0]);
        fake_logind_add_session(f->logind, .id = "7", .uid = BEN, .seat = "seat-left");
        fake_logind_remove_session(f->logind, "3");
        wait_for_job(f, "2");
        fake_logind_add_session(f->logind, .id = "8", .uid = HEAD, .seat = "seat-right");
        fake_logind_remove_session(f->logind, "7");
        wait_for_job(f, "3");
        g_assert_false(is_carried_out(f));
        assert_result(f, "/org/usher1/job/3", "done");
        WAIT_FOR(is_carried_out(f));
}

/* They have a countdown of their own, which would last an hour. */
static void test_a_log_off_of_their_own_is_joined(Fixture *f, gconstpointer data) {
        g_autofree char *own = NULL;

        ask(f, &actions[2]);
        fake_logind_add_session(f->logind, .id = "7", .uid = BEN, .seat = "seat-left");
        fixture_settle(f);
        fixture_settle(f);
        own = fixture_log_off_session(f, "7", "{'grace': <uint32 3600>}");
        fake_logind_remove_session(f->logind, "3");
        assert_result(f, own, "done");
        WAIT_FOR(is_carried_out(f));
}

static void test_cancelling_their_job_cancels_it_all(Fixture *f, gconstpointer data) {
        ask(f, &actions[0]);
        fake_logind_add_session(f->logind, .id = "7", .uid = BEN, .seat = "seat-left");
        fake_logind_remove_session(f->logind, "3");
        wait_for_job(f, "2");
        g_variant_unref(usher_call(f->root, LATE_JOB, "Job.Cancel", NULL));
        assert_result(f, LATE_JOB, "cancelled");
        for (int i = 0; i < 3; i++)
                fixture_settle(f);
        g_assert_false(is_carried_out(f));
        g_assert_true(fake_logind_has_session(f->logind, "7"));
}

/* usherd no longer knows whose log-off it had started, but the store does. */
static void test_after_a_restart_of_usherd(Fixture *f, gconstpointer data) {
        ask(f, &actions[0]);
        fixture_kill(f);
        fake_logind_add_session(f->logind, .id = "7", .uid = BEN, .seat = "seat-left");
        fake_logind_remove_session(f->logind, "3");
        fixture_start(f);
        wait_for_job(f, "2");
        assert_late_job(f, &actions[0]);
        assert_result(f, LATE_JOB, "done");
        WAIT_FOR(is_carried_out(f));
}

int main(int argc, char **argv) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/late-login/" name, function)
        ADD("restart", test_restart);
        ADD("power-off", test_power_off);
        ADD("mode", test_mode);
        ADD("a-login-that-usherd-has-not-heard-of", test_a_login_that_usherd_has_not_heard_of);
        ADD("a-session-that-is-opening", test_a_session_that_is_opening);
        ADD("as-often-as-it-happens", test_as_often_as_it_happens);
        ADD("a-log-off-of-their-own-is-joined", test_a_log_off_of_their_own_is_joined);
        ADD("cancelling-their-job-cancels-it-all", test_cancelling_their_job_cancels_it_all);
        ADD("after-a-restart-of-usherd", test_after_a_restart_of_usherd);

        return g_test_run();
}
