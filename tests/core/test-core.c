/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the core does without any feature. */

#include <glib.h>

#include "common/timespan.h"
#include "house.h"

static const Feature *const no_features[] = { NULL };

static const JobRequest request = {
        .reason = JOB_REASON_REQUESTED,
        .grace = 60 * USEC_PER_SEC,
        .message = "Class is over",
        .by_user = "root",
};

static void test_changes_are_announced_once(void) {
        g_autoptr(House) h = house_new(no_features);
        const char *first;

        house_seat(h, "seat0");
        house_settle(h);
        g_assert_true(house_heard(h, "station-added seat0"));

        for (unsigned i = 0; i < 20; i++)
                manager_station_changed(h->manager, "seat0", STATION_CHANGED_DEVICES);
        house_settle(h);
        first = strstr(h->events->str, "station-changed seat0");
        g_assert_nonnull(first);
        g_assert_null(strstr(first + 1, "station-changed seat0"));
}

static void test_a_station_goes_with_its_last_reason(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *s;

        house_seat(h, "seat0")->present = false;
        s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        house_start_job(h, s, &request);
        house_settle(h);
        g_assert_true(house_heard(h, "station-added seat0"));

        events_remove_session(s);
        house_settle(h);
        g_assert_nonnull(strstr(h->events->str, "job-removed 1 left"));
        g_assert_true(house_heard(h, "station-removed seat0"));
}

/* logind drops a seat whose graphics card was unplugged before it ends the session on it. */
static void test_a_seat_goes_before_its_session(void) {
        g_autoptr(House) h = house_new(no_features);
        Station *s;

        s = house_seat(h, "seat-left");
        house_start_job(h, house_apply(h, house_info(h, "1", 1001, "seat-left")), &request);
        house_settle(h);

        manager_logind_events.seat_gone("seat-left", h->manager);
        house_settle(h);
        g_assert_cmpstr(station_health_to_string(s->health), ==, "absent");
        g_assert_cmpuint(jobs_count(h->manager), ==, 1);

        manager_logind_events.session_gone("1", h->manager);
        house_settle(h);
        g_assert_nonnull(strstr(h->events->str, "job-removed 1 left"));
        g_assert_true(house_heard(h, "station-removed seat-left"));
}

static gsize count_at(House *h, const char *seat) {
        g_autofree Session **sessions = NULL;
        size_t n;

        g_assert_cmpint(manager_list_sessions(h->manager, seat, true, &sessions, &n), ==, 0);
        for (gsize i = 0; i < n; i++)
                g_assert_cmpstr(sessions[i]->info->seat, ==, seat);
        return n;
}

static void test_a_session_is_found_where_it_is(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *first, *second;
        JobRunner *j;

        first = house_apply(h, house_info(h, "1", 1001, "seat0"));
        second = house_apply(h, house_info(h, "2", 1002, "seat0"));
        g_assert_cmpuint(count_at(h, "seat0"), ==, 2);
        j = house_start_job(h, first, &request);
        g_assert_true(jobs_find(h->manager, first) == j);
        g_assert_true(jobs_find_number(h->manager, j->job.number) == j);
        g_assert_null(jobs_find(h->manager, second));
        g_assert_true(jobs_at_station(h->manager, "seat0"));

        g_assert_true(house_apply(h, house_info(h, "2", 1002, "seat-left")) == second);
        g_assert_cmpuint(count_at(h, "seat0"), ==, 1);
        g_assert_cmpuint(count_at(h, "seat-left"), ==, 1);
        g_assert_cmpuint(count_at(h, ""), ==, 0);
        g_assert_true(manager_find_session(h->manager, "2") == second);

        events_remove_session(first);
        house_settle(h);
        g_assert_null(manager_find_session(h->manager, "1"));
        g_assert_cmpuint(count_at(h, "seat0"), ==, 0);
        g_assert_cmpuint(jobs_count(h->manager), ==, 0);
        g_assert_false(jobs_at_station(h->manager, "seat0"));
        g_assert_null(jobs_find_number(h->manager, 1));
}

