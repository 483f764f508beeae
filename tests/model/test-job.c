/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The state machine of a log-off: it never ends a session early or the wrong session, and always comes to an
 * end. There is no clock and no bus: time is a number here. */

#include <glib.h>

#include "core/job-time.h"

#define START (1000 * USEC_PER_SEC)

typedef struct Fixture {
        Config config;
        Job job;
} Fixture;

static SessionInfo session_info(void) {
        return (SessionInfo) {
                .id = (char *) "7",
                .user = (char *) "anna",
                .seat = (char *) "seat0",
                .class = (char *) "user",
                .type = (char *) "x11",
                .state = (char *) "active",
                .scope = (char *) "session-7.scope",
                .uid = 1001,
                .leader = 4711,
                .started = 5,
        };
}

static void init_job(Job *j, const SessionInfo *session, usec_t grace) {
        g_assert_cmpint(job_init(j, 1, session,
                                        &(JobRequest) {
                                                        .grace = grace,
                                                        .reason = JOB_REASON_REQUESTED,
                                                        .message = "Class is over",
                                                        .by_uid = 0,
                                                        .by_user = "root",
                                        },
                                        START),
                        ==, 0);
}

static void setup(Fixture *f, gconstpointer data) {
        SessionInfo session = session_info();

        config_init(&f->config);
        init_job(&f->job, &session, 60 * USEC_PER_SEC);
}

static void teardown(Fixture *f, gconstpointer data) {
        job_done(&f->job);
}

static JobAction step(Fixture *f, usec_t after, JobSession session) {
        return job_step(&f->job, START + after, session, &f->config);
}

static void test_never_early(Fixture *f, gconstpointer data) {
        for (usec_t t = 0; t < 60 * USEC_PER_SEC; t += USEC_PER_SEC / 4)
                g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_WAIT);

        g_assert_cmpint(step(f, 60 * USEC_PER_SEC - 1, JOB_SESSION_OPEN), ==, JOB_WAIT);
        g_assert_cmpint(f->job.phase, ==, JOB_WARNING);
        g_assert_cmpuint(job_wakeup(&f->job, START, JOB_SESSION_OPEN), ==, START + 60 * USEC_PER_SEC);
        g_assert_cmpint(step(f, 60 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_ASK);
}

static void test_whole_way(Fixture *f, gconstpointer data) {
        usec_t t = 60 * USEC_PER_SEC;

        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_ASK);
        g_assert_cmpint(f->job.phase, ==, JOB_ASKING);
        g_assert_cmpuint(f->job.deadline, ==, START + t + f->config.ask_usec);

        t += f->config.ask_usec;
        g_assert_cmpint(step(f, t - 1, JOB_SESSION_OPEN), ==, JOB_WAIT);
        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_TERMINATE);
        g_assert_cmpint(f->job.phase, ==, JOB_TERMINATING);

        t += f->config.terminate_usec;
        g_assert_cmpint(step(f, t - 1, JOB_SESSION_CLOSING), ==, JOB_WAIT);
        g_assert_cmpint(step(f, t, JOB_SESSION_CLOSING), ==, JOB_KILL);
        g_assert_cmpint(f->job.phase, ==, JOB_KILLING);

        t += f->config.kill_usec;
        g_assert_cmpint(step(f, t, JOB_SESSION_CLOSING), ==, JOB_STOP_SCOPE);
        g_assert_cmpint(f->job.phase, ==, JOB_KILLING);

        t += f->config.kill_usec;
        g_assert_cmpint(step(f, t - 1, JOB_SESSION_CLOSING), ==, JOB_WAIT);
        g_assert_cmpint(step(f, t, JOB_SESSION_CLOSING), ==, JOB_FINISH);
        g_assert_cmpint(f->job.result, ==, JOB_FAILED);
}

