/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A pupil asks for more time in the warning, and a teacher answers, with the real polkit. */

#include <string.h>

#include "usher.h"

static const char configuration[] = "[LogOff]\nMinimumGraceSec=1\nUserExtendMaxSec=0\n";

static BoxResult *run_as(Usher *u, const char *user, BoxSession *session, const char *const *command) {
        g_autoptr(GError) error = NULL;
        BoxResult *result = box_run_as(u->box, user, session, command, &error);

        g_assert_no_error(error);
        return result;
}

typedef struct {
        Usher *u;
        const char *job;
        guint32 seconds;
} Asked;

static bool has_asked(gpointer userdata) {
        const Asked *a = userdata;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) value = box_get_property(
                        a->u->box, "org.usher1", a->job, "org.usher1.Job", "TimeRequested", &error);

        g_assert_no_error(error);
        return g_variant_get_uint32(value) == a->seconds;
}

static void assert_asked(Usher *u, const char *job, guint32 seconds) {
        g_assert_true(box_wait(has_asked, &(Asked) { u, job, seconds }, BOX_TIMEOUT_MSEC));
}

static void test_denied_and_granted(Usher *u, gconstpointer unused) {
        static const char *const deny[] = { "usherctl", "--no-ask-password", "deny-time", "1", NULL },
                                 *const ask[] = { "usherctl", "request-time", "1", "10min", NULL },
                                 *const extend[] = { "usherctl", "--no-ask-password", "extend", "1", "10min",
                                         NULL };
        g_autoptr(BoxSession) teacher =
                        usher_open(u, &(BoxSessionOptions) { .user = "teacher", .seat = "seat-box1" });
        g_autoptr(BoxSession) pupil =
                        usher_open(u, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autoptr(BoxSession) other =
                        usher_open(u, &(BoxSessionOptions) { .user = "u3", .seat = "seat-box3" });
        g_autoptr(Notifier) n = notifier_new(u, pupil, "ask");
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box2", 120, NULL);
        g_autoptr(BoxResult) not_theirs = NULL, not_given = NULL, denied = NULL, asked = NULL,
                             granted = NULL;

        /* The pupil presses the button of the warning. */
        assert_asked(u, jobs[0], 300);
        g_assert_true(notifier_wait(n, "You have asked for more time.", BOX_TIMEOUT_MSEC));

        not_theirs = run_as(u, "u3", other, deny);
        g_assert_cmpint(not_theirs->status, ==, 1);
        g_assert_nonnull(strstr(not_theirs->errors, "Failed to deny more time to job 1: "));
        not_given = run_as(u, "u2", pupil, extend);
        g_assert_cmpint(not_given->status, ==, 1);
        g_assert_nonnull(strstr(not_given->errors, "You can add 0 more seconds yourself."));
        assert_asked(u, jobs[0], 300);

        denied = run_as(u, "teacher", teacher, deny);
        g_assert_cmpstr(denied->errors, ==, "");
        assert_asked(u, jobs[0], 0);
        g_assert_true(notifier_wait(n, "You were not given more time.", BOX_TIMEOUT_MSEC));

        asked = run_as(u, "u2", pupil, ask);
        g_assert_cmpstr(asked->output, ==, "Job 1: asked for more time.\n");
        granted = run_as(u, "teacher", teacher, extend);
        g_assert_cmpstr(granted->errors, ==, "");
        g_assert_nonnull(strstr(granted->output, "Job 1: u2 has 1"));
        assert_asked(u, jobs[0], 0);
        g_assert_true(notifier_wait(n, "minutes)", BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_is_listed(pupil));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/more-time/denied-and-granted", configuration, test_denied_and_granted);

        return g_test_run();
}
