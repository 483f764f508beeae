/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usherd is killed, logind restarts, the bus dies: no session ends early, and no log-off is forgotten. */

#include "everybody.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/names.h"

static void one_session(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0", .leader = 4242);
}

static void restart(Fixture *f) {
        fixture_kill(f);
        fixture_start(f);
}

static void test_the_same_jobs_and_deadlines_after_a_kill(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL, *second = NULL, *third = NULL, *user = NULL, *message = NULL,
                        *reason = NULL, *by = NULL;
        guint64 before;

        one_session(f);
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        fake_logind_add_session(f->logind, .id = "5", .uid = TEACHER, .seat = "seat-right");
        fixture_start(f);

        job = fixture_log_off(f, "seat0",
                        "{'grace': <uint32 60>, 'message': <'a\\nb \"c\" = %s ü'>, 'reason': <'idle'>}");
        second = fixture_log_off(f, "seat-left", "{'grace': <uint32 600>}");
        before = usher_get_uint64(f->root, job, "DeadlineMonotonic");
        restart(f);

        assert_jobs(f, "1 2");
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), ==, before);
        user = usher_get_text(f->root, job, "User");
        g_assert_cmpstr(user, ==, "(61001, 'ada')");
        message = usher_get_string(f->root, job, "Message");
        g_assert_cmpstr(message, ==, "a\nb \"c\" = %s ü");
        reason = usher_get_string(f->root, job, "Reason");
        g_assert_cmpstr(reason, ==, "idle");
        by = usher_get_text(f->root, job, "StartedBy");
        g_assert_cmpstr(by, ==, "(0, 'root')");

        /* A job keeps its number across restarts. */
        third = fixture_log_off(f, "seat-right", "{'grace': <uint32 60>}");
        g_assert_cmpstr(third, ==, "/org/usher1/job/3");
        assert_deeds(&f->logind->fake, "");
}

static void test_they_end_at_their_deadline_all_the_same(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        gint64 before;

        one_session(f);
        fixture_start(f);

        before = g_get_monotonic_time();
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 3>}");
        restart(f);
        assert_result(f, job, "done");
        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - before, >=, 3 * SECOND);
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_a_deadline_that_has_passed_meanwhile_gives_the_minimum(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        gint64 again;

        one_session(f);
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fixture_kill(f);
        wait_until_time(g_get_monotonic_time() + 3 * SECOND / 2);
        fake_forget(&f->systemd->fake);
        fake_systemd_drop_warners(f->systemd);

        again = g_get_monotonic_time();
        fixture_start(f);
        assert_result(f, job, "done");
        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - again, >=, 1 * SECOND);

        /* And a warning is shown again. */
        g_assert_true(fixture_only_warned(f, ADA));
}

static void test_killed_while_the_desktop_is_asked(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nAskSec=3\nTerminateSec=1\nKillSec=1\n");
        one_session(f);
        f->systemd->asked = FAKE_WARNER_BLOCKED;
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        fixture_wait_property(f, job, "Phase", "'asking'");
        restart(f);
        assert_result(f, job, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_killed_while_the_session_terminates(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nAskSec=0\nTerminateSec=3\nKillSec=1\n");
        one_session(f);
        f->logind->ignore_terminate = TRUE;
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        fixture_wait_property(f, job, "Phase", "'terminating'");
        WAIT_FOR(fake_count(&f->logind->fake, "TerminateSession") == 1);
        restart(f);
        assert_result(f, job, "done");
        g_assert_cmpuint(fake_count(&f->logind->fake, "KillSession"), ==, 1);
        g_assert_false(fake_logind_has_session(f->logind, "3"));
}

static void test_killed_while_the_session_is_killed(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nAskSec=0\nTerminateSec=1\nKillSec=2\n");
        one_session(f);
        f->logind->ignore_terminate = f->logind->ignore_kill = TRUE;
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        fixture_wait_property(f, job, "Phase", "'killing'");
        WAIT_FOR(fake_count(&f->logind->fake, "KillSession") == 1);
        restart(f);
        assert_result(f, job, "done");
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), >=, 1);
        g_assert_false(fake_logind_has_session(f->logind, "3"));
}

