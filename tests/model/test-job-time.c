/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How much time users can give themselves, and for how much they can ask. */

#include <glib.h>

#include "core/job-time.h"

#define START (1000 * USEC_PER_SEC)
#define ANNA 1001
#define TEACHER 1002

typedef struct Fixture {
        Config config;
        Job job;
} Fixture;

static void init_job(Fixture *f, JobOrigin origin, uid_t by) {
        SessionInfo session = { .id = (char *) "7",
                .user = (char *) "anna",
                .class = (char *) "user",
                .type = (char *) "x11",
                .state = (char *) "active",
                .uid = ANNA,
                .leader = 4711,
                .started = 5 };
        JobRequest request = {
                .origin = origin,
                .grace = USEC_PER_MINUTE,
                .by_uid = by,
        };

        job_done(&f->job);
        g_assert_cmpint(job_init(&f->job, 1, &session, &request, START), ==, 0);
}

/* The teacher's log-off, with one minute of warning. */
static void setup(Fixture *f, gconstpointer data) {
        config_init(&f->config);
        f->config.user_extend_max_usec = 5 * USEC_PER_MINUTE;
        init_job(f, JOB_ORIGIN_CALLER, TEACHER);
}

static void teardown(Fixture *f, gconstpointer data) {
        job_done(&f->job);
}

static int extend_self(Fixture *f, usec_t by) {
        return job_extend(&f->job, by, true, USEC_INFINITY, &f->config);
}

static int extend_other(Fixture *f, usec_t by) {
        return job_extend(&f->job, by, false, USEC_INFINITY, &f->config);
}

static int request(Fixture *f, uint32_t seconds) {
        return job_request_time(&f->job, seconds, USEC_INFINITY, &f->config);
}

static void assert_extendable(Fixture *f, usec_t expected) {
        g_assert_cmpuint(job_user_extendable(&f->job, &f->config), ==, expected);
}

static void test_a_user_adds_so_much_in_all(Fixture *f, gconstpointer data) {
        assert_extendable(f, 300 * USEC_PER_SEC);
        g_assert_cmpint(extend_self(f, 301 * USEC_PER_SEC), ==, -EDQUOT);
        g_assert_cmpint(extend_self(f, 200 * USEC_PER_SEC), ==, 0);
        assert_extendable(f, 100 * USEC_PER_SEC);
        g_assert_cmpint(extend_self(f, 101 * USEC_PER_SEC), ==, -EDQUOT);
        g_assert_cmpuint(f->job.deadline, ==, START + 260 * USEC_PER_SEC);

        /* What others give does not count. */
        g_assert_cmpint(extend_other(f, 600 * USEC_PER_SEC), ==, 0);
        assert_extendable(f, 100 * USEC_PER_SEC);
        g_assert_cmpint(extend_self(f, 100 * USEC_PER_SEC), ==, 0);
        assert_extendable(f, 0);
        g_assert_cmpint(extend_self(f, 1), ==, -EDQUOT);
        g_assert_cmpuint(f->job.deadline, ==, START + 960 * USEC_PER_SEC);
}

static void test_none_at_all(Fixture *f, gconstpointer data) {
        f->config.user_extend_max_usec = 0;
        assert_extendable(f, 0);
        g_assert_cmpint(extend_self(f, USEC_PER_SEC), ==, -EDQUOT);
        g_assert_cmpint(request(f, 1), ==, 1);
        g_assert_cmpuint(f->job.time_requested, ==, 1);
}

static void test_not_past_the_maximum(Fixture *f, gconstpointer data) {
        f->config.user_extend_max_usec = 7 * USEC_PER_DAY;
        assert_extendable(f, 59 * USEC_PER_MINUTE);
        g_assert_cmpint(extend_self(f, 60 * USEC_PER_MINUTE), ==, -ERANGE);
        g_assert_cmpint(extend_self(f, 59 * USEC_PER_MINUTE), ==, 0);
        assert_extendable(f, 0);

        /* Nobody could grant it. */
        g_assert_cmpint(request(f, 1), ==, -ERANGE);
        g_assert_cmpint(request(f, UINT32_MAX), ==, -ERANGE);
        g_assert_cmpuint(f->job.time_requested, ==, 0);
}

/* A shutdown gives less than was asked; only that counts. */
static void test_a_shutdown(Fixture *f, gconstpointer data) {
        usec_t until = START + 100 * USEC_PER_SEC;

        g_assert_cmpint(job_extend(&f->job, 300 * USEC_PER_SEC, true, until, &f->config), ==, 0);
        g_assert_cmpuint(f->job.deadline, ==, until);
        assert_extendable(f, 260 * USEC_PER_SEC);
        g_assert_cmpint(job_request_time(&f->job, 600, until, &f->config), ==, -ETIME);
}