/* In every phase, the session's end is the end of the job. */
/* A class is ended one after the other: nobody is killed because logind took the others first. */
static void test_the_time_begins_with_the_request(Fixture *f, gconstpointer data) {
        usec_t t = 60 * USEC_PER_SEC + f->config.ask_usec;

        g_assert_cmpint(step(f, 60 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_ASK);
        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_TERMINATE);

        f->job.given = USEC_INFINITY;
        t += f->config.terminate_usec;
        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_WAIT);
        g_assert_cmpuint(f->job.deadline, ==, START + t + f->config.terminate_usec);
        g_assert_cmpuint(job_wakeup(&f->job, START + t, JOB_SESSION_OPEN), >, START + t);

        f->job.given = START + t + 1;
        t += f->config.terminate_usec;
        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_WAIT);
        g_assert_cmpint(step(f, t + 1, JOB_SESSION_OPEN), ==, JOB_KILL);

        f->job.given = USEC_INFINITY;
        t += 1 + f->config.kill_usec;
        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_WAIT);
        f->job.given = START + t;
        t += f->config.kill_usec;
        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_STOP_SCOPE);
}

static void test_gone_is_done(Fixture *f, gconstpointer data) {
        g_assert_cmpint(step(f, 60 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_ASK);
        g_assert_cmpint(step(f, 61 * USEC_PER_SEC, JOB_SESSION_GONE), ==, JOB_FINISH);
        g_assert_cmpint(f->job.result, ==, JOB_DONE);
}

static void test_gone_in_the_warning_is_left(Fixture *f, gconstpointer data) {
        g_assert_cmpint(step(f, USEC_PER_SEC, JOB_SESSION_GONE), ==, JOB_FINISH);
        g_assert_cmpint(f->job.result, ==, JOB_LEFT);
}

static void test_closing_session_begins_at_kill(Fixture *f, gconstpointer data) {
        g_assert_cmpint(step(f, USEC_PER_SEC, JOB_SESSION_CLOSING), ==, JOB_WAIT);
        g_assert_cmpint(step(f, 60 * USEC_PER_SEC, JOB_SESSION_CLOSING), ==, JOB_KILL);
}

/* The desktop accepted the request: it gets the time of an orderly end before any signal is sent. */
static void test_closing_while_asked_is_given_time(Fixture *f, gconstpointer data) {
        usec_t t = 60 * USEC_PER_SEC;

        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_ASK);
        g_assert_cmpint(step(f, t + 1, JOB_SESSION_CLOSING), ==, JOB_WAIT);
        g_assert_cmpint(f->job.phase, ==, JOB_ASKING);
        f->job.nobody_to_ask = true;
        g_assert_cmpint(step(f, t + f->config.terminate_usec, JOB_SESSION_CLOSING), ==, JOB_WAIT);
        g_assert_cmpint(step(f, t + f->config.terminate_usec + 1, JOB_SESSION_CLOSING), ==, JOB_KILL);
}

static void test_nobody_to_ask(Fixture *f, gconstpointer data) {
        usec_t t = 60 * USEC_PER_SEC;

        g_assert_cmpint(step(f, t, JOB_SESSION_OPEN), ==, JOB_ASK);
        f->job.nobody_to_ask = true;
        g_assert_cmpint(step(f, t + 1, JOB_SESSION_OPEN), ==, JOB_TERMINATE);
}

static void test_terminal_is_not_asked(void) {
        SessionInfo session = session_info();
        Config config;
        Job j;

        config_init(&config);
        session.type = (char *) "tty";
        init_job(&j, &session, USEC_PER_SEC);
        g_assert_cmpint(job_step(&j, START + USEC_PER_SEC, JOB_SESSION_OPEN, &config), ==, JOB_TERMINATE);
        job_done(&j);
}

