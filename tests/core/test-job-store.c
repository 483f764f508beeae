/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What of a job is on the disk, when, and what comes back from there. */

#include <fcntl.h>
#include <glib.h>
#include <sys/stat.h>

#include "core/job-store.h"
#include "house.h"

static const Feature *const no_features[] = { NULL };

static const JobRequest request = {
        .reason = JOB_REASON_REQUESTED,
        .grace = 60 * USEC_PER_SEC,
        .message = "Class is over",
        .by_user = "root",
};

static char *path_in(House *h, const char *name) {
        return g_build_filename(h->directory, name, NULL);
}

static char *read_file(House *h, const char *name) {
        g_autofree char *path = path_in(h, name);
        char *text = NULL;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        return text;
}

/* A job of which no field has the value that it has without being read. */
static void make_job(Job *j) {
        *j = (Job) {
                .number = 7,
                .session = { .id = strdup("c12"), .leader = 4321, .started = 17 },
                .station = strdup("seat-left"),
                .user = strdup("anna"),
                .uid = 1001,
                .scope = strdup("session-c12.scope"),
                .graphical = true,
                .origin = JOB_ORIGIN_PENDING,
                .reason = JOB_REASON_POWER_OFF,
                .message = strdup("50 % \n[Job]\nNumber=8"),
                .by_uid = 1002,
                .by_user = strdup("ben"),
                .shared = true,
                .block_logins = true,
                .awaited = true,
                .created = 100,
                .grace = 200,
                .deadline = 350,
                .user_extended = 50,
                .time_requested = 600,
                .time_requests = 2,
                .opening = true,
                .phase = JOB_KILLING,
                .scope_stopped = true,
                .warned = JOB_WARNED_TERMINAL,
        };
}

static void on_record(const StoreRecord *record, void *userdata) {
        Job *j = userdata;

        g_assert_cmpuint(j->number, ==, 0);
        g_assert_cmpstr(record->type, ==, JOB_STORE_TYPE);
        g_assert_cmpint(job_store_read(j, record), ==, 0);
}

static void test_every_field_comes_back(void) {
        g_autoptr(House) h = house_new(no_features);
        Job written, read = {};
        StoreWriter *w;

        make_job(&written);
        g_assert_cmpint(store_begin(h->manager->store, &w), ==, 0);
        job_store_write(&written, w);
        g_assert_cmpint(store_commit(w), ==, 0);
        g_assert_cmpint(store_read(h->manager->store, on_record, &read), ==, 0);

        g_assert_cmpuint(read.number, ==, written.number);
        g_assert_true(read.opening);
        g_assert_cmpstr(read.session.id, ==, written.session.id);
        g_assert_cmpint(read.session.leader, ==, written.session.leader);
        g_assert_cmpuint(read.session.started, ==, written.session.started);
        g_assert_cmpstr(read.station, ==, written.station);
        g_assert_cmpstr(read.user, ==, written.user);
        g_assert_cmpuint(read.uid, ==, written.uid);
        g_assert_cmpstr(read.scope, ==, written.scope);
        g_assert_true(read.graphical);
        g_assert_cmpint(read.origin, ==, written.origin);
        g_assert_cmpint(read.reason, ==, written.reason);
        g_assert_cmpstr(read.message, ==, written.message);
        g_assert_cmpuint(read.by_uid, ==, written.by_uid);
        g_assert_cmpstr(read.by_user, ==, written.by_user);
        g_assert_true(read.shared);
        g_assert_true(read.block_logins);
        g_assert_true(read.awaited);
        g_assert_cmpuint(read.created, ==, written.created);
        g_assert_cmpuint(read.grace, ==, written.grace);
        g_assert_cmpuint(read.deadline, ==, written.deadline);
        g_assert_cmpuint(read.user_extended, ==, written.user_extended);
        g_assert_cmpuint(read.time_requested, ==, written.time_requested);
        g_assert_cmpuint(read.time_requests, ==, written.time_requests);
        g_assert_cmpint(read.phase, ==, written.phase);
        g_assert_true(read.scope_stopped);
        g_assert_cmpint(read.warned, ==, written.warned);

        job_done(&written);
        job_done(&read);
}

/* The caller gets its reply after jobs_start(): a usherd that is killed then must know the job. */
static void test_jobs_are_on_the_disk_at_once(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *text = NULL;

        house_start_job(h, house_apply(h, house_info(h, "1", 1001, "seat0")), &request);
        text = read_file(h, "jobs");
        g_assert_nonnull(strstr(text, "[Job]\nNumber=1\nSession=1\n"));
}

