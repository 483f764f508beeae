/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Memory runs out: every allocation of a request fails once, in turn. The request is carried out or refused
 * as a whole, nobody's countdown changes by half, and the session of nobody ends. */

#include <glib.h>
#include <glib/gstdio.h>

#include "common/timespan.h"
#include "core/config-file.h"
#include "core/events.h"
#include "core/jobs.h"
#include "house.h"

/* How many allocations succeed before one fails, -1 for all of them. */
static int left = -1;

static bool fails(void) {
        if (left < 0 || left-- > 0)
                return false;

        errno = ENOMEM;
        return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t size) {
        return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size) {
        return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size) {
        return fails() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *s) {
        return fails() ? NULL : __real_strdup(s);
}

static const Feature *const no_features[] = { NULL };

#define GRACE (60 * USEC_PER_SEC)

/* One attempt, in which the allocation after |n| others fails. Returns whether there was one. */
typedef void (*Attempt)(House *h, int n);

static void exhaust(Attempt attempt) {
        int n = 0;

        for (bool failed = true; failed; n++) {
                g_autoptr(House) h = house_new(no_features);

                left = -1;
                attempt(h, n);
                failed = left < 0;
                left = -1;
        }

        g_test_message("%i allocations", n - 1);
        g_assert_cmpint(n, >, 1);
}

static int log_off(House *h, Session *s, JobOrigin origin, const char *message, int n) {
        int r;

        left = n;
        r = jobs_start(h->manager, &s, 1,
                        &(JobRequest) {
                                        .origin = origin,
                                        .grace = GRACE,
                                        .message = message,
                                        .by_user = message ? "root" : "",
                                        .block_logins = message,
                        },
                        NULL, NULL);
        return r;
}

static void attempt_log_off(House *h, int n) {
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        int r = log_off(h, s, JOB_ORIGIN_CALLER, "Bye", n), rest = left;
        JobRunner *j = jobs_find(h->manager, s);

        left = -1;
        house_settle(h);
        if (r < 0) {
                g_assert_cmpint(r, ==, -ENOMEM);
                g_assert_null(j);
                g_assert_cmpuint(jobs_count(h->manager), ==, 0);
                g_assert_false(jobs_at_station(h->manager, "seat0"));
                g_assert_false(house_has_file(h, "nologin-file"));
        } else {
                g_assert_nonnull(j);
                g_assert_true(jobs_find_number(h->manager, j->job.number) == j);
                g_assert_cmpstr(j->job.message, ==, "Bye");
                g_assert_cmpint(j->job.phase, ==, JOB_WARNING);
                g_assert_true(house_has_file(h, "nologin-file"));
        }
        left = rest;
}

/* Somebody asks for what usherd has begun by itself. */
static void attempt_join(House *h, int n) {
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        usec_t before;
        JobRunner *j;
        int r, rest;

        g_assert_cmpint(log_off(h, s, JOB_ORIGIN_IDLE, NULL, -1), ==, 0);
        j = jobs_find(h->manager, s);
        before = j->job.deadline;
        r = log_off(h, s, JOB_ORIGIN_CALLER, "Bye", n);
        rest = left;
        left = -1;
        if (r < 0) {
                g_assert_cmpint(r, ==, -ENOMEM);
                g_assert_cmpint(j->job.origin, ==, JOB_ORIGIN_IDLE);
                g_assert_cmpuint(j->job.deadline, ==, before);
                g_assert_cmpstr(j->job.message, ==, "");
        } else {
                g_assert_cmpint(j->job.origin, ==, JOB_ORIGIN_CALLER);
                g_assert_cmpuint(j->job.deadline, >=, before);
                g_assert_cmpstr(j->job.message, ==, "Bye");
                g_assert_cmpstr(j->job.by_user, ==, "root");
        }
        left = rest;
}

/* A suspend changes no deadline that is far enough, and a cancelled job is gone. */
static void attempt_cancel(House *h, int n) {
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        usec_t before;
        JobRunner *j;

        g_assert_cmpint(log_off(h, s, JOB_ORIGIN_CALLER, "Bye", -1), ==, 0);
        j = jobs_find(h->manager, s);
        before = j->job.deadline;
        left = n;
        job_runner_wake(j);
        g_assert_cmpuint(j->job.deadline, ==, before);
        g_assert_cmpint(job_runner_cancel(j), ==, 0);
        g_assert_null(jobs_find(h->manager, s));
        g_assert_nonnull(manager_find_session(h->manager, "1"));
}

/* usherd comes back and takes up a stored job: it runs with what was promised, or is reported as lost. */
static void attempt_restore(House *h, int n) {
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRunner *j;
        Job job;
        int r, rest;

        g_assert_cmpint(job_init(&job, 7, s->info,
                                        &(JobRequest) { .grace = GRACE,
                                                        .message = "Bye",
                                                        .by_user = "root" },
                                        now_monotonic()),
                        ==, 0);
        left = n;
        r = job_runner_restore(h->manager, &job);
        rest = left;
        left = -1;
        j = jobs_find(h->manager, s);
        if (r < 0) {
                g_assert_cmpint(r, ==, -ENOMEM);
                g_assert_null(j);
                g_assert_cmpuint(jobs_count(h->manager), ==, 0);
        } else {
                g_assert_true(jobs_find_number(h->manager, 7) == j);
                g_assert_cmpuint(j->job.deadline, >=, j->job.created + GRACE);
                g_assert_cmpstr(j->job.message, ==, "Bye");
        }
        job_done(&job);
        left = rest;
}

