/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whether somebody can log in after a log-off. */

#include <signal.h>
#include <sys/wait.h>

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

static void greeter_in_state(Daemon *d, const char *state) {
        daemon_session(d, .id = "c1", .leader = getpid(), .uid = 61004, .class = "greeter", .state = state);
}

static void greeter(Daemon *d) {
        greeter_in_state(d, "active");
}

/* The display manager's unit is in this state. */
static void restart_with_display_manager(Daemon *d, const char *state) {
        d->unit_state = state;
        daemon_restart(d);
        daemon_serve(d);
}

/* A leader that runs until it is killed. */
static pid_t start_leader(void) {
        pid_t pid = fork();

        g_assert_no_errno(pid);
        if (pid == 0) {
                (void) pause();
                _exit(0);
        }

        return pid;
}

static void kill_leader(pid_t pid) {
        g_assert_no_errno(kill(pid, SIGKILL));
        g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
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

/* Its session exists, and somebody else's screen, or none, is in front. */
static void test_a_greeter_that_never_comes_to_the_front(Daemon *d, gconstpointer data) {
        log_off(d);
        greeter_in_state(d, "online");
        daemon_fire_timers(d);
        assert_missing(d, true);

        greeter(d);
        g_assert_false(manager_find_station(d->manager, SEAT)->login_screen_missing);
}

static void test_a_greeter_that_never_opens(Daemon *d, gconstpointer data) {
        log_off(d);
        greeter_in_state(d, "opening");
        daemon_fire_timers(d);
        assert_missing(d, true);
}

static void test_a_hidden_greeter_without_a_log_off(Daemon *d, gconstpointer data) {
        daemon_end_session(d, "3");
        greeter_in_state(d, "online");
        assert_missing(d, false);
        daemon_fire_timers(d);
        assert_missing(d, true);
}

static void test_a_greeter_behind_a_person(Daemon *d, gconstpointer data) {
        greeter_in_state(d, "online");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

static void test_a_greeter_behind_another_session(Daemon *d, gconstpointer data) {
        daemon_end_session(d, "3");
        greeter_in_state(d, "online");
        daemon_session(d, .id = "c2", .leader = 500, .class = "lock-screen");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

/* Somebody switches to a text console, where no session is. */
static void test_a_greeter_that_was_in_front(Daemon *d, gconstpointer data) {
        daemon_end_session(d, "3");
        greeter(d);
        greeter_in_state(d, "online");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

/* The user of another graphical session has left, and the greeter stays behind a dead screen. */
static void test_a_greeter_that_stays_behind(Daemon *d, gconstpointer data) {
        greeter(d);
        greeter_in_state(d, "online");
        daemon_end_session(d, "3");
        daemon_fire_timers(d);
        assert_missing(d, true);
}

/* The text console shows its own login prompt again. */
static void test_a_text_console_that_is_left(Daemon *d, gconstpointer data) {
        greeter(d);
        greeter_in_state(d, "online");
        daemon_session(d, .type = "tty");
        daemon_end_session(d, "3");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

static void test_a_leader_that_dies(Daemon *d, gconstpointer data) {
        pid_t leader = start_leader();

        daemon_end_session(d, "3");
        daemon_session(d, .id = "c1", .leader = leader, .class = "greeter");
        daemon_fire_timers(d);
        assert_missing(d, false);

        kill_leader(leader);
        daemon_run(d);
        assert_missing(d, false);
        daemon_fire_timers(d);
        assert_missing(d, true);

        /* The same session in the same state, as logind still has it. */
        daemon_session(d, .id = "c1", .leader = leader, .class = "greeter");
        g_assert_true(manager_find_station(d->manager, SEAT)->login_screen_missing);
}

static void test_a_leader_that_is_dead(Daemon *d, gconstpointer data) {
        pid_t leader = start_leader();

        kill_leader(leader);
        log_off(d);
        daemon_session(d, .id = "c1", .leader = leader, .class = "greeter");
        daemon_fire_timers(d);
        assert_missing(d, true);

        /* A new greeter under the same id. */
        greeter(d);
        g_assert_false(manager_find_station(d->manager, SEAT)->login_screen_missing);
}

static void test_a_greeter_without_a_leader(Daemon *d, gconstpointer data) {
        log_off(d);
        daemon_session(d, .id = "c1", .leader = -1, .class = "greeter");
        daemon_fire_timers(d);
        assert_missing(d, false);
}

/* No log-off, and no session that logind still has. */
static void test_a_greeter_that_is_gone(Daemon *d, gconstpointer state) {
        restart_with_display_manager(d, state);
        daemon_end_session(d, "3");
        greeter(d);
        daemon_end_session(d, "c1");
        daemon_fire_timers(d);
        assert_missing(d, !g_str_equal(state, "inactive"));
}

/* Programs of the greeter hold its session up. */
static void test_a_greeter_that_is_closing(Daemon *d, gconstpointer state) {
        restart_with_display_manager(d, state);
        daemon_end_session(d, "3");
        greeter(d);
        greeter_in_state(d, "closing");
        daemon_fire_timers(d);
        assert_missing(d, !g_str_equal(state, "inactive"));
}

/* The time is counted from the log-off, and the record names it. */
static void test_a_log_off_after_a_greeter_is_gone(Daemon *d, gconstpointer data) {
        greeter(d);
        daemon_end_session(d, "c1");
        log_off(d);
        daemon_fire_timers(d);
        assert_missing(d, true);
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
        ADD("a-greeter-that-never-comes-to-the-front", test_a_greeter_that_never_comes_to_the_front);
        ADD("a-greeter-that-never-opens", test_a_greeter_that_never_opens);
        ADD("a-hidden-greeter-without-a-log-off", test_a_hidden_greeter_without_a_log_off);
        ADD("a-greeter-behind-a-person", test_a_greeter_behind_a_person);
        ADD("a-greeter-behind-another-session", test_a_greeter_behind_another_session);
        ADD("a-greeter-that-was-in-front", test_a_greeter_that_was_in_front);
        ADD("a-greeter-that-stays-behind", test_a_greeter_that_stays_behind);
        ADD("a-text-console-that-is-left", test_a_text_console_that_is_left);
        ADD("a-leader-that-dies", test_a_leader_that_dies);
        ADD("a-leader-that-is-dead", test_a_leader_that_is_dead);
        ADD("a-greeter-without-a-leader", test_a_greeter_without_a_leader);
        ADD("a-log-off-after-a-greeter-is-gone", test_a_log_off_after_a_greeter_is_gone);
#define ADD_WITH(name, state, function) \
        g_test_add("/login-screen/" name "/" state, Daemon, state, set_up, function, tear_down)
        ADD_WITH("a-greeter-that-is-gone", "active", test_a_greeter_that_is_gone);
        ADD_WITH("a-greeter-that-is-gone", "failed", test_a_greeter_that_is_gone);
        ADD_WITH("a-greeter-that-is-gone", "inactive", test_a_greeter_that_is_gone);
        ADD_WITH("a-greeter-that-is-closing", "active", test_a_greeter_that_is_closing);
        ADD_WITH("a-greeter-that-is-closing", "inactive", test_a_greeter_that_is_closing);
        return g_test_run();
}