static void test_a_job_ends_its_session(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest now = request;

        now.grace = 0;
        house_start_job(h, s, &now);
        g_assert_true(house_heard(h, "job-new 1"));

        house_wait_for(h, "job-changed 1");
        g_assert_cmpint(jobs_find_number(h->manager, 1)->job.phase, ==, JOB_TERMINATING);

        events_remove_session(s);
        g_assert_true(house_heard(h, "job-removed 1 done"));
        g_assert_null(jobs_find_number(h->manager, 1));
}

/* A session that got the id of another one is not touched. */
static void test_another_session_with_the_id_is_not_touched(void) {
        g_autoptr(House) h = house_new(no_features);
        SessionInfo *other = house_info(h, "1", 1002, "seat0");
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));

        house_start_job(h, s, &request);
        other->leader++;
        s = house_apply(h, other);
        g_assert_true(house_heard(h, "job-removed 1 left"));
        g_assert_null(jobs_find(h->manager, s));
}

/* The process ids have come round as well: the time of the start is another one. */
static void test_another_session_with_id_and_leader_is_spared(void) {
        g_autoptr(House) h = house_new(no_features);
        SessionInfo *other = house_info(h, "1", 1001, "seat0");
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));

        house_start_job(h, s, &request);
        s->privilege = PRIVILEGE_ORDINARY;
        other->started++;
        s = house_apply(h, other);
        g_assert_true(house_heard(h, "job-removed 1 left"));
        g_assert_null(jobs_find(h->manager, s));

        /* Nothing that was known of the one session holds for the other. */
        g_assert_true(session_is_privileged(s));
}

static void test_requests_join(void) {
        static const Operation operation = { .method = "LogOff" };
        g_autoptr(House) h = house_new(no_features);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest sooner = request, idle = { .origin = JOB_ORIGIN_IDLE, .grace = USEC_PER_SEC };
        JobRunner *j, *again, *nothing;

        sooner.grace = 30 * USEC_PER_SEC;
        j = house_start_job(h, s, &request);
        g_assert_cmpint(jobs_start(h->manager, &s, 1, &sooner, &operation, &again), ==, 0);
        g_assert_true(again == j);
        g_assert_cmpuint(j->job.grace, ==, 30 * USEC_PER_SEC);
        g_assert_cmpuint(jobs_count(h->manager), ==, 1);
        g_assert_cmpuint(h->manager->last_operation.jobs, ==, 1);

        /* An automatic request leaves the session alone. */
        g_assert_cmpint(jobs_start(h->manager, &s, 1, &idle, NULL, &nothing), ==, 0);
        g_assert_null(nothing);
        g_assert_cmpuint(j->job.grace, ==, 30 * USEC_PER_SEC);
}

static void test_no_more_jobs_than_the_limit(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *sessions[JOBS_MAX + 1];

        for (size_t i = 0; i < JOBS_MAX + 1; i++) {
                g_autofree char *id = g_strdup_printf("%zu", i);

                sessions[i] = house_apply(h, house_info(h, id, 0, "seat0"));
        }

        g_assert_cmpint(jobs_start(h->manager, sessions, JOBS_MAX + 1, &request, NULL, NULL), ==, -ENOBUFS);
        g_assert_cmpuint(jobs_count(h->manager), ==, 0);
        g_assert_cmpint(jobs_start(h->manager, sessions, JOBS_MAX, &request, NULL, NULL), ==, 0);
        g_assert_cmpuint(jobs_count(h->manager), ==, JOBS_MAX);
}

static void test_logins_are_blocked_as_long_as_a_job_needs_it(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest block = request;
        JobRunner *j;

        block.block_logins = true;
        j = house_start_job(h, s, &block);
        g_assert_true(house_has_file(h, "nologin-file"));
        house_settle(h);
        g_assert_true(house_has_file(h, "nologin-file"));

        g_assert_cmpint(job_runner_cancel(j), ==, 0);
        house_settle(h);
        g_assert_false(house_has_file(h, "nologin-file"));
}

