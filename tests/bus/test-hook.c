/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-shutdown, the program of usher-shutdown.service: users are logged off when systemd shuts the machine
 * down, and never because somebody restarts the unit. */

#include "fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common/names.h"

typedef struct Hook {
        gboolean exited;
        int status;
} Hook;

static void on_exit_of_hook(GPid pid, int status, gpointer data) {
        Hook *h = data;

        h->exited = TRUE;
        h->status = status;
}

static void in_child(gpointer data) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void hook_start(Hook *h, Fixture *f) {
        g_auto(GStrv) environment = g_get_environ();
        char *arguments[] = { (char *) g_getenv("USHER_SHUTDOWN"), NULL };
        g_autoptr(GError) error = NULL;
        GPid pid;

        *h = (Hook) {};
        environment = g_environ_setenv(environment, "DBUS_SYSTEM_BUS_ADDRESS", bus_address(f->bus), TRUE);
        environment = g_environ_unsetenv(environment, "NOTIFY_SOCKET");
        g_spawn_async(NULL, arguments, environment, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                        in_child, NULL, &pid, &error);
        g_assert_no_error(error);
        g_child_watch_add(pid, on_exit_of_hook, h);
}

static void hook_wait(Hook *h) {
        WAIT_FOR(h->exited);
        g_assert_true(WIFEXITED(h->status));
        g_assert_cmpint(WEXITSTATUS(h->status), ==, 0);
}

static void two_people(Fixture *f) {
        g_autofree char *run = g_build_filename(f->directory, "root", "run", NULL);

        g_assert_no_errno(g_mkdir_with_parents(run, 0755)); /* for nologin */
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(
                        f->logind, .id = "6", .uid = TEACHER, .type = "tty", .remote_host = "10.0.0.1");
        fixture_configure(f, TEST_CONFIG "[Shutdown]\nGraceSec=1\n");
        fixture_start(f);
}

static void test_a_unit_that_is_stopped_by_hand_logs_nobody_off(Fixture *f, gconstpointer data) {
        Hook h;

        two_people(f);
        hook_start(&h, f);
        hook_wait(&h);
        g_assert_cmpuint(fake_count(&f->systemd->fake, "ListJobs"), ==, 1);
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "JobNew"), ==, 0);
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

static void test_a_target_that_is_no_shutdown_logs_nobody_off(Fixture *f, gconstpointer data) {
        Hook h;

        two_people(f);
        f->systemd->queued = "multi-user.target";
        hook_start(&h, f);
        hook_wait(&h);
        assert_jobs(f, "");
}

static void test_a_shutdown_waits_until_everybody_is_gone(Fixture *f, gconstpointer data) {
        g_autofree char *reason = NULL;
        Hook h;

        two_people(f);
        f->logind->ignore_terminate = TRUE;
        f->systemd->queued = "reboot.target";
        fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, "deactivating");
        hook_start(&h, f);
        WAIT_FOR(fixture_count_signals(f, MANAGER, "JobNew") == 2);
        reason = usher_get_string(f->root, "/org/usher1/job/1", "Reason");
        g_assert_cmpstr(reason, ==, "restart");

        /* The warning is over, and nobody is gone. */
        fixture_wait_property(f, "/org/usher1/job/1", "Phase", "'terminating'");
        g_assert_false(h.exited);
        assert_result(f, "/org/usher1/job/1", "done");
        assert_result(f, "/org/usher1/job/2", "done");
        hook_wait(&h);
        assert_jobs(f, "");
}

/* On a busy machine. */
#define SLOW_SECONDS 7

static void shut_down(Hook *h, Fixture *f) {
        f->systemd->queued = "reboot.target";
        fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, "deactivating");
        hook_start(h, f);
}

static void assert_everybody_is_warned(Hook *h, Fixture *f) {
        WAIT_FOR(fixture_count_signals(f, MANAGER, "JobNew") == 2 || h->exited);
        g_assert_false(h->exited);
        hook_wait(h);
}

static void test_a_slow_systemd_is_waited_for(Fixture *f, gconstpointer data) {
        guint asked;
        Hook h;

        two_people(f);
        fixture_settle(f);
        f->systemd->fake.hang = TRUE;
        asked = fake_count(&f->systemd->fake, "ListJobs");
        shut_down(&h, f);
        WAIT_FOR(fake_count(&f->systemd->fake, "ListJobs") > asked);
        wait_until_time(g_get_monotonic_time() + SLOW_SECONDS * G_USEC_PER_SEC);
        g_assert_false(h.exited);
        fake_release(&f->systemd->fake);
        assert_everybody_is_warned(&h, f);
}

static void test_a_slow_usherd_is_waited_for(Fixture *f, gconstpointer data) {
        Hook h;

        two_people(f);
        g_assert_no_errno(kill(f->pid, SIGSTOP));
        shut_down(&h, f);
        WAIT_FOR(fake_count(&f->systemd->fake, "ListJobs") > 0);
        wait_until_time(g_get_monotonic_time() + SLOW_SECONDS * G_USEC_PER_SEC);
        g_assert_false(h.exited);
        g_assert_no_errno(kill(f->pid, SIGCONT));
        assert_everybody_is_warned(&h, f);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);
        g_assert_nonnull(g_getenv("USHER_SHUTDOWN"));

#define ADD(name, function) fixture_add("/hook/" name, function)
        ADD("a-unit-that-is-stopped-by-hand-logs-nobody-off",
                        test_a_unit_that_is_stopped_by_hand_logs_nobody_off);
        ADD("a-target-that-is-no-shutdown-logs-nobody-off",
                        test_a_target_that_is_no_shutdown_logs_nobody_off);
        ADD("a-shutdown-waits-until-everybody-is-gone", test_a_shutdown_waits_until_everybody_is_gone);

        ADD("a-slow-systemd-is-waited-for", test_a_slow_systemd_is_waited_for);
        ADD("a-slow-usherd-is-waited-for", test_a_slow_usherd_is_waited_for);

        return g_test_run();
}