static void test_the_session_went_while_usherd_was_away(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        one_session(f);
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        fixture_kill(f);
        fake_logind_remove_session(f->logind, "3");
        fixture_start(f);

        /* Only after usherd has its name: clients that watch the name must see how the job ended. */
        assert_result(f, job, "left");
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

static void test_the_id_is_anothers_after_the_restart(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        one_session(f);
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fixture_kill(f);
        fake_logind_remove_session(f->logind, "3");
        fake_logind_add_session(f->logind, .id = "3", .uid = BEN, .seat = "seat0", .leader = 4242);
        fixture_start(f);
        wait_until_time(g_get_monotonic_time() + 3 * SECOND / 2);
        fixture_settle(f);
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
        g_assert_true(fake_logind_has_session(f->logind, "3"));
}

/* As ExecStopPost= of usherd.service. */
static void stop_post(Fixture *f) {
        g_autofree char *root = g_build_filename(f->directory, "root", NULL);
        g_autofree char *runtime = g_build_filename(f->directory, "runtime", NULL);
        char *arguments[] = { (char *) g_getenv("USHERD"), (char *) "--unblock-logins", NULL };
        g_auto(GStrv) environment = g_get_environ();
        g_autoptr(GError) error = NULL;
        int status;

        environment = g_environ_setenv(environment, "USHER_CONFIG_ROOT", root, TRUE);
        environment = g_environ_setenv(environment, "RUNTIME_DIRECTORY", runtime, TRUE);
        g_spawn_sync(NULL, arguments, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
        g_assert_no_error(error);
        g_assert_cmpint(status, ==, 0);
}

/* A PC at which nobody can log in until it restarts is no use. */
static void test_logins_are_open_while_usherd_is_stopped(Fixture *f, gconstpointer data) {
        g_autofree char *file = everybody_nologin(f), *text = NULL, *job = NULL;

        one_session(f);
        stop_post(f);
        fixture_start(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>, 'block-logins': <true>}");
        g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
        fixture_stop(f);
        stop_post(f);
        g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));

        fixture_start(f);
        g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
        fixture_kill(f);
        stop_post(f);
        g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));

        /* Somebody else's stays. */
        g_assert_true(g_file_set_contents(file, "Backup until six\n", -1, NULL));
        fixture_start(f);
        fixture_stop(f);
        stop_post(f);
        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "Backup until six\n");
        fixture_start(f);
}

static void test_a_cancelled_job_stays_cancelled(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        one_session(f);
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 2>}");
        g_variant_unref(usher_call(f->root, job, "Job.Cancel", NULL));
        restart(f);
        assert_jobs(f, "");
}

