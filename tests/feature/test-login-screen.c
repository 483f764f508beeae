/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whether somebody can log in after a log-off. */

#include "common/timespan.h"
#include "daemon.h"
#include "feature/login-screen.h"

#define TARGET "StartUnit(usher-no-login-screen@" SEAT ".target)"

static void set_up(Daemon *d, gconstpointer data) {
        static const Feature *const features[] = { &login_screen_feature, NULL };

        daemon_set_up(d, features);
        daemon_session(d, .id = "3");
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static void greeter(Daemon *d) {
        daemon_session(d, .id = "c1", .leader = 400, .uid = 61004, .class = "greeter");
}

static void assert_missing(Daemon *d, bool missing) {
        const Station *s = manager_find_station(d->manager, SEAT);

        g_assert_nonnull(s);
        g_assert_cmpint(s->login_screen_missing, ==, missing);
        g_assert_cmpstr(station_health_to_string(s->health), ==, missing ? "no-login-screen" : "ok");
        g_assert_cmpuint(daemon_count_calls(d, TARGET), ==, missing ? 1 : 0);
}

/* The user leaves, as requested by the job. */
static void log_off(Daemon *d) {
        daemon_log_off(d, "3", TEACHER, false);
        daemon_end_session(d, "3");
}

static void test_missing(Daemon *d, gconstpointer data) {
        log_off(d);
        assert_missing(d, false);
        daemon_fire_timers(d);
        assert_missing(d, true);

        greeter(d);
        g_assert_false(manager_find_station(d->manager, SEAT)->login_screen_missing);
        g_assert_cmpstr(station_health_to_string(manager_find_station(d->manager, SEAT)->health), ==, "ok");
}

static void test_a_greeter_comes(Daemon *d, gconstpointer data) {
        log_off(d);
        greeter(d);
        daemon_fire_timers(d);
        assert_missing(d, false);
}

static void test_a_greeter_must_last(Daemon *d, gconstpointer data) {
        log_off(d);
        greeter(d);
        daemon_end_session(d, "c1");
        daemon_fire_timers(d);
        assert_missing(d, true);
}

/* Autologin: what happens to that session does not matter. */
static void test_a_user_comes(Daemon *d, gconstpointer data) {
        log_off(d);
        daemon_session(d, .id = "5", .leader = 500);
        daemon_end_session(d, "5");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

static void test_another_user_is_there(Daemon *d, gconstpointer data) {
        daemon_session(d, .id = "5", .leader = 500);
        log_off(d);
        daemon_end_session(d, "5");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

static void test_a_session_that_left_by_itself(Daemon *d, gconstpointer data) {
        daemon_end_session(d, "3");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

/* The session ends without the job's help. */
static void test_a_cancelled_job(Daemon *d, gconstpointer data) {
        daemon_log_off(d, "3", TEACHER, false);
        daemon_session(d, .state = "closing");
        daemon_cancel(d);
        daemon_end_session(d, "3");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

static void test_a_terminal(Daemon *d, gconstpointer data) {
        daemon_end_session(d, "3");
        daemon_session(d, .type = "tty");
        log_off(d);
        daemon_fire_timers(d);
        assert_missing(d, false);
}

/* The machine restarts, or the seat goes, once all have left. */
static void test_a_job_that_something_awaits(Daemon *d, gconstpointer data) {
        daemon_log_off(d, "3", TEACHER, true);
        daemon_end_session(d, "3");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

static void test_a_machine_that_goes_down(Daemon *d, gconstpointer data) {
        manager_set_going_down(d->manager, true, USEC_INFINITY);
        log_off(d);
        daemon_fire_timers(d);
        assert_missing(d, false);
}

/* The shutdown began after the log-off. */
static void test_a_machine_that_goes_down_meanwhile(Daemon *d, gconstpointer data) {
        log_off(d);
        manager_set_going_down(d->manager, true, now_monotonic());
        daemon_fire_timers(d);
        assert_missing(d, false);
}

/* The seat went after the log-off, with its graphics card. The label keeps its station. */
static void test_a_seat_that_goes_meanwhile(Daemon *d, gconstpointer data) {
        g_assert_cmpint(string_replace(&manager_find_station(d->manager, SEAT)->label, "Window"), >=, 0);
        log_off(d);
        manager_logind_events.seat_gone(SEAT, d->manager);
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, TARGET), ==, 0);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/login-screen/" name, Daemon, NULL, set_up, function, tear_down)
        ADD("missing", test_missing);
        ADD("a-greeter-comes", test_a_greeter_comes);
        ADD("a-greeter-must-last", test_a_greeter_must_last);
        ADD("a-user-comes", test_a_user_comes);
        ADD("another-user-is-there", test_another_user_is_there);
        ADD("a-session-that-left-by-itself", test_a_session_that_left_by_itself);
        ADD("a-cancelled-job", test_a_cancelled_job);
        ADD("a-terminal", test_a_terminal);
        ADD("a-job-that-something-awaits", test_a_job_that_something_awaits);
        ADD("a-machine-that-goes-down", test_a_machine_that_goes_down);
        ADD("a-machine-that-goes-down-meanwhile", test_a_machine_that_goes_down_meanwhile);
        ADD("a-seat-that-goes-meanwhile", test_a_seat_that_goes_meanwhile);
        return g_test_run();
}
