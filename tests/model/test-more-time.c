/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whether a warning offers more time or to ask for it, and what it says of a request. */

#include <glib.h>

#include "warn/more-time.h"

#define START (1000 * USEC_PER_SEC)
#define MAXIMUM USEC_PER_HOUR

static MoreTime time_of_a_job(JobInfo *job) {
        *job = (JobInfo) {
                .phase = (char *) "warning",
                .deadline_monotonic = START + USEC_PER_MINUTE,
                .user_extendable = 300 * USEC_PER_SEC,
        };
        return (MoreTime) { .first_seen = START };
}

static void assert_offers(const MoreTime *t, const JobInfo *job, bool extend, bool ask) {
        g_assert_cmpint(more_time_may_extend(t, job, MAXIMUM), ==, extend);
        g_assert_cmpint(more_time_may_ask(t, job, MAXIMUM), ==, ask);
}

static void test_offers(void) {
        JobInfo job;
        MoreTime t = time_of_a_job(&job);

        assert_offers(&t, &job, true, false);
        job.user_extendable--;
        assert_offers(&t, &job, false, true);
        job.time_requested = 300;
        assert_offers(&t, &job, false, false);
        job.time_requested = 0;

        job.phase = (char *) "asking";
        assert_offers(&t, &job, false, false);
        job.phase = (char *) "warning";

        /* Nobody could grant it. */
        job.deadline_monotonic = START + MAXIMUM - 299 * USEC_PER_SEC;
        assert_offers(&t, &job, false, false);
        g_assert_true(more_time_may_ask(&t, &job, USEC_INFINITY));
}

static void test_refusals(void) {
        JobInfo job;
        MoreTime t = time_of_a_job(&job);

        /* An older usherd does not say how much the user may add. */
        job.user_extendable = USEC_INFINITY;
        assert_offers(&t, &job, true, false);
        more_time_refused(&t, false);
        assert_offers(&t, &job, false, true);
        more_time_refused(&t, true);
        assert_offers(&t, &job, false, false);
}

static void test_answers(void) {
        JobInfo job;
        MoreTime t = time_of_a_job(&job);
        usec_t shown = job.deadline_monotonic;

        g_assert_false(more_time_update(&t, &job, USEC_INFINITY));
        g_assert_false(more_time_update(&t, &job, shown));

        job.time_requested = 300;
        g_assert_true(more_time_update(&t, &job, shown));
        g_assert_false(more_time_update(&t, &job, shown));
        g_assert_false(t.denied);

        job.time_requested = 0;
        g_assert_true(more_time_update(&t, &job, shown));
        g_assert_true(t.denied);
        g_assert_false(more_time_update(&t, &job, shown));
        g_assert_true(t.denied);

        /* Another request, which is granted. */
        job.time_requested = 300;
        g_assert_true(more_time_update(&t, &job, shown));
        g_assert_false(t.denied);
        job.time_requested = 0;
        job.deadline_monotonic += 300 * USEC_PER_SEC;
        g_assert_true(more_time_update(&t, &job, shown));
        g_assert_false(t.denied);
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/more-time/offers", test_offers);
        g_test_add_func("/more-time/refusals", test_refusals);
        g_test_add_func("/more-time/answers", test_answers);
        return g_test_run();
}
