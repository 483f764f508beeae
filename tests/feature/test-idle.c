/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Idle sessions. The clock is real: what is due was idle before the test began. */

#include "common/timespan.h"
#include "daemon.h"
#include "feature/idle.h"

#define BEN ((uid_t) 61003)
#define LIMIT (10 * USEC_PER_SEC)

/* Idle for longer than the limit; a session that becomes idle now is not due within the test. */
#define DUE .idle_since = now_monotonic() - LIMIT

static void set_up(Daemon *d, gconstpointer data) {
        static const Feature *const features[] = { &idle_feature, NULL };

        daemon_set_up(d, features);
        d->manager->config.idle_log_off_usec = LIMIT;
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static void test_logs_off_when_due(Daemon *d, gconstpointer data) {
        const Job *j;

        daemon_session(d, .id = "3", DUE);
        daemon_session(d, .id = "4", .uid = BEN, .leader = 400);

        j = daemon_job(d, "3");
        g_assert_cmpint(j->origin, ==, JOB_ORIGIN_IDLE);
        g_assert_cmpint(j->reason, ==, JOB_REASON_IDLE);
        g_assert_cmpstr(j->by_user, ==, "");
        g_assert_cmpstr(j->message, ==, "");
        g_assert_cmpint(j->phase, ==, JOB_WARNING);
        g_assert_cmpuint(j->grace, ==, d->manager->config.grace_usec);
        daemon_assert_no_job(d, "4");
        g_assert_cmpuint(daemon_count_calls(d, "ListInhibitors()"), ==, 1);
}

static void test_an_inhibitor_resets_the_clock(Daemon *d, gconstpointer data) {
        d->inhibitor = ADA;
        daemon_session(d, .id = "3", DUE);
        g_assert_cmpuint(daemon_count_calls(d, "ListInhibitors()"), ==, 1);
        daemon_assert_no_job(d, "3");

        /* The time since then is too short, even without an inhibitor. */
        d->inhibitor = 0;
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, "ListInhibitors()"), ==, 2);
        daemon_assert_no_job(d, "3");

        /* The inhibitor was one user's. */
        daemon_session(d, .id = "4", .uid = BEN, .leader = 400, DUE);
        daemon_fire_timers(d);
        (void) daemon_job(d, "4");
        daemon_assert_no_job(d, "3");
}

static void test_nothing_begins_without_an_answer(Daemon *d, gconstpointer data) {
        d->refuse = "ListInhibitors";
        daemon_session(d, DUE);
        g_assert_cmpuint(daemon_count_calls(d, "ListInhibitors()"), ==, 1);
        daemon_assert_no_job(d, "3");

        d->refuse = NULL;
        daemon_fire_timers(d);
        (void) daemon_job(d, "3");
}

static void test_nothing_begins_while_logind_is_away(Daemon *d, gconstpointer data) {
        manager_logind_events.lost(d->manager);
        daemon_session(d, DUE);
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, "ListInhibitors()"), ==, 0);
        daemon_assert_no_job(d, "3");

        manager_logind_events.synced(d->manager);
        daemon_run(d);
        (void) daemon_job(d, "3");
}

static void test_activity_cancels(Daemon *d, gconstpointer data) {
        daemon_session(d, DUE);
        (void) daemon_job(d, "3");
        daemon_session(d, .id = "3");
        daemon_assert_no_job(d, "3");
}

/* The teacher's request takes the job over. */
static void test_activity_does_not_cancel_a_requested_log_off(Daemon *d, gconstpointer data) {
        daemon_session(d, DUE);
        daemon_log_off(d, "3", TEACHER, false);
        daemon_session(d, .id = "3");
        g_assert_cmpuint(daemon_job(d, "3")->by_uid, ==, TEACHER);
}

static void test_a_countdown_is_kept(Daemon *d, gconstpointer data) {
        daemon_session(d, .id = "3");
        daemon_log_off(d, "3", TEACHER, false);
        daemon_session(d, DUE);
        daemon_fire_timers(d);
        g_assert_cmpint(daemon_job(d, "3")->origin, ==, JOB_ORIGIN_CALLER);
        g_assert_cmpuint(daemon_count_calls(d, "ListInhibitors()"), ==, 0);
}

/* The session is idle from then on; no other one is, nor one that gets its id. */
static void test_a_cancelled_log_off_resets_the_clock(Daemon *d, gconstpointer data) {
        usec_t idle_since = now_monotonic() - LIMIT;

        daemon_session(d, .idle_since = idle_since);
        daemon_session(d, .id = "4", .uid = BEN, .leader = 400);
        daemon_cancel(d);
        daemon_fire_timers(d);
        daemon_assert_no_job(d, "3");

        daemon_session(d, .id = "4", .uid = BEN, .leader = 400, DUE);
        daemon_fire_timers(d);
        (void) daemon_job(d, "4");
        daemon_assert_no_job(d, "3");

        daemon_session(d, .leader = 301, .idle_since = idle_since);
        daemon_fire_timers(d);
        (void) daemon_job(d, "3");
}

/* logind ends nothing here. The next warning comes after the session was idle for the limit again. */
static void test_a_failed_log_off_resets_the_clock(Daemon *d, gconstpointer data) {
        Config *c = &d->manager->config;

        c->grace_usec = c->ask_usec = c->terminate_usec = c->kill_usec = 0;
        daemon_session(d, DUE);
        daemon_fire_timers(d);
        g_assert_true(manager_find_session(d->manager, "3")->outlives_log_off);

        c->grace_usec = LIMIT;
        daemon_fire_timers(d);
        daemon_assert_no_job(d, "3");
}

static void test_a_session_that_ends(Daemon *d, gconstpointer data) {
        daemon_session(d, DUE);
        (void) daemon_job(d, "3");
        daemon_end_session(d, "3");
        g_assert_true(TAILQ_EMPTY(&d->manager->jobs));
        daemon_fire_timers(d);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/idle/" name, Daemon, NULL, set_up, function, tear_down)
        ADD("logs-off-when-due", test_logs_off_when_due);
        ADD("an-inhibitor-resets-the-clock", test_an_inhibitor_resets_the_clock);
        ADD("nothing-begins-without-an-answer", test_nothing_begins_without_an_answer);
        ADD("nothing-begins-while-logind-is-away", test_nothing_begins_while_logind_is_away);
        ADD("activity-cancels", test_activity_cancels);
        ADD("activity-does-not-cancel-a-requested-log-off",
                        test_activity_does_not_cancel_a_requested_log_off);
        ADD("a-countdown-is-kept", test_a_countdown_is_kept);
        ADD("a-cancelled-log-off-resets-the-clock", test_a_cancelled_log_off_resets_the_clock);
        ADD("a-failed-log-off-resets-the-clock", test_a_failed_log_off_resets_the_clock);
        ADD("a-session-that-ends", test_a_session_that_ends);
        return g_test_run();
}