/* Somebody writes into a fifo. Only what usherd wrote into its own file is a job. */
static void test_a_fifo_is_not_read(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = path_in(h, "jobs"), *record = NULL;
        int fd;

        house_start_job(h, house_apply(h, house_info(h, "1", 1001, "seat0")), &request);
        record = read_file(h, "jobs");
        house_restart(h, no_features);
        g_assert_cmpuint(jobs_count(h->manager), ==, 1);

        h->manager = manager_free(h->manager);
        g_assert_no_errno(unlink(path));
        g_assert_no_errno(mkfifo(path, 0600));
        fd = open(path, O_RDWR | O_CLOEXEC);
        g_assert_no_errno(fd);
        g_assert_cmpint(write(fd, record, strlen(record)), ==, strlen(record));
        house_restart(h, no_features);
        g_assert_cmpuint(jobs_count(h->manager), ==, 0);
        close(fd);
}

/* What the file of jobs was replaced with holds a real record, and must not be read; usherd goes on and
 * writes its own. */
static void refuse_in_place_of_the_jobs(House *h, int (*replace)(const char *path, const char *jobs)) {
        g_autofree char *path = path_in(h, "jobs"), *moved = path_in(h, "moved");

        house_start_job(h, house_apply(h, house_info(h, "1", 1001, "seat0")), &request);
        h->manager = manager_free(h->manager);
        g_assert_no_errno(rename(path, moved));
        g_assert_no_errno(replace(path, moved));
        house_restart(h, no_features);
        g_assert_cmpuint(jobs_count(h->manager), ==, 0);
}

static int replace_by_link(const char *path, const char *jobs) {
        return symlink(jobs, path);
}

static void test_a_link_is_not_read(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = path_in(h, "jobs"), *moved = NULL, *before = NULL;

        refuse_in_place_of_the_jobs(h, replace_by_link);
        before = read_file(h, "moved");

        /* Nor is what it leads to written. */
        house_start_job(h, house_apply(h, house_info(h, "2", 1001, "seat0")), &request);
        g_assert_false(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
        moved = read_file(h, "moved");
        g_assert_cmpstr(moved, ==, before);
        house_restart(h, no_features);
        g_assert_cmpuint(jobs_count(h->manager), ==, 1);
}

static int replace_by_directory(const char *path, const char *jobs) {
        return mkdir(path, 0700);
}

static void test_a_directory_is_not_read(void) {
        g_autoptr(House) h = house_new(no_features);

        refuse_in_place_of_the_jobs(h, replace_by_directory);
}

/* Nothing is made or removed where a link leads. */
static void test_a_link_for_nologin_is_left_alone(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = path_in(h, "nologin-file"), *target = path_in(h, "target");
        JobRequest blocking = request;
        JobRunner *j;

        g_assert_no_errno(symlink(target, path));
        blocking.block_logins = true;
        j = house_start_job(h, house_apply(h, house_info(h, "1", 1001, "seat0")), &blocking);
        g_assert_false(house_has_file(h, "target"));
        g_assert_cmpint(job_runner_cancel(j), ==, 0);
        house_settle(h);
        g_assert_true(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
}

static JobRunner *block(House *h) {
        JobRequest block = request;
        JobRunner *j;

        block.block_logins = true;
        j = house_start_job(h, house_apply(h, house_info(h, "1", 1001, "seat0")), &block);
        g_assert_true(house_has_file(h, "nologin-file"));
        return j;
}

/* The administrator replaces the file that usherd has made: from then on it is the administrator's. */
static void test_a_replaced_nologin_stays(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = path_in(h, "nologin-file"), *other = path_in(h, "other"), *text = NULL;
        JobRunner *j = block(h);

        g_assert_true(g_file_set_contents(other, "maintenance\n", -1, NULL));
        g_assert_no_errno(rename(other, path));
        g_assert_cmpint(job_runner_cancel(j), ==, 0);
        house_settle(h);
        text = read_file(h, "nologin-file");
        g_assert_cmpstr(text, ==, "maintenance\n");
}

/* The next usherd knows that its predecessor made the file. */
static void test_nologin_is_removed_after_a_restart(void) {
        g_autoptr(House) h = house_new(no_features);

        block(h);
        house_restart(h, no_features);
        g_assert_true(house_has_file(h, "nologin-file"));
        g_assert_cmpint(job_runner_cancel(jobs_find_number(h->manager, 1)), ==, 0);
        house_settle(h);
        g_assert_false(house_has_file(h, "nologin-file"));
        g_assert_false(house_has_file(h, "nologin"));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/job-store/every-field-comes-back", test_every_field_comes_back);
        g_test_add_func("/job-store/jobs-are-on-the-disk-at-once", test_jobs_are_on_the_disk_at_once);
        g_test_add_func("/job-store/a-fifo-is-not-read", test_a_fifo_is_not_read);
        g_test_add_func("/job-store/a-link-is-not-read", test_a_link_is_not_read);
        g_test_add_func("/job-store/a-directory-is-not-read", test_a_directory_is_not_read);
        g_test_add_func("/job-store/a-link-for-nologin-is-left-alone",
                        test_a_link_for_nologin_is_left_alone);
        g_test_add_func("/job-store/a-replaced-nologin-stays", test_a_replaced_nologin_stays);
        g_test_add_func("/job-store/nologin-is-removed-after-a-restart",
                        test_nologin_is_removed_after_a_restart);

        return g_test_run();
}