static void test_opening_gets_its_full_grace(Fixture *f, gconstpointer data) {
        g_assert_cmpint(step(f, 70 * USEC_PER_SEC, JOB_SESSION_OPENING), ==, JOB_WAIT);
        g_assert_cmpint(step(f, 71 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_WAIT);
        g_assert_cmpuint(f->job.deadline, ==, START + 131 * USEC_PER_SEC);
        g_assert_cmpint(step(f, 130 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_WAIT);
        g_assert_cmpint(step(f, 131 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_ASK);
}

/* A session that never opens cannot hold up a restart: at some time its grace begins. */
static void test_opening_has_an_end(Fixture *f, gconstpointer data) {
        usec_t limit = 10 * USEC_PER_SEC + JOB_OPENING_MAX_USEC, end = limit + 60 * USEC_PER_SEC;

        g_assert_cmpint(step(f, 10 * USEC_PER_SEC, JOB_SESSION_OPENING), ==, JOB_WAIT);
        g_assert_cmpint(step(f, limit - 1, JOB_SESSION_OPENING), ==, JOB_WAIT);
        g_assert_true(f->job.opening);

        g_assert_cmpint(step(f, limit, JOB_SESSION_OPENING), ==, JOB_WAIT);
        g_assert_false(f->job.opening);
        g_assert_cmpuint(f->job.deadline, ==, START + end);

        /* And it begins only once. */
        for (usec_t t = limit; t < end; t += USEC_PER_SEC)
                g_assert_cmpint(step(f, t, JOB_SESSION_OPENING), ==, JOB_WAIT);
        g_assert_cmpint(step(f, end - 1, JOB_SESSION_OPEN), ==, JOB_WAIT);
        g_assert_cmpuint(job_wakeup(&f->job, START + end - 1, JOB_SESSION_OPENING), ==, START + end);
        g_assert_cmpint(step(f, end, JOB_SESSION_OPENING), ==, JOB_ASK);
}

/* "At once" is when there is a session to end. */
static void test_opening_is_not_ended_without_a_grace(void) {
        SessionInfo session = session_info();
        Config config;
        Job j;

        config_init(&config);
        init_job(&j, &session, 0);
        g_assert_cmpint(job_step(&j, START + USEC_PER_SEC, JOB_SESSION_OPENING, &config), ==, JOB_WAIT);
        g_assert_cmpint(job_step(&j, START + 2 * USEC_PER_SEC, JOB_SESSION_OPEN, &config), ==, JOB_ASK);
        job_done(&j);
}

/* While logind is away nothing is ended and nothing is concluded, however late it gets. */
static void test_logind_away_holds_everything(Fixture *f, gconstpointer data) {
        g_assert_cmpint(step(f, 500 * USEC_PER_SEC, JOB_SESSION_UNKNOWN), ==, JOB_WAIT);
        g_assert_cmpint(f->job.phase, ==, JOB_WARNING);
        g_assert_cmpuint(job_wakeup(&f->job, START, JOB_SESSION_UNKNOWN), ==, USEC_INFINITY);
        g_assert_cmpint(step(f, 501 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_ASK);
}

/* A request that was lost when logind went away is repeated, and does not count as failed. */
static void test_logind_away_while_terminating(Fixture *f, gconstpointer data) {
        f->job.nobody_to_ask = true;
        g_assert_cmpint(step(f, 60 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_TERMINATE);
        g_assert_cmpint(step(f, 300 * USEC_PER_SEC, JOB_SESSION_UNKNOWN), ==, JOB_WAIT);
        g_assert_cmpint(step(f, 301 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_TERMINATE);
        g_assert_cmpuint(f->job.deadline, ==, START + 301 * USEC_PER_SEC + f->config.terminate_usec);
}

static void test_earlier_deadline_wins(Fixture *f, gconstpointer data) {
        JobRequest later = { .grace = 90 * USEC_PER_SEC, .message = "later", .by_user = "tina" };
        JobRequest sooner = { .grace = 10 * USEC_PER_SEC, .message = "sooner", .by_user = "tina" };

        g_assert_cmpint(job_join(&f->job, &later, START), ==, 0);
        g_assert_cmpuint(f->job.deadline, ==, START + 60 * USEC_PER_SEC);
        g_assert_cmpstr(f->job.message, ==, "Class is over");

        g_assert_cmpint(job_join(&f->job, &sooner, START + USEC_PER_SEC), ==, 1);
        g_assert_cmpuint(f->job.deadline, ==, START + 11 * USEC_PER_SEC);
        g_assert_cmpstr(f->job.message, ==, "sooner");
        g_assert_cmpstr(f->job.by_user, ==, "root");
}

/* A user who was the first to request the log-off of their own session cannot cancel what others have
 * requested since. */
static void test_not_the_first_ones_alone(Fixture *f, gconstpointer data) {
        JobRequest again = { .grace = 90 * USEC_PER_SEC, .message = "", .by_user = "root" };
        JobRequest teacher = {
                .grace = 90 * USEC_PER_SEC, .message = "", .by_uid = 1002, .by_user = "tina"
        };

        g_assert_cmpint(job_join(&f->job, &again, START), ==, 0);
        g_assert_true(job_is_owned_by(&f->job, 0));
        g_assert_false(job_is_owned_by(&f->job, 1002));

        g_assert_cmpint(job_join(&f->job, &teacher, START), ==, 0);
        g_assert_false(job_is_owned_by(&f->job, 0));
        g_assert_false(job_is_owned_by(&f->job, 1002));
}

/* Nor can a job that a pending action waits for. */
static void test_an_awaited_job_is_not_the_first_ones(Fixture *f, gconstpointer data) {
        JobRequest restart = {
                .origin = JOB_ORIGIN_PENDING,
                .grace = 90 * USEC_PER_SEC,
                .by_user = "root",
                .awaited = true,
        };

        g_assert_cmpint(job_join(&f->job, &restart, START), ==, 0);
        g_assert_true(f->job.awaited);
        g_assert_false(job_is_owned_by(&f->job, 0));
}

static void make_automatic(Fixture *f, JobOrigin origin) {
        SessionInfo session = session_info();

        job_done(&f->job);
        g_assert_cmpint(job_init(&f->job, 1, &session,
                                        &(JobRequest) {
                                                        .origin = origin,
                                                        .reason = JOB_REASON_IDLE,
                                                        .grace = 60 * USEC_PER_SEC,
                                        },
                                        START),
                        ==, 0);
        g_assert_true(job_is_automatic(&f->job));
}

/* The administrator promised 90 s and gave a message: the user gets both, instead of the rest of a countdown
 * that nobody requested. */
static void test_an_automatic_job_is_taken_over_whole(Fixture *f, gconstpointer data) {
        JobRequest teacher = {
                .grace = 90 * USEC_PER_SEC, .message = "Class is over", .by_uid = 1002, .by_user = "tina"
        };
        usec_t now = START + 50 * USEC_PER_SEC;

        make_automatic(f, GPOINTER_TO_INT(data));
        g_assert_cmpint(job_join(&f->job, &teacher, now), ==, 1);
        g_assert_cmpint(f->job.origin, ==, JOB_ORIGIN_CALLER);
        g_assert_cmpint(f->job.reason, ==, JOB_REASON_REQUESTED);
        g_assert_cmpstr(f->job.message, ==, "Class is over");
        g_assert_cmpstr(f->job.by_user, ==, "tina");
        g_assert_cmpuint(f->job.deadline, ==, now + 90 * USEC_PER_SEC);
        g_assert_true(job_is_owned_by(&f->job, 1002));
        g_assert_false(job_is_automatic(&f->job));
}

/* Otherwise users could give themselves more time that way. */
static void test_the_sessions_own_user_only_joins(Fixture *f, gconstpointer data) {
        JobRequest own = { .grace = 90 * USEC_PER_SEC, .by_uid = 1001, .by_user = "anna" };

        make_automatic(f, GPOINTER_TO_INT(data));
        g_assert_cmpint(job_join(&f->job, &own, START + 50 * USEC_PER_SEC), ==, 0);
        g_assert_cmpuint(f->job.deadline, ==, START + 60 * USEC_PER_SEC);
        g_assert_cmpint(f->job.origin, ==, GPOINTER_TO_INT(data));

        /* Now somebody has requested the log-off, so activity no longer cancels it. */
        g_assert_false(job_is_automatic(&f->job));

        own.grace = 5 * USEC_PER_SEC;
        g_assert_cmpint(job_join(&f->job, &own, START + 50 * USEC_PER_SEC), ==, 1);
        g_assert_cmpuint(f->job.deadline, ==, START + 55 * USEC_PER_SEC);
}

static void test_an_automatic_request_changes_nothing(Fixture *f, gconstpointer data) {
        JobRequest idle = { .origin = JOB_ORIGIN_IDLE, .reason = JOB_REASON_IDLE, .grace = USEC_PER_SEC };

        g_assert_cmpint(job_join(&f->job, &idle, START), ==, 0);
        g_assert_cmpuint(f->job.deadline, ==, START + 60 * USEC_PER_SEC);
        g_assert_cmpint(f->job.origin, ==, JOB_ORIGIN_CALLER);
}

static void test_cancel_and_extend_end_with_the_warning(Fixture *f, gconstpointer data) {
        g_assert_cmpint(job_extend(&f->job, 30 * USEC_PER_SEC, false, USEC_INFINITY, &f->config), ==, 0);
        g_assert_cmpuint(f->job.deadline, ==, START + 90 * USEC_PER_SEC);
        g_assert_cmpint(step(f, 90 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_ASK);

        g_assert_cmpint(job_cancel(&f->job), ==, -EALREADY);
        g_assert_cmpint(job_extend(&f->job, 1, false, USEC_INFINITY, &f->config), ==, -EALREADY);
        g_assert_cmpint(job_end_now(&f->job, START), ==, -EALREADY);
        g_assert_cmpint(f->job.result, ==, JOB_LIVE);
}

static void test_cancelled_ends_nobody(Fixture *f, gconstpointer data) {
        g_assert_cmpint(job_cancel(&f->job), ==, 0);
        g_assert_cmpint(step(f, 60 * USEC_PER_SEC, JOB_SESSION_OPEN), ==, JOB_FINISH);
        g_assert_cmpint(f->job.result, ==, JOB_CANCELLED);
        g_assert_cmpint(f->job.phase, ==, JOB_WARNING);
}

static void test_extend_never_past_the_maximum(Fixture *f, gconstpointer data) {
        usec_t room = f->config.maximum_grace_usec - 60 * USEC_PER_SEC;

        g_assert_cmpint(job_extend(&f->job, room + 1, false, USEC_INFINITY, &f->config), ==, -ERANGE);
        g_assert_cmpint(job_extend(&f->job, USEC_INFINITY, false, USEC_INFINITY, &f->config), ==, -ERANGE);
        g_assert_cmpuint(f->job.deadline, ==, START + 60 * USEC_PER_SEC);
        g_assert_cmpint(job_extend(&f->job, room, false, USEC_INFINITY, &f->config), ==, 0);
        g_assert_cmpint(job_extend(&f->job, 1, false, USEC_INFINITY, &f->config), ==, -ERANGE);
}

/* A shutdown waits for so long and no longer: the user gets what is left of that, and no promise beyond. */
static void test_extend_never_past_what_waits(Fixture *f, gconstpointer data) {
        usec_t until = START + 100 * USEC_PER_SEC;

        g_assert_cmpint(job_extend(&f->job, 30 * USEC_PER_SEC, false, until, &f->config), ==, 0);
        g_assert_cmpuint(f->job.deadline, ==, START + 90 * USEC_PER_SEC);
        g_assert_cmpint(job_extend(&f->job, 30 * USEC_PER_SEC, false, until, &f->config), ==, 0);
        g_assert_cmpuint(f->job.deadline, ==, until);
        g_assert_cmpuint(f->job.grace, ==, 100 * USEC_PER_SEC);
        g_assert_cmpint(job_extend(&f->job, 1, false, until, &f->config), ==, -ETIME);
        g_assert_cmpint(job_extend(&f->job, 1, false, START, &f->config), ==, -ETIME);
        g_assert_cmpuint(f->job.deadline, ==, until);
}

static void test_end_now(Fixture *f, gconstpointer data) {
        g_assert_cmpint(job_end_now(&f->job, START + 3), ==, 0);
        g_assert_cmpint(step(f, 3, JOB_SESSION_OPEN), ==, JOB_ASK);
}

static void test_minimum_after_a_restart(Fixture *f, gconstpointer data) {
        usec_t late = START + 59 * USEC_PER_SEC;

        g_assert_false(job_ensure_minimum(&f->job, START, &f->config));
        g_assert_cmpuint(f->job.deadline, ==, START + 60 * USEC_PER_SEC);

        g_assert_true(job_ensure_minimum(&f->job, late, &f->config));
        g_assert_cmpuint(f->job.deadline, ==, late + f->config.minimum_grace_usec);

        /* Even hours later, as after a long suspend of a virtual machine. */
        g_assert_true(job_ensure_minimum(&f->job, START + USEC_PER_HOUR, &f->config));
        g_assert_cmpuint(f->job.deadline, ==, START + USEC_PER_HOUR + f->config.minimum_grace_usec);
}

static void test_tables(void) {
        for (int i = 0; i < _JOB_ORIGIN_MAX; i++)
                g_assert_cmpint(job_origin_from_string(job_origin_to_string(i)), ==, i);
        for (int i = 0; i < _JOB_PHASE_MAX; i++)
                g_assert_cmpint(job_phase_from_string(job_phase_to_string(i)), ==, i);
        for (int i = 0; i < _JOB_WARNED_MAX; i++)
                g_assert_cmpint(job_warned_from_string(job_warned_to_string(i)), ==, i);
        for (int i = 0; i < _JOB_REASON_MAX; i++)
                g_assert_cmpint(job_reason_from_string(job_reason_to_string(i)), ==, i);
        for (int i = 0; i < _JOB_RESULT_MAX; i++)
                g_assert_cmpint(job_result_from_string(job_result_to_string(i)), ==, i);

        g_assert_cmpint(job_reason_from_string("Restart"), ==, -EINVAL);
        g_assert_cmpint(job_reason_from_string(""), ==, -EINVAL);
        g_assert_null(job_phase_to_string(_JOB_PHASE_MAX));
        g_assert_null(job_phase_to_string(-1));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define JOB_TEST(path, func) g_test_add(path, Fixture, NULL, setup, func, teardown)
        JOB_TEST("/job/the-time-begins-with-the-request", test_the_time_begins_with_the_request);
        JOB_TEST("/job/never-early", test_never_early);
        JOB_TEST("/job/whole-way-has-an-end", test_whole_way);
        JOB_TEST("/job/gone-is-done", test_gone_is_done);
        JOB_TEST("/job/gone-in-the-warning-is-left", test_gone_in_the_warning_is_left);
        JOB_TEST("/job/closing-session-begins-at-kill", test_closing_session_begins_at_kill);
        JOB_TEST("/job/closing-while-asked-is-given-time", test_closing_while_asked_is_given_time);
        JOB_TEST("/job/nobody-to-ask", test_nobody_to_ask);
        g_test_add_func("/job/terminal-is-not-asked", test_terminal_is_not_asked);
        JOB_TEST("/job/opening-gets-its-full-grace", test_opening_gets_its_full_grace);
        JOB_TEST("/job/opening-has-an-end", test_opening_has_an_end);
        g_test_add_func("/job/opening-is-not-ended-without-a-grace",
                        test_opening_is_not_ended_without_a_grace);
        JOB_TEST("/job/logind-away-holds-everything", test_logind_away_holds_everything);
        JOB_TEST("/job/logind-away-while-terminating", test_logind_away_while_terminating);
        JOB_TEST("/job/earlier-deadline-wins", test_earlier_deadline_wins);
        JOB_TEST("/job/not-the-first-ones-alone", test_not_the_first_ones_alone);
        JOB_TEST("/job/an-awaited-job-is-not-the-first-ones", test_an_awaited_job_is_not_the_first_ones);
        JOB_TEST("/job/an-automatic-request-changes-nothing", test_an_automatic_request_changes_nothing);
        for (JobOrigin o = JOB_ORIGIN_IDLE; o <= JOB_ORIGIN_HUB_LOST; o++) {
                g_autofree char *taken =
                                g_strdup_printf("/job/taken-over-whole/%s", job_origin_to_string(o));
                g_autofree char *joined =
                                g_strdup_printf("/job/own-user-only-joins/%s", job_origin_to_string(o));

                g_test_add(taken, Fixture, GINT_TO_POINTER(o), setup,
                                test_an_automatic_job_is_taken_over_whole, teardown);
                g_test_add(joined, Fixture, GINT_TO_POINTER(o), setup, test_the_sessions_own_user_only_joins,
                                teardown);
        }
        JOB_TEST("/job/cancel-and-extend-end-with-the-warning", test_cancel_and_extend_end_with_the_warning);
        JOB_TEST("/job/cancelled-ends-nobody", test_cancelled_ends_nobody);
        JOB_TEST("/job/extend-never-past-the-maximum", test_extend_never_past_the_maximum);
        JOB_TEST("/job/extend-never-past-what-waits", test_extend_never_past_what_waits);
        JOB_TEST("/job/end-now", test_end_now);
        JOB_TEST("/job/minimum-after-a-restart", test_minimum_after_a_restart);
        g_test_add_func("/job/tables", test_tables);
#undef JOB_TEST

        return g_test_run();
}