static void test_somebody_elses_nologin_stays(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = g_build_filename(h->directory, "nologin-file", NULL);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest block = request;

        g_assert_true(g_file_set_contents(path, "maintenance\n", -1, NULL));
        block.block_logins = true;
        g_assert_cmpint(job_runner_cancel(house_start_job(h, s, &block)), ==, 0);
        house_settle(h);
        g_assert_true(house_has_file(h, "nologin-file"));
}

/* usherd.service does this when it stops, in whatever state. */
static void unblock_from_outside(House *h) {
        g_autofree char *path = g_build_filename(h->directory, "nologin-file", NULL);
        Logins *l;

        g_assert_cmpint(logins_new(&l, path, h->directory), ==, 0);
        logins_unblock(l);
        logins_free(l);
}

/* The next usherd blocks logins again before anybody can call it. */
static void test_restored_jobs_block_logins(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest block = request;

        block.block_logins = true;
        house_start_job(h, s, &block);
        unblock_from_outside(h);
        g_assert_false(house_has_file(h, "nologin-file"));

        house_restart(h, no_features);
        g_assert_true(house_has_file(h, "nologin-file"));
        unblock_from_outside(h);
        g_assert_false(house_has_file(h, "nologin-file"));
}

static void test_only_our_own_nologin_is_removed_from_outside(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = g_build_filename(h->directory, "nologin-file", NULL);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest block = request;

        block.block_logins = true;
        house_start_job(h, s, &block);
        g_assert_true(g_file_set_contents(path, "maintenance\n", -1, NULL));
        unblock_from_outside(h);
        g_assert_true(house_has_file(h, "nologin-file"));
}

/* While the machine goes down nobody can log in, with or without jobs. */
static void test_logins_stay_blocked_while_going_down(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest block = request;

        block.block_logins = true;
        manager_set_going_down(h->manager, true, USEC_INFINITY);
        g_assert_cmpint(job_runner_cancel(house_start_job(h, s, &block)), ==, 0);
        house_settle(h);
        g_assert_true(house_has_file(h, "nologin-file"));

        manager_set_going_down(h->manager, false, USEC_INFINITY);
        house_settle(h);
        g_assert_false(house_has_file(h, "nologin-file"));
}

static void test_jobs_outlive_a_restart(void) {
        g_autoptr(House) h = house_new(no_features);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest mine = request;
        usec_t deadline;
        JobRunner *j;

        mine.message = "50 % \n\t[Job]\nNumber=7 größer";
        mine.block_logins = true;
        j = house_start_job(h, s, &mine);
        deadline = j->job.deadline;
        house_restart(h, no_features);

        j = jobs_find_number(h->manager, 1);
        g_assert_nonnull(j);
        g_assert_cmpuint(j->job.deadline, ==, deadline);
        g_assert_cmpstr(j->job.message, ==, mine.message);
        g_assert_cmpstr(j->job.by_user, ==, "root");
        g_assert_cmpint(j->job.origin, ==, JOB_ORIGIN_CALLER);
        g_assert_true(j->job.block_logins);
        g_assert_cmpuint(jobs_count(h->manager), ==, 1);

        house_settle(h);
        g_assert_true(house_has_file(h, "nologin-file"));
}

/* usherd comes back so long after the deadline of the only job, which was in that phase. */
static JobRunner *come_back_late(House *h, usec_t late, int phase, bool awaited) {
        SessionInfo *info = house_info(h, "1", 1001, "seat0");
        JobRequest block = request;
        JobRunner *j;

        block.block_logins = true;
        block.awaited = awaited;
        j = house_start_job(h, house_apply(h, info), &block);
        j->job.created = 1;
        j->job.deadline = now_monotonic() - late;
        j->job.phase = phase;
        jobs_store(h->manager);
        g_string_truncate(h->events, 0);

        house_restart(h, no_features);
        house_apply(h, info);
        house_settle(h);
        j = jobs_find_number(h->manager, 1);
        g_assert_nonnull(j);
        g_assert_true(house_has_file(h, "nologin-file"));
        manager_serve(h->manager);
        house_settle(h);
        return jobs_find_number(h->manager, 1);
}

