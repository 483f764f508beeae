/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who may log off whom with the real polkit, and who is never logged off. */

#include <string.h>

#include "usher.h"

static const char configuration[] = "[LogOff]\nMinimumGraceSec=1\n";

static bool has_jobs(Usher *u) {
        g_auto(GStrv) jobs = usher_jobs(u);

        return jobs[0];
}

static BoxResult *call_as(
                Usher *u, const char *user, BoxSession *session, const char *member, const char *station) {
        const char *with[] = { "busctl", "--system", "--allow-interactive-authorization=no", "call",
                "org.usher1", "/org/usher1", "org.usher1.Manager", member, "sa{sv}", station, "1", "grace",
                "u", "30", NULL };
        const char *without[] = { "busctl", "--system", "--allow-interactive-authorization=no", "call",
                "org.usher1", "/org/usher1", "org.usher1.Manager", member, "a{sv}", "1", "grace", "u", "30",
                NULL };
        g_autoptr(GError) error = NULL;
        BoxResult *result;

        result = box_run_as(u->box, user, session, station ? with : without, &error);
        g_assert_no_error(error);
        return result;
}

static void assert_refused(BoxResult *result) {
        g_assert_cmpint(result->status, !=, 0);
        g_assert_nonnull(strstr(result->errors, "Interactive authentication required"));
}

static void test_pupil_ends_nobody_but_themselves(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one =
                        usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_autoptr(BoxSession) two =
                        usher_open(u, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autoptr(BoxResult) other = NULL, all = NULL, own = NULL;

        other = call_as(u, "u1", one, "LogOff", "seat-box2");
        assert_refused(other);
        all = call_as(u, "u1", one, "LogOffAll", NULL);
        assert_refused(all);
        g_assert_false(has_jobs(u));

        own = call_as(u, "u1", one, "LogOff", "seat-box1");
        g_assert_cmpint(own->status, ==, 0);
        g_assert_true(has_jobs(u));
        g_assert_true(box_session_is_listed(two));
}

/* The group's right applies at a station, and does not cover an administrator. */
static void test_teacher(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) teacher =
                        usher_open(u, &(BoxSessionOptions) { .user = "teacher", .seat = "seat-box1" });
        g_autoptr(BoxSession) pupil =
                        usher_open(u, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autoptr(BoxSession) admin =
                        usher_open(u, &(BoxSessionOptions) { .user = "admin", .seat = "seat-box3" });
        g_autoptr(BoxResult) away = NULL, one = NULL, head = NULL, all = NULL;
        g_auto(GStrv) jobs = NULL;

        away = call_as(u, "teacher", NULL, "LogOff", "seat-box2");
        assert_refused(away);

        one = call_as(u, "teacher", teacher, "LogOff", "seat-box2");
        g_assert_cmpstr(one->errors, ==, "");
        g_assert_cmpint(one->status, ==, 0);

        head = call_as(u, "teacher", teacher, "LogOff", "seat-box3");
        assert_refused(head);

        all = call_as(u, "teacher", teacher, "LogOffAll", NULL);
        g_assert_cmpstr(all->errors, ==, "");
        g_assert_cmpint(all->status, ==, 0);

        jobs = usher_jobs(u);
        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        g_assert_cmpuint(usher_last_operation(u, "skipped-administrators"), ==, 1);
        g_assert_cmpuint(usher_last_operation(u, "skipped-caller"), ==, 1);
        g_assert_cmpuint(usher_last_operation(u, "jobs"), ==, 1);
}

static void test_seatless_is_left_alone(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) ssh = usher_open(u, &(BoxSessionOptions) { .user = "u3", .type = "tty" });
        g_autoptr(BoxSession) here =
                        usher_open(u, &(BoxSessionOptions) { .user = "u4", .seat = "seat-box4" });

        g_assert_true(box_session_is_listed(here));
        g_assert_cmpuint(usher_log_off_all(u, usher_options(30, NULL)), ==, 1);
        g_assert_cmpuint(usher_last_operation(u, "skipped-seatless"), ==, 1);
        g_assert_true(box_session_is_listed(ssh));
}

