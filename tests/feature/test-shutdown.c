/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What usherd does when the machine shuts down, whatever the cause. */

#include "daemon.h"
#include "feature/shutdown.h"

static void set_up(Daemon *d, gconstpointer state) {
        static const Feature *const features[] = { &shutdown_feature, NULL };

        daemon_set_up(d, features);
        d->unit_state = state;
        daemon_restart(d);
        daemon_session(d, .id = "3");
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static void prepare(Daemon *d, bool begins) {
        manager_logind_events.shutting_down(begins, d->manager);
        daemon_run(d);
}

/* The shutdown was not requested from usherd, and no hook delays it: users get as much time as logind's
 * delay allows. */
static void test_a_last_warning(Daemon *d, gconstpointer data) {
        const Job *j;

        prepare(d, true);
        g_assert_true(d->manager->going_down);
        j = daemon_job(d, "3");
        g_assert_cmpint(j->origin, ==, JOB_ORIGIN_SHUTDOWN);
        g_assert_cmpint(j->reason, ==, JOB_REASON_POWER_OFF);

        prepare(d, false);
        g_assert_false(d->manager->going_down);
        daemon_assert_no_job(d, "3");
}

/* A job that somebody requested goes on when the shutdown is cancelled. */
static void test_other_jobs_stay(Daemon *d, gconstpointer data) {
        daemon_log_off(d, "3", TEACHER, false);
        prepare(d, true);
        prepare(d, false);
        g_assert_cmpint(daemon_job(d, "3")->origin, ==, JOB_ORIGIN_CALLER);
}

/* logind keeps a delayed shutdown in memory only, so the shutdown ends with it. */
static void test_logind_dies_during_a_last_warning(Daemon *d, gconstpointer data) {
        prepare(d, true);
        (void) daemon_job(d, "3");

        manager_logind_events.lost(d->manager);
        daemon_run(d);
        g_assert_false(d->manager->going_down);
        daemon_assert_no_job(d, "3");
}

/* The hook warns all of them, with more time than logind's delay. */
static void test_the_hook_warns(Daemon *d, gconstpointer data) {
        prepare(d, true);
        g_assert_true(d->manager->going_down);
        daemon_assert_no_job(d, "3");
}

/* Ctrl-Alt-Del reaches systemd without logind. */
static void test_the_hook_at_work(Daemon *d, gconstpointer data) {
        d->target = "reboot.target";
        daemon_set_unit(d, "deactivating");
        g_assert_true(d->manager->going_down);

        daemon_set_unit(d, "active");
        g_assert_false(d->manager->going_down);
}

/* An upgrade restarts the unit of the hook, and the machine stays up. */
static void test_a_restart_of_the_hook(Daemon *d, gconstpointer data) {
        daemon_set_unit(d, "deactivating");
        g_assert_false(d->manager->going_down);
        g_assert_cmpuint(daemon_count_calls(d, "ListJobs()"), ==, 1);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define ADD(path, state, func) g_test_add("/shutdown/" path, Daemon, state, set_up, func, tear_down)
        ADD("a-last-warning", "inactive", test_a_last_warning);
        ADD("logind-dies-during-a-last-warning", "inactive", test_logind_dies_during_a_last_warning);
        ADD("other-jobs-stay", "inactive", test_other_jobs_stay);
        ADD("the-hook-warns", "active", test_the_hook_warns);
        ADD("the-hook-at-work", "active", test_the_hook_at_work);
        ADD("a-restart-of-the-hook", "active", test_a_restart_of_the_hook);
#undef ADD

        return g_test_run();
}