/* The times of the store must be after the start of the machine. */
static gboolean is_too_young(void) {
        if (now_monotonic() > 7 * USEC_PER_MINUTE)
                return FALSE;

        g_test_skip("This machine was started too short a time ago.");
        return TRUE;
}

/* Nobody is ended by yesterday's bell, in whatever phase the job was. */
static void test_jobs_lapse(void) {
        for (int phase = 0; phase < _JOB_PHASE_MAX && !is_too_young(); phase++) {
                g_autoptr(House) h = house_new(no_features);

                g_assert_null(come_back_late(h, JOB_LATE_MAX_USEC + USEC_PER_SEC, phase, false));
                g_assert_nonnull(strstr(h->events->str, "job-removed 1 cancelled"));
                g_assert_nonnull(manager_find_session(h->manager, "1"));
                g_assert_false(house_has_file(h, "nologin-file"));
        }
}

static void test_jobs_do_not_lapse_too_soon(void) {
        for (int phase = 0; phase < _JOB_PHASE_MAX && !is_too_young(); phase++) {
                g_autoptr(House) h = house_new(no_features);

                g_assert_nonnull(come_back_late(h, JOB_LATE_MAX_USEC - USEC_PER_MINUTE, phase, false));
                g_assert_true(house_has_file(h, "nologin-file"));
        }
}

/* It lapses with its action, which has other jobs to wait for and may not be late. */
static void test_an_awaited_job_does_not_lapse_alone(void) {
        g_autoptr(House) h = house_new(no_features);
        JobRunner *j;

        if (is_too_young())
                return;

        j = come_back_late(h, JOB_LATE_MAX_USEC + USEC_PER_SEC, JOB_WARNING, true);
        g_assert_nonnull(j);
        g_assert_cmpuint(j->job.deadline, >, now_monotonic());
}

/* What has happened is not called cancelled. */
static void test_a_late_job_of_a_session_that_is_gone(void) {
        g_autoptr(House) h = house_new(no_features);
        SessionInfo *info = house_info(h, "1", 1001, "seat0"), *other;

        if (is_too_young())
                return;

        house_start_job(h, house_apply(h, info), &request)->job.deadline =
                        now_monotonic() - 6 * USEC_PER_MINUTE;
        jobs_store(h->manager);
        house_restart(h, no_features);
        other = house_info(h, "1", 1001, "seat0");
        other->leader++;
        house_apply(h, other);
        manager_serve(h->manager);
        g_assert_true(house_heard(h, "job-removed 1 left"));
}