static void test_an_extended_job_stays_extended(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        guint64 deadline;

        one_session(f);
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        g_variant_unref(usher_call(f->root, job, "Job.Extend", ARGS("(uint32 100,)")));
        deadline = usher_get_uint64(f->root, job, "DeadlineMonotonic");
        restart(f);
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), ==, deadline);

        /* Its start is not forgotten either. */
        assert_refused(f->root, job, "Job.Extend", ARGS("(uint32 3500,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
}

/* The file of the jobs says which user is where: only root can read it, and nobody else can use it to have
 * sessions ended. */
static void test_the_store_is_private(Fixture *f, gconstpointer data) {
        g_autofree char *runtime = g_build_filename(f->directory, "runtime", NULL), *job = NULL;
        g_autoptr(GDir) directory = NULL;
        const char *name;
        guint n = 0;

        one_session(f);
        fixture_start(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");

        directory = g_dir_open(runtime, 0, NULL);
        g_assert_nonnull(directory);
        while ((name = g_dir_read_name(directory))) {
                g_autofree char *file = g_build_filename(runtime, name, NULL);
                struct stat st;

                g_assert_no_errno(g_lstat(file, &st));
                g_assert_cmpint(st.st_mode & 0077, ==, 0);
                n++;
        }
        g_assert_cmpuint(n, >=, 1);
}

/* usherd starts even if a crash or a full disk has damaged the store. */
static void test_a_damaged_store(Fixture *f, gconstpointer data) {
        static const char *const damages[] = { "", "\n", "garbage", "[Job]\n", "{", "\xff\xfe\xfd" };
        g_autofree char *runtime = g_build_filename(f->directory, "runtime", NULL);

        one_session(f);
        for (gsize i = 0; i < G_N_ELEMENTS(damages); i++) {
                g_autofree char *job = NULL;
                g_autoptr(GDir) directory = NULL;
                const char *name;

                fixture_start(f);
                job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
                fixture_kill(f);

                directory = g_dir_open(runtime, 0, NULL);
                while ((name = g_dir_read_name(directory))) {
                        g_autofree char *file = g_build_filename(runtime, name, NULL);

                        if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
                                g_assert_true(g_file_set_contents(file, damages[i], -1, NULL));
                }

                fixture_start(f);
                assert_jobs(f, "");
                fixture_kill(f);
        }

        fixture_start(f);
        fixture_settle(f);
        assert_deeds(&f->logind->fake, "");
}

static void test_an_orderly_restart_keeps_the_jobs(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        guint64 deadline;

        one_session(f);
        fixture_start(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        deadline = usher_get_uint64(f->root, job, "DeadlineMonotonic");
        fixture_stop(f);
        fixture_start(f);
        assert_jobs(f, "1");
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), ==, deadline);
}

static void test_logind_restarts_in_the_countdown(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        gint64 before;
        guint64 deadline;

        one_session(f);
        fixture_start(f);

        before = g_get_monotonic_time();
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 2>}");
        deadline = usher_get_uint64(f->root, job, "DeadlineMonotonic");
        fake_restart(&f->logind->fake);
        fixture_settle(f);
        assert_jobs(f, "1");
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), ==, deadline);
        assert_result(f, job, "done");
        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - before, >=, 2 * SECOND);

        /* usherd listens to the new logind as to the old one. */
        fake_logind_add_session(f->logind, .id = "8", .uid = BEN, .seat = "seat0");
        fixture_wait_property(f, SEAT0, "State", "'in-use'");
}

static void test_nobody_ends_while_logind_is_away(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        gint64 back;

        one_session(f);
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fake_stop(&f->logind->fake);
        wait_until_time(g_get_monotonic_time() + 5 * SECOND / 2);
        assert_jobs(f, "1");
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "StationRemoved"), ==, 0);
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), ==, 0);

        back = g_get_monotonic_time();
        fake_start(&f->logind->fake);
        assert_result(f, job, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
        g_assert_cmpint(g_get_monotonic_time() - back, <, 10 * SECOND);
}

static void test_the_session_went_while_logind_was_away(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        one_session(f);
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        fixture_start(f);

        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        fake_stop(&f->logind->fake);
        fake_logind_remove_session(f->logind, "3");
        fake_logind_add_session(f->logind, .id = "3", .uid = BEN, .seat = "seat0", .leader = 4242);
        fake_logind_remove_seat(f->logind, "seat-right");
        fake_start(&f->logind->fake);
        assert_result(f, job, "left");
        WAIT_FOR(fixture_count_signals(f, MANAGER, "StationRemoved") == 1);
        assert_deeds(&f->logind->fake, "");
}

