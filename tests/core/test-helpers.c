/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When usherd has systemd start usher-warn. */

#include <glib.h>

#include "core/helpers.h"
#include "house.h"

static const Feature *const no_features[] = { NULL };

/* The n-th start that systemd was asked for, or NULL. */
static sd_bus_message *nth_start(House *h, guint n) {
        for (guint i = 0; i < h->pair->calls->len; i++) {
                sd_bus_message *call = h->pair->calls->pdata[i];

                if (sd_bus_message_is_method_call(call, NULL, "StartUnit") && n-- == 0)
                        return call;
        }

        return NULL;
}

static guint count_starts(House *h) {
        guint n = 0;

        house_settle(h);
        while (nth_start(h, n))
                n++;
        return n;
}

static void assert_start(House *h, guint n, uid_t uid) {
        g_autofree char *expected = g_strdup_printf("usher-warn@%u.service", (guint) uid);
        sd_bus_message *call = nth_start(h, n);
        const char *unit;

        g_assert_nonnull(call);
        g_assert_cmpint(sd_bus_message_rewind(call, true), >=, 0);
        g_assert_cmpint(sd_bus_message_read(call, "s", &unit), >, 0);
        g_assert_cmpstr(unit, ==, expected);
}

static JobRunner *warn_user(House *h, uid_t uid, guint grace_sec) {
        g_autofree char *id = g_strdup_printf("%u", (guint) uid);

        return house_start_job(h, house_apply(h, house_info(h, id, uid, "seat0")),
                        &(JobRequest) { .grace = grace_sec * USEC_PER_SEC });
}

static void answer(House *h, guint n) {
        pair_reply(h->pair, nth_start(h, n), "o", "/job");
        house_settle(h);
}

static void test_a_few_at_a_time_the_soonest_first(void) {
        g_autoptr(House) h = house_new(no_features);
        JobRunner *first;

        first = warn_user(h, 1000, 60);
        for (uid_t uid = 1001; uid < 1000 + WARN_STARTS_MAX; uid++)
                (void) warn_user(h, uid, 60);
        (void) warn_user(h, 2000, 300);
        (void) warn_user(h, 2001, 200);
        (void) warn_user(h, 2002, 100);
        g_assert_cmpuint(count_starts(h), ==, WARN_STARTS_MAX);

        /* It counts until usher-warn runs, not until systemd has taken it. */
        answer(h, 0);
        g_assert_cmpuint(count_starts(h), ==, WARN_STARTS_MAX);
        job_runner_set_warned(first, JOB_WARNED_DESKTOP);
        g_assert_cmpuint(count_starts(h), ==, WARN_STARTS_MAX + 1);
        assert_start(h, WARN_STARTS_MAX, 2002);

        /* It may report before systemd has answered, and a failed start makes room at once. */
        helper_warn_reported(h->manager, 1001);
        answer(h, 1);
        g_assert_cmpuint(count_starts(h), ==, WARN_STARTS_MAX + 2);
        assert_start(h, WARN_STARTS_MAX + 1, 2001);
        pair_reply_error(h->pair, nth_start(h, 2), "org.freedesktop.systemd1.NoSuchUnit", "No");
        g_assert_cmpuint(count_starts(h), ==, WARN_STARTS_MAX + 3);
        assert_start(h, WARN_STARTS_MAX + 2, 2000);
}

static void test_one_that_says_nothing_makes_room_in_time(void) {
        g_autoptr(House) h = house_new(no_features);

        for (uid_t uid = 1000; uid <= 1000 + WARN_STARTS_MAX; uid++)
                (void) warn_user(h, uid, 60);
        g_assert_cmpuint(count_starts(h), ==, WARN_STARTS_MAX);
        answer(h, 0);
        while (!nth_start(h, WARN_STARTS_MAX))
                g_assert_cmpint(sd_event_run(h->pair->event, 10 * USEC_PER_SEC), >, 0);
        assert_start(h, WARN_STARTS_MAX, 1000 + WARN_STARTS_MAX);
}

static void test_a_user_with_two_sessions_is_warned_by_one(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *sessions[2];

        sessions[0] = house_apply(h, house_info(h, "1", 1001, "seat0"));
        sessions[1] = house_apply(h, house_info(h, "2", 1001, "seat0"));
        g_assert_cmpint(jobs_start(h->manager, sessions, 2, &(JobRequest) { .grace = 60 * USEC_PER_SEC },
                                        NULL, NULL),
                        ==, 0);
        g_assert_cmpuint(count_starts(h), ==, 1);
}

/* A user who waits has another session, which ends sooner, or a countdown that is shortened. */
static void test_a_sooner_deadline_moves_up(void) {
        g_autoptr(House) h = house_new(no_features);
        guint n = WARN_STARTS_MAX;

        for (uid_t uid = 1000; uid < 1000 + WARN_STARTS_MAX; uid++)
                (void) warn_user(h, uid, 60);
        (void) warn_user(h, 2000, 300);
        (void) warn_user(h, 2001, 200);
        (void) house_start_job(h, house_apply(h, house_info(h, "another", 2000, "seat0")),
                        &(JobRequest) { .grace = 100 * USEC_PER_SEC });
        (void) house_start_job(h, house_apply(h, house_info(h, "later", 2001, "seat0")),
                        &(JobRequest) { .grace = 400 * USEC_PER_SEC });
        g_assert_cmpuint(count_starts(h), ==, n);

        helper_warn_reported(h->manager, 1000);
        answer(h, 0);
        g_assert_cmpuint(count_starts(h), ==, n + 1);
        assert_start(h, n, 2000);
        helper_warn_reported(h->manager, 1001);
        answer(h, 1);
        g_assert_cmpuint(count_starts(h), ==, n + 2);
        assert_start(h, n + 1, 2001);
        helper_warn_reported(h->manager, 1002);
        answer(h, 2);
        g_assert_cmpuint(count_starts(h), ==, n + 2);
}

static SessionInfo *graphical(SessionInfo *info) {
        free(info->type);
        info->type = strdup("x11");
        return info;
}

static void test_nobody_is_started_for_nothing(void) {
        g_autoptr(House) h = house_new(no_features);

        /* No time to read a warning, and no desktop to ask. */
        (void) warn_user(h, 1001, 0);
        g_assert_cmpuint(count_starts(h), ==, 0);

        h->manager->config.ask_usec = 0;
        (void) house_start_job(
                        h, house_apply(h, graphical(house_info(h, "2", 1002, "seat0"))), &(JobRequest) {});
        g_assert_cmpuint(count_starts(h), ==, 0);

        h->manager->config.ask_usec = 10 * USEC_PER_SEC;
        (void) house_start_job(
                        h, house_apply(h, graphical(house_info(h, "3", 1003, "seat0"))), &(JobRequest) {});
        g_assert_cmpuint(count_starts(h), ==, 1);
        assert_start(h, 0, 1003);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/helpers/a-few-at-a-time-the-soonest-first",
                        test_a_few_at_a_time_the_soonest_first);
        g_test_add_func("/helpers/one-that-says-nothing-makes-room-in-time",
                        test_one_that_says_nothing_makes_room_in_time);
        g_test_add_func("/helpers/a-user-with-two-sessions-is-warned-by-one",
                        test_a_user_with_two_sessions_is_warned_by_one);
        g_test_add_func("/helpers/a-sooner-deadline-moves-up", test_a_sooner_deadline_moves_up);
        g_test_add_func("/helpers/nobody-is-started-for-nothing", test_nobody_is_started_for_nothing);
        return g_test_run();
}