/* All who would be logged off, or an error: a list that is short would leave somebody out of a restart. */
static void attempt_list(House *h, int n) {
        _cleanup_free_ Session **sessions = NULL;
        size_t n_sessions;
        int r;

        (void) house_apply(h, house_info(h, "1", 1001, "seat0"));
        (void) house_apply(h, house_info(h, "2", 1002, "seat1"));
        left = n;
        r = manager_list_sessions(h->manager, NULL, true, &sessions, &n_sessions);
        if (r < 0)
                g_assert_cmpint(r, ==, -ENOMEM);
        else
                g_assert_cmpuint(n_sessions, ==, 2);
}

static void write_config(const char *root, const char *name, const char *text) {
        g_autofree char *path = g_build_filename(root, "etc/usher", name, NULL);
        g_autofree char *directory = g_path_get_dirname(path);
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
        g_file_set_contents(path, text, -1, &error);
        g_assert_no_error(error);
}

static void remove_config(const char *root) {
        static const char *const names[] = { "etc/usher/usherd.conf.d/60-b.conf",
                "etc/usher/usherd.conf.d/50-a.conf", "etc/usher/usherd.conf.d", "etc/usher/usherd.conf",
                "etc/usher", "etc" };

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *path = g_build_filename(root, names[i], NULL);

                g_assert_cmpint(g_remove(path), ==, 0);
        }
}

/* A configuration that was read in part would have the default, which is shorter here. */
static void attempt_configuration(House *h, int n) {
        Config c = {};
        int r, rest;

        write_config(h->directory, "usherd.conf", "[LogOff]\nGraceSec=5min\n[Shutdown]\nGraceSec=5min\n");
        write_config(h->directory, "usherd.conf.d/50-a.conf",
                        "[LogOff]\nMinimumGraceSec=2min\nRemindSec=30 10\n");
        write_config(h->directory, "usherd.conf.d/60-b.conf",
                        "[Station:Teacher]\nIdleLogOffSec=1h\n[LogOff]\nWrong=1\n");
        g_assert_true(g_setenv(CONFIG_ROOT_VARIABLE, h->directory, TRUE));
        left = n;
        r = config_load(&c);
        rest = left;
        left = -1;
        if (r < 0) {
                g_assert_cmpint(r, ==, -ENOMEM);
                g_assert_cmpuint(c.grace_usec, ==, 0);
        } else {
                g_assert_cmpint(r, ==, 1);
                g_assert_cmpuint(c.grace_usec, ==, 300 * USEC_PER_SEC);
                g_assert_cmpuint(c.minimum_grace_usec, ==, 120 * USEC_PER_SEC);
                g_assert_cmpuint(c.n_remind, ==, 2);
                g_assert_cmpuint(config_idle_log_off(&c, "seat0", "Teacher"), ==, 3600 * USEC_PER_SEC);
        }

        g_unsetenv(CONFIG_ROOT_VARIABLE);
        remove_config(h->directory);
        left = rest;
}

/* A session that comes, changes and goes. */
static void attempt_session(House *h, int n) {
        SessionInfo *info = house_info(h, "1", 1001, "seat0");
        SessionInfo *moved = house_info(h, "1", 1001, "seat1");
        Session *s;

        left = n;
        events_apply_session(h->manager, info);
        s = manager_find_session(h->manager, "1");
        g_assert_true(!s || s->info == info);
        events_apply_session(h->manager, moved);
        s = manager_find_session(h->manager, "1");
        g_assert_true(!s || s->info == moved);
        if (s)
                events_remove_session(s);
        g_assert_null(manager_find_session(h->manager, "1"));
}

static void test_log_off(void) {
        exhaust(attempt_log_off);
}

static void test_join(void) {
        exhaust(attempt_join);
}

static void test_cancel(void) {
        exhaust(attempt_cancel);
}

static void test_restore(void) {
        exhaust(attempt_restore);
}

static void test_list(void) {
        exhaust(attempt_list);
}

static void test_configuration(void) {
        exhaust(attempt_configuration);
}

static void test_session(void) {
        exhaust(attempt_session);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/memory/a-log-off-begins-as-a-whole-or-not-at-all", test_log_off);
        g_test_add_func("/memory/a-job-is-taken-over-as-a-whole-or-not-at-all", test_join);
        g_test_add_func("/memory/waking-and-cancelling-need-none", test_cancel);
        g_test_add_func("/memory/a-stored-job-is-taken-up-as-a-whole-or-not-at-all", test_restore);
        g_test_add_func("/memory/a-list-of-sessions-is-complete", test_list);
        g_test_add_func("/memory/a-configuration-is-read-as-a-whole-or-not-at-all", test_configuration);
        g_test_add_func("/memory/a-session-is-known-as-it-is-or-not-at-all", test_session);

        return g_test_run();
}