static void test_logind_is_not_there_at_the_start(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        one_session(f);
        fixture_start(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fixture_kill(f);

        /* As at boot, when all services start at once. usherd may delay its readiness. */
        f->logind->fake.hang = TRUE;
        f->dies_by_design = TRUE;
        fixture_spawn(f);
        WAIT_FOR(fake_count(&f->logind->fake, "ListSessions") >= 1 ||
                        fake_count(&f->logind->fake, "ListSeats") >= 1);
        wait_until_time(g_get_monotonic_time() + 2 * SECOND);
        assert_deeds(&f->logind->fake, "");

        fake_release(&f->logind->fake);
        WAIT_FOR(f->ready);
        assert_result(f, job, "done");
        g_assert_cmpuint(fake_count(&f->logind->fake, "TerminateSession"), ==, 1);
}

/* The next usherd continues the countdown. */
static void test_the_bus_dies(Fixture *f, gconstpointer data) {
        g_autofree char *file = g_build_filename(f->directory, "runtime", "jobs", NULL), *text = NULL;

        one_session(f);
        fixture_start(f);
        g_free(fixture_log_off(f, "seat0", "{'grace': <uint32 600>}"));
        f->dies_by_design = TRUE;
        bus_kill(f->bus);
        WAIT_FOR(f->exited);
        g_assert_true(WIFEXITED(f->status));
        g_assert_cmpint(WEXITSTATUS(f->status), !=, 0);

        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        g_assert_nonnull(strstr(text, "Number=1\n"));
        g_assert_nonnull(strstr(text, "Phase=warning\n"));
}

static void test_a_second_usherd_gives_way(Fixture *f, gconstpointer data) {
        GPid first;

        one_session(f);
        fixture_start(f);
        first = f->pid;

        f->pid = 0;
        f->dies_by_design = TRUE;
        fixture_spawn(f);
        WAIT_FOR(f->exited || f->ready);
        g_assert_true(f->exited);
        g_assert_true(WIFEXITED(f->status));
        g_assert_cmpint(WEXITSTATUS(f->status), !=, 0);

        f->pid = first;
        fixture_settle(f);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/restart/" name, function)
        ADD("the-same-jobs-and-deadlines-after-a-kill", test_the_same_jobs_and_deadlines_after_a_kill);
        ADD("they-end-at-their-deadline-all-the-same", test_they_end_at_their_deadline_all_the_same);
        ADD("a-deadline-that-has-passed-meanwhile-gives-the-minimum",
                        test_a_deadline_that_has_passed_meanwhile_gives_the_minimum);
        ADD("killed-while-the-desktop-is-asked", test_killed_while_the_desktop_is_asked);
        ADD("killed-while-the-session-terminates", test_killed_while_the_session_terminates);
        ADD("killed-while-the-session-is-killed", test_killed_while_the_session_is_killed);
        ADD("the-session-went-while-usherd-was-away", test_the_session_went_while_usherd_was_away);
        ADD("the-id-is-anothers-after-the-restart", test_the_id_is_anothers_after_the_restart);
        ADD("logins-are-open-while-usherd-is-stopped", test_logins_are_open_while_usherd_is_stopped);
        ADD("a-cancelled-job-stays-cancelled", test_a_cancelled_job_stays_cancelled);
        ADD("an-extended-job-stays-extended", test_an_extended_job_stays_extended);
        ADD("the-store-is-private", test_the_store_is_private);
        ADD("a-damaged-store", test_a_damaged_store);
        ADD("an-orderly-restart-keeps-the-jobs", test_an_orderly_restart_keeps_the_jobs);
        ADD("logind-restarts-in-the-countdown", test_logind_restarts_in_the_countdown);
        ADD("nobody-ends-while-logind-is-away", test_nobody_ends_while_logind_is_away);
        ADD("the-session-went-while-logind-was-away", test_the_session_went_while_logind_was_away);
        ADD("logind-is-not-there-at-the-start", test_logind_is_not_there_at_the_start);
        ADD("the-bus-dies", test_the_bus_dies);
        ADD("a-second-usherd-gives-way", test_a_second_usherd_gives_way);

        return g_test_run();
}
