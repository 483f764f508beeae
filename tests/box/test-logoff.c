/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A log-off from the call to the end, with the real logind, PAM and systemd: when it comes, what it takes
 * along, and what is restarted or killed meanwhile. test-rights.c is about who may call it and whom it
 * reaches. */

#include <glib/gstdio.h>
#include <string.h>

#include "usher.h"

/* The configuration below sets a minimum of one second and a default of three. */
#define GRACE_SEC 3
#define NOLOGIN "/run/nologin"

static const char configuration[] =
                "[LogOff]\nGraceSec=3\nMinimumGraceSec=1\nAskSec=2\nTerminateSec=3\nKillSec=3\n";

/* The path of the one new job. */
static char *log_off(Usher *u, BoxSession *session, guint grace) {
        g_auto(GStrv) jobs = usher_log_off(u, session->seat, grace, "Class is over");

        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        return g_strdup(jobs[0]);
}

static void test_one_of_twenty(Usher *u, gconstpointer unused) {
        g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func((GDestroyNotify) box_session_free);
        g_autofree char *job = NULL;
        g_autoptr(GError) error = NULL;
        BoxSession *victim;
        gint64 begin;

        for (guint i = 1; i <= 20; i++) {
                g_autofree char *user = g_strdup_printf("u%u", i), *seat = g_strdup_printf("seat-box%u", i);
                BoxSession *s = box_session_start(
                                u->box, &(BoxSessionOptions) { .user = user, .seat = seat }, &error);

                g_assert_no_error(error);
                g_ptr_array_add(sessions, s);
        }
        for (guint i = 0; i < sessions->len; i++) {
                (void) box_session_wait_open(sessions->pdata[i], &error);
                g_assert_no_error(error);
        }

        victim = sessions->pdata[6];
        usher_wait_known(u, victim);
        begin = g_get_monotonic_time();
        job = log_off(u, victim, GRACE_SEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, G_USEC_PER_SEC);

        usher_assert_removed(u, 1, victim, "done", GRACE_SEC * 1000 + USHER_END_MSEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, GRACE_SEC * G_USEC_PER_SEC);
        g_assert_true(box_session_wait_gone(victim, 1000));

        for (guint i = 0; i < sessions->len; i++)
                if (i != 6)
                        g_assert_true(box_session_is_listed(sessions->pdata[i]));
        g_assert_cmpuint(box_count_sessions(u->box, "user"), ==, 19);

        /* And then all of them: nineteen jobs are cancelled, and nobody is logged off. */
        g_assert_cmpuint(usher_log_off_all(u, usher_options(30, NULL)), ==, 19);
        g_assert_cmpuint(usher_cancel_all(u), ==, 19);
        usher_assert_removed(u, 20, NULL, "cancelled", BOX_TIMEOUT_MSEC);
        g_assert_cmpuint(box_count_sessions(u->box, "user"), ==, 19);

        /* Without the cancellation all sessions end. */
        g_assert_cmpuint(usher_log_off_all(u, usher_options(1, NULL)), ==, 19);
        g_assert_nonnull(box_monitor_wait(u->removed, NULL, 39, USHER_END_MSEC * 2));
        g_assert_cmpuint(box_count_sessions(u->box, "user"), ==, 0);
}

/* A program that ignores SIGTERM is killed after TerminateSec, and no later. */
static void test_stubborn_program_is_killed(Usher *u, gconstpointer unused) {
        static const char *const stubborn[] = { "/bin/bash", "-c",
                "trap '' TERM HUP; while :; do sleep 1; done", NULL };
        g_autoptr(BoxSession) s = NULL;
        g_autofree char *job = NULL;

        s = usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1", .command = stubborn });
        job = log_off(u, s, 1);
        usher_assert_removed(u, 1, s, "done", USHER_END_MSEC * 2);
        g_assert_true(box_session_wait_gone(s, 1000));
}

static void test_left_before_the_deadline(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autofree char *job = NULL;
        g_autoptr(GError) error = NULL;

        job = log_off(u, s, 60);
        (void) box_session_close(s, &error);
        g_assert_no_error(error);
        usher_assert_removed(u, 1, s, "left", BOX_TIMEOUT_MSEC);
}

static bool nologin_is_gone(gpointer userdata) {
        return !g_file_test(NOLOGIN, G_FILE_TEST_EXISTS);
}

static GVariant *blocking_options(guint grace) {
        GVariantBuilder b;

        g_variant_builder_init(&b, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&b, "{sv}", "grace", g_variant_new_uint32(grace));
        g_variant_builder_add(&b, "{sv}", "block-logins", g_variant_new_boolean(TRUE));
        return g_variant_builder_end(&b);
}

