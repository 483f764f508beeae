/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The records of refused calls. usherd does not write to the journal here: each record is one line on its
 * stderr, which goes to a file of the test. */

#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/names.h"

#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define LOG_OFF_ARGS ARGS("('seat0', @a{sv} {})")

static char *file_of(Fixture *f) {
        return g_build_filename(f->directory, "stderr", NULL);
}

/* Starts usherd with its stderr in the file. */
static void start(Fixture *f) {
        g_autofree char *path = file_of(f);
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), saved = dup(STDERR_FILENO);

        g_assert_no_errno(fd);
        at_station(f, "3", ADA, "seat0");
        g_assert_no_errno(dup2(fd, STDERR_FILENO));
        fixture_start(f);
        g_assert_no_errno(dup2(saved, STDERR_FILENO));
        close(saved);
        close(fd);
}

static guint count(Fixture *f, const char *text) {
        g_autofree char *path = file_of(f), *all = NULL;
        guint n = 0;

        g_assert_true(g_file_get_contents(path, &all, NULL, NULL));
        for (const char *p = all; (p = strstr(p, text)); p++)
                n++;
        return n;
}

static void test_a_refused_call_is_recorded_once(Fixture *f, gconstpointer data) {
        start(f);
        assert_refused(fixture_connect(f, MALLORY), MANAGER, "Manager.LogOff", LOG_OFF_ARGS, ACCESS_DENIED);
        g_assert_cmpuint(count(f, "Refused"), ==, 1);
        g_assert_cmpuint(count(f,
                                         "Refused Manager.LogOff of 'mallory' (UID "
                                         "61004): " USHER_ACTION_LOG_OFF "\n"),
                        ==, 1);
}

static void test_a_missing_password_is_recorded(Fixture *f, gconstpointer data) {
        start(f);
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_CHALLENGE);
        assert_refused(fixture_connect(f, TEACHER), MANAGER, "Manager.LogOff", LOG_OFF_ARGS,
                        "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired");
        g_assert_cmpuint(count(f, "Refused Manager.LogOff of 'teacher' (UID 61003), a password is required"),
                        ==, 1);
}

static void test_a_false_report_is_recorded(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        start(f);
        job = fixture_log_off(f, "seat0", NULL);
        assert_refused(fixture_connect(f, MALLORY), job, "Job.SetWarned", ARGS("('desktop',)"),
                        ACCESS_DENIED);
        /* This user's name has never been looked up. */
        g_assert_cmpuint(count(f, "Refused Job.SetWarned of '61004'"), ==, 1);
}

static void test_what_is_allowed_or_left_out_is_not_recorded(Fixture *f, gconstpointer data) {
        start(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_ALL, TEACHER, FAKE_POLKIT_YES);
        g_variant_unref(usher_call(
                        fixture_connect(f, TEACHER), MANAGER, "Manager.LogOffAll", ARGS("(@a{sv} {},)")));
        g_assert_cmpuint(count(f, "Refused"), ==, 0);
}

/* One user cannot fill the journal, nor hide the calls of others. */
static void test_the_records_are_limited(Fixture *f, gconstpointer data) {
        GDBusConnection *mallory;

        start(f);
        mallory = fixture_connect(f, MALLORY);
        for (guint i = 0; i < 25; i++)
                assert_refused(mallory, MANAGER, "Manager.LogOff", LOG_OFF_ARGS, ACCESS_DENIED);
        g_assert_cmpuint(count(f, "Refused"), ==, 20);

        assert_refused(fixture_connect(f, BEN), MANAGER, "Manager.LogOff", LOG_OFF_ARGS, ACCESS_DENIED);
        g_assert_cmpuint(count(f, "Refused Manager.LogOff of 'ben'"), ==, 1);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/refusals/" name, function)
        ADD("a-refused-call-is-recorded-once", test_a_refused_call_is_recorded_once);
        ADD("a-missing-password-is-recorded", test_a_missing_password_is_recorded);
        ADD("a-false-report-is-recorded", test_a_false_report_is_recorded);
        ADD("what-is-allowed-or-left-out-is-not-recorded", test_what_is_allowed_or_left_out_is_not_recorded);
        ADD("the-records-are-limited", test_the_records_are_limited);

        return g_test_run();
}