/* Sessions that are no person's are never a target, nor reported as left alone. */
static void test_only_people_are_targets(Usher *u, gconstpointer unused) {
        static const char *const classes[] = { "greeter", "lock-screen", "background" };

        for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
                g_autoptr(BoxSession) s = usher_open(u,
                                &(BoxSessionOptions) {
                                                .user = "u5", .seat = "seat-box5", .class = classes[i] });
                g_auto(GStrv) jobs = usher_log_off(u, "seat-box5", 1, NULL);

                g_assert_cmpuint(g_strv_length(jobs), ==, 0);
                usher_call_fails(u, "LogOffSession",
                                g_variant_new("(s@a{sv})", s->id, usher_options(1, NULL)),
                                "org.usher1.Error.NoSuchSession");
                g_assert_cmpuint(usher_log_off_all(u, usher_options(1, NULL)), ==, 0);
                g_assert_cmpuint(usher_last_operation(u, "skipped-classes"), ==, 0);
                g_assert_true(box_session_is_listed(s));
        }
}

/* The seat of u2's session as logind lists it; NULL while there is none. */
static char *seat_of_u2(Usher *u) {
        g_autoptr(GVariant) reply = box_call(u->box, "org.freedesktop.login1", "/org/freedesktop/login1",
                        "org.freedesktop.login1.Manager", "ListSessions", NULL, NULL);
        g_autoptr(GVariantIter) sessions = NULL;
        const char *user, *seat;

        g_assert_nonnull(reply);
        g_variant_get(reply, "(a(susso))", &sessions);
        while (g_variant_iter_next(sessions, "(su&s&so)", NULL, NULL, &user, &seat, NULL))
                if (g_str_equal(user, "u2"))
                        return g_strdup(seat);

        return NULL;
}

static bool u2_has_a_session(gpointer userdata) {
        g_autofree char *seat = seat_of_u2(userdata);

        return seat;
}

/* CVE-2019-3842: the variables that name a seat are u1's, who becomes u2 at a distance. Whatever session
 * that makes, it is not one at the seat. */
static void test_a_seat_of_the_environment_does_not_count(Usher *u, gconstpointer unused) {
        static const char *const become[] = { "env", "XDG_SEAT=seat-box2", "XDG_VTNR=2",
                "XDG_SESSION_TYPE=x11", "XDG_SESSION_CLASS=user", "XDG_SESSION_ID=1", "su", "u2",
                "--command=sleep infinity", NULL };
        g_autoptr(BoxSession) later = NULL;
        g_autofree char *seat = NULL;
        g_autoptr(GSubprocess) su = NULL;
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) jobs = NULL, others = NULL;

        g_free(usher_output((const char *const[]) { "passwd", "--delete", "u2", NULL }));
        su = box_spawn(u->box, "u1", NULL, G_SUBPROCESS_FLAGS_NONE, become, &error);
        g_assert_no_error(error);
        g_assert_true(box_wait(u2_has_a_session, u, BOX_TIMEOUT_MSEC));
        seat = seat_of_u2(u);
        g_assert_cmpstr(seat, ==, "");

        /* When usherd knows this one, it has heard of the other too. */
        later = usher_open(u, &(BoxSessionOptions) { .user = "u3", .seat = "seat-box3" });
        usher_wait_known(u, later);
        jobs = usher_log_off(u, "seat-box2", 30, NULL);
        g_assert_cmpuint(g_strv_length(jobs), ==, 0);
        others = usher_log_off(u, "seat-box3", 30, NULL);
        g_assert_cmpuint(g_strv_length(others), ==, 1);
        g_subprocess_force_exit(su);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/rights/pupil-ends-nobody-but-themselves", configuration,
                        test_pupil_ends_nobody_but_themselves);
        usher_test("/rights/teacher", configuration, test_teacher);
        usher_test("/rights/seatless-is-left-alone", configuration, test_seatless_is_left_alone);
        usher_test("/rights/a-seat-of-the-environment-does-not-count", configuration,
                        test_a_seat_of_the_environment_does_not_count);
        usher_test("/rights/only-people-are-targets", configuration, test_only_people_are_targets);

        return g_test_run();
}