static void test_new_logins_are_blocked(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6" });
        g_autoptr(BoxSession) refused = NULL, after = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(usher_log_off_all(u, blocking_options(60)), ==, 1);
        g_assert_true(g_file_test(NOLOGIN, G_FILE_TEST_IS_REGULAR));

        refused = box_session_open(u->box,
                        &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7", .pam = "box-login" },
                        &error);
        g_assert_null(refused);
        g_assert_nonnull(error);
        g_clear_error(&error);

        g_assert_cmpuint(usher_cancel_all(u), ==, 1);
        g_assert_true(box_wait(nologin_is_gone, NULL, BOX_TIMEOUT_MSEC));
        after = usher_open(
                        u, &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7", .pam = "box-login" });
        g_assert_true(box_session_is_listed(after));
}

static void test_foreign_nologin_stays(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6" });
        g_autofree char *text = NULL;

        g_assert_true(g_file_set_contents(NOLOGIN, "Maintenance tonight\n", -1, NULL));
        g_assert_cmpuint(usher_log_off_all(u, blocking_options(60)), ==, 1);
        g_assert_cmpuint(usher_cancel_all(u), ==, 1);
        g_assert_true(usher_wait_no_jobs(u));

        g_assert_true(g_file_get_contents(NOLOGIN, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "Maintenance tonight\n");
        g_assert_cmpint(g_unlink(NOLOGIN), ==, 0);
}

typedef struct {
        Usher *usher;
        const char *path;
        guint64 deadline;
} JobWait;

/* Whether usherd knows this job (again), and with which deadline. */
static bool job_is_there(gpointer userdata) {
        JobWait *w = userdata;
        g_autoptr(GVariant) value = box_get_property(
                        w->usher->box, "org.usher1", w->path, "org.usher1.Job", "DeadlineMonotonic", NULL);

        if (!value)
                return false;

        w->deadline = g_variant_get_uint64(value);
        return true;
}

static void test_killed_usherd_comes_back(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u8", .seat = "seat-box8" });
        g_auto(GStrv) jobs = NULL;
        guint64 deadline;
        gint64 begin;
        JobWait w;

        begin = g_get_monotonic_time();
        g_assert_cmpuint(usher_log_off_all(u, blocking_options(6)), ==, 1);
        jobs = usher_jobs(u);
        w = (JobWait) { u, jobs[0] };
        g_assert_true(job_is_there(&w));
        deadline = w.deadline;

        usher_systemctl("kill", "--signal=KILL", "usherd.service");
        g_assert_true(g_file_test(NOLOGIN, G_FILE_TEST_EXISTS));
        g_assert_true(box_wait(job_is_there, &w, BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(w.deadline, ==, deadline);

        usher_assert_removed(u, 1, s, "done", USHER_END_MSEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, 6 * G_USEC_PER_SEC);
        g_assert_true(box_wait(nologin_is_gone, NULL, BOX_TIMEOUT_MSEC));
}

static void test_logind_restarts_in_the_countdown(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u9", .seat = "seat-box9" });
        g_autoptr(BoxSession) other =
                        usher_open(u, &(BoxSessionOptions) { .user = "u10", .seat = "seat-box10" });
        g_autofree char *job = NULL;

        job = log_off(u, s, GRACE_SEC);
        usher_systemctl("restart", NULL, "systemd-logind.service");
        usher_assert_removed(u, 1, s, "done", USHER_END_MSEC);
        g_assert_true(box_session_is_listed(other));
}

/* One record says whose session was ended by whom, where, and how the user was warned, with the fields of
 * the catalog. */
static void test_journal_answers(Usher *u, gconstpointer unused) {
        static const char *const fields[] = {
                "USER_ID=u11\n",
                "USHER_STARTED_BY=root\n",
                "SEAT_ID=seat-box11\n",
                "USHER_RESULT=cancelled\n",
                "USHER_REASON=requested\n",
                "USHER_TEXT=Class is over\n",
                "USHER_WARNED=",
                "USHER_PHASES=warning ",
        };
        g_autoptr(BoxSession) s =
                        usher_open(u, &(BoxSessionOptions) { .user = "u11", .seat = "seat-box11" });
        g_autofree char *job = NULL, *records = NULL, *id = NULL;

        job = log_off(u, s, 60);
        g_assert_cmpuint(usher_cancel_all(u), ==, 1);
        usher_assert_removed(u, 1, s, "cancelled", BOX_TIMEOUT_MSEC);

        records = usher_journal("MESSAGE_ID=470f658d8c12434aa1f2f49fffad093a");
        id = g_strdup_printf("SESSION_ID=%s\n", s->id);
        g_assert_nonnull(strstr(records, id));
        for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
                g_assert_nonnull(strstr(records, fields[i]));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/logoff/one-of-twenty", configuration, test_one_of_twenty);
        usher_test("/logoff/stubborn-program-is-killed", configuration, test_stubborn_program_is_killed);
        usher_test("/logoff/left-before-the-deadline", configuration, test_left_before_the_deadline);
        usher_test("/logoff/new-logins-are-blocked", configuration, test_new_logins_are_blocked);
        usher_test("/logoff/foreign-nologin-stays", configuration, test_foreign_nologin_stays);
        usher_test("/logoff/killed-usherd-comes-back", configuration, test_killed_usherd_comes_back);
        usher_test("/logoff/logind-restarts-in-the-countdown", configuration,
                        test_logind_restarts_in_the_countdown);
        usher_test("/logoff/journal-answers", configuration, test_journal_answers);

        return g_test_run();
}