/* Who may cancel a log-off may postpone it. */
static void test_ones_own_log_off(Fixture *f, gconstpointer data) {
        JobRequest teacher = { .origin = JOB_ORIGIN_CALLER, .grace = USEC_PER_HOUR, .by_uid = TEACHER };

        init_job(f, JOB_ORIGIN_CALLER, ANNA);
        assert_extendable(f, 59 * USEC_PER_MINUTE);
        g_assert_cmpint(extend_self(f, 600 * USEC_PER_SEC), ==, 0);

        /* So there is nobody to ask. */
        g_assert_cmpint(request(f, 600), ==, -EINVAL);

        /* The teacher wants it too: what the user has added so far counts. */
        g_assert_cmpint(job_join(&f->job, &teacher, START), ==, 0);
        assert_extendable(f, 0);
        g_assert_cmpint(extend_self(f, 1), ==, -EDQUOT);
        g_assert_cmpint(request(f, 600), ==, 1);
}

static void test_requests_are_few(Fixture *f, gconstpointer data) {
        g_assert_cmpint(request(f, 0), ==, -EINVAL);
        g_assert_cmpint(request(f, 300), ==, -EINVAL);
        g_assert_cmpuint(f->job.time_requested, ==, 0);

        for (uint32_t i = 1; i <= JOB_TIME_REQUESTS_MAX; i++) {
                g_assert_cmpint(request(f, 300 + i), ==, 1);
                /* The same again says nothing new. */
                g_assert_cmpint(request(f, 300 + i), ==, 0);
                g_assert_cmpuint(f->job.time_requested, ==, 300 + i);
        }

        g_assert_cmpint(request(f, 600), ==, -ENOBUFS);
        g_assert_cmpint(job_deny_time(&f->job), ==, 0);
        g_assert_cmpint(request(f, 600), ==, -ENOBUFS);
        g_assert_cmpuint(f->job.time_requested, ==, 0);
}

static void test_answers(Fixture *f, gconstpointer data) {
        g_assert_cmpint(job_deny_time(&f->job), ==, -ENOENT);
        g_assert_cmpint(request(f, 600), ==, 1);

        /* The user adds what they may meanwhile, and the request stays. */
        g_assert_cmpint(extend_self(f, 10 * USEC_PER_SEC), ==, 0);
        g_assert_cmpint(extend_other(f, 0), ==, 0);
        g_assert_cmpint(extend_other(f, USEC_PER_HOUR), ==, -ERANGE);
        g_assert_cmpuint(f->job.time_requested, ==, 600);

        /* Less than was asked is an answer. */
        g_assert_cmpint(extend_other(f, 60 * USEC_PER_SEC), ==, 0);
        g_assert_cmpuint(f->job.time_requested, ==, 0);
        g_assert_cmpint(job_deny_time(&f->job), ==, -ENOENT);
}

/* An unanswered request postpones nothing. */
static void test_the_warning_ends(Fixture *f, gconstpointer data) {
        g_assert_cmpint(request(f, 600), ==, 1);
        g_assert_cmpint(job_step(&f->job, START + USEC_PER_MINUTE, JOB_SESSION_OPEN, &f->config), ==,
                        JOB_ASK);
        g_assert_cmpuint(f->job.time_requested, ==, 0);
        assert_extendable(f, 0);
        g_assert_cmpint(request(f, 600), ==, -EALREADY);
        g_assert_cmpint(extend_self(f, 1), ==, -EALREADY);
        g_assert_cmpint(job_deny_time(&f->job), ==, -ENOENT);
}

/* It is another promise then. */
static void test_a_job_that_is_taken_over(Fixture *f, gconstpointer data) {
        JobRequest teacher = { .origin = JOB_ORIGIN_CALLER, .grace = USEC_PER_MINUTE, .by_uid = TEACHER };

        init_job(f, JOB_ORIGIN_IDLE, 0);
        assert_extendable(f, 300 * USEC_PER_SEC);
        g_assert_cmpint(extend_self(f, 300 * USEC_PER_SEC), ==, 0);
        g_assert_cmpint(request(f, 600), ==, 1);
        g_assert_cmpint(job_join(&f->job, &teacher, START), ==, 1);
        g_assert_cmpuint(f->job.time_requested, ==, 0);
        assert_extendable(f, 300 * USEC_PER_SEC);
}

#define TIME_TEST(path, func) g_test_add("/job-time/" path, Fixture, NULL, setup, func, teardown)

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);

        TIME_TEST("a-user-adds-so-much-in-all", test_a_user_adds_so_much_in_all);
        TIME_TEST("none-at-all", test_none_at_all);
        TIME_TEST("not-past-the-maximum", test_not_past_the_maximum);
        TIME_TEST("a-shutdown", test_a_shutdown);
        TIME_TEST("ones-own-log-off", test_ones_own_log_off);
        TIME_TEST("requests-are-few", test_requests_are_few);
        TIME_TEST("answers", test_answers);
        TIME_TEST("the-warning-ends", test_the_warning_ends);
        TIME_TEST("a-job-that-is-taken-over", test_a_job_that_is_taken_over);

        return g_test_run();
}