static void put_store(House *h, const char *text) {
        g_autofree char *path = g_build_filename(h->directory, "jobs", NULL);

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

#define OLD_JOB                                                                                           \
        "Number=3\nSession=c1\nLeader=42\nStarted=7\nStation=seat0\nUser=anna\nUID=1001\nScope=s.scope\n" \
        "Graphical=1\nShared=0\nBlockLogins=0\nPlan=%s\nReason=idle\nMessage=\nByUID=0\nByUser=%"         \
        "s\nLostHubs=%s\n"                                                                                \
        "Created=5\nGrace=60\nDeadline=99999999999999\nPhase=warning\nScopeStopped=0\nWarned=desktop\n\n"

/* An upgrade while jobs run: usherd 0.1 stored no origin, and records without a first line. */
static void test_jobs_of_the_first_version_are_read(void) {
        static const struct {
                const char *plan, *by_user, *hubs;
                JobOrigin origin;
        } table[] = {
                { "", "root", "", JOB_ORIGIN_CALLER },
                { "", "", "", JOB_ORIGIN_IDLE },
                { "", "", "1-3", JOB_ORIGIN_HUB_LOST },
                { "restart", "root", "", JOB_ORIGIN_PENDING },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
                g_autoptr(House) h = house_new(no_features);
                g_autofree char *text =
                                g_strdup_printf(OLD_JOB, table[i].plan, table[i].by_user, table[i].hubs);
                JobRunner *j;

                put_store(h, text);
                house_restart(h, no_features);
                j = jobs_find_number(h->manager, 3);
                g_assert_nonnull(j);
                g_assert_cmpint(j->job.origin, ==, table[i].origin);
                g_assert_cmpuint(j->job.deadline, ==, 99999999999999);
                g_assert_cmpint(j->job.awaited, ==, table[i].plan[0] != '\0');
        }
}

static void test_a_malformed_record_is_left_out(void) {
        static const char *const bad[] = {
                "",
                "[Job]\n\n",
                "[Job]\nNumber=x\n\n",
                "no field\n\n",
                "[]\n\n",
                "[Job]\nMessage=%zz\n\n",
                "[Job]\nMessage=%00\n\n",
                "\n\n\n",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(House) h = house_new(no_features);
                g_autofree char *good = g_strdup_printf(OLD_JOB, "", "root", "");
                g_autofree char *text = g_strconcat(bad[i], good, NULL);

                put_store(h, text);
                house_restart(h, no_features);
                g_assert_cmpuint(jobs_count(h->manager), ==, 1);
        }
}

static void test_what_is_no_file_is_not_read(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = g_build_filename(h->directory, "jobs", NULL);

        g_assert_cmpint(symlink("/dev/zero", path), ==, 0);
        house_restart(h, no_features);
        g_assert_cmpuint(jobs_count(h->manager), ==, 0);

        /* It does not prevent later jobs. */
        house_start_job(h, house_apply(h, house_info(h, "1", 1001, "seat0")), &request);
        house_restart(h, no_features);
        g_assert_cmpuint(jobs_count(h->manager), ==, 1);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/core/changes-are-announced-once", test_changes_are_announced_once);
        g_test_add_func("/core/a-station-goes-with-its-last-reason",
                        test_a_station_goes_with_its_last_reason);
        g_test_add_func("/core/a-seat-goes-before-its-session", test_a_seat_goes_before_its_session);
        g_test_add_func("/core/a-session-is-found-where-it-is", test_a_session_is_found_where_it_is);
        g_test_add_func("/core/a-job-ends-its-session", test_a_job_ends_its_session);
        g_test_add_func("/core/another-session-with-the-id-is-not-touched",
                        test_another_session_with_the_id_is_not_touched);
        g_test_add_func("/core/another-session-with-id-and-leader-is-spared",
                        test_another_session_with_id_and_leader_is_spared);
        g_test_add_func("/core/requests-join", test_requests_join);
        g_test_add_func("/core/no-more-jobs-than-the-limit", test_no_more_jobs_than_the_limit);
        g_test_add_func("/core/logins-are-blocked-as-long-as-a-job-needs-it",
                        test_logins_are_blocked_as_long_as_a_job_needs_it);
        g_test_add_func("/core/somebody-elses-nologin-stays", test_somebody_elses_nologin_stays);
        g_test_add_func("/core/restored-jobs-block-logins", test_restored_jobs_block_logins);
        g_test_add_func("/core/only-our-own-nologin-is-removed-from-outside",
                        test_only_our_own_nologin_is_removed_from_outside);
        g_test_add_func("/core/logins-stay-blocked-while-going-down",
                        test_logins_stay_blocked_while_going_down);
        g_test_add_func("/core/jobs-outlive-a-restart", test_jobs_outlive_a_restart);
        g_test_add_func("/core/jobs-lapse", test_jobs_lapse);
        g_test_add_func("/core/jobs-do-not-lapse-too-soon", test_jobs_do_not_lapse_too_soon);
        g_test_add_func("/core/an-awaited-job-does-not-lapse-alone",
                        test_an_awaited_job_does_not_lapse_alone);
        g_test_add_func("/core/a-late-job-of-a-session-that-is-gone",
                        test_a_late_job_of_a_session_that_is_gone);
        g_test_add_func("/core/jobs-of-the-first-version-are-read", test_jobs_of_the_first_version_are_read);
        g_test_add_func("/core/a-malformed-record-is-left-out", test_a_malformed_record_is_left_out);
        g_test_add_func("/core/what-is-no-file-is-not-read", test_what_is_no_file_is_not_read);

        return g_test_run();
}
