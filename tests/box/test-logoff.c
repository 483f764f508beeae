/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usherd with the real logind, polkit, PAM and systemd: who is logged off, when, by whom, and who is not. */

#include <glib/gstdio.h>
#include <string.h>

#include "session.h"

/* The configuration below gives a second at least, and three when nobody says. */
#define GRACE_SEC 3
/* From a deadline to the end of an orderly session. */
#define END_MSEC 15000

typedef struct {
        Box *box;
        BoxMonitor *removed;
} Fixture;

static void systemctl(const char *verb, const char *unit) {
        const char *argv[] = { "systemctl", verb, unit, NULL };
        g_autoptr(GError) error = NULL;
        int status;

        g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
        g_assert_no_error(error);
        g_assert_cmpint(status, ==, 0);
}

static void configure(void) {
        static const char *const text = "[LogOff]\nGraceSec=3\nMinimumGraceSec=1\nAskSec=2\nTerminateSec=3\nKillSec=3\n";
        g_autoptr(GError) error = NULL;

        if (g_file_test("/etc/usher/usherd.conf", G_FILE_TEST_EXISTS))
                return;

        g_assert_cmpint(g_mkdir_with_parents("/etc/usher", 0755), ==, 0);
        g_file_set_contents("/etc/usher/usherd.conf", text, -1, &error);
        g_assert_no_error(error);
        systemctl("restart", "usherd.service");
}

static void fixture_set_up(Fixture *f, gconstpointer unused) {
        g_autoptr(GError) error = NULL;

        g_assert_true(box_inside());
        configure();
        f->box = box_new(&error);
        g_assert_no_error(error);
        f->removed = box_monitor_new(f->box, "org.usher1", NULL, "org.usher1.Manager", "JobRemoved");
}

static GVariant *manager_call(Fixture *f, const char *member, GVariant *parameters, GError **error) {
        return box_call(f->box, "org.usher1", "/org/usher1", "org.usher1.Manager", member, parameters, error);
}

static bool no_jobs(gpointer userdata) {
        Fixture *f = userdata;
        g_autoptr(GVariant) jobs = box_get_property(
                        f->box, "org.usher1", "/org/usher1", "org.usher1.Manager", "Jobs", NULL);

        return jobs && g_variant_n_children(jobs) == 0;
}

static void fixture_tear_down(Fixture *f, gconstpointer unused) {
        g_autoptr(GVariant) reply = manager_call(f, "CancelAll", NULL, NULL);

        g_assert_true(box_wait(no_jobs, f, BOX_TIMEOUT_MSEC));
        box_monitor_free(f->removed);
        box_free(f->box);
}

static BoxSession *open_session(Fixture *f, const BoxSessionOptions *options) {
        g_autoptr(GError) error = NULL;
        BoxSession *session;

        session = box_session_open(f->box, options, &error);
        g_assert_no_error(error);
        return session;
}

typedef struct {
        Fixture *f;
        BoxSession *session;
} StationWait;

static bool is_open_for_usherd(gpointer userdata) {
        StationWait *w = userdata;
        g_autofree char *path = NULL;
        g_autoptr(GVariant) sessions = NULL;
        GVariantIter iter;
        const char *id, *state;
        bool open = false;

        /* The seats here are seat-boxN: "-" is what the encoding of object paths changes. */
        path = g_strdup_printf("/org/usher1/station/seat_2d%s", w->session->seat + strlen("seat-"));
        sessions = box_get_property(w->f->box, "org.usher1", path, "org.usher1.Station", "Sessions", NULL);
        if (!sessions)
                return false;

        g_variant_iter_init(&iter, sessions);
        while (g_variant_iter_next(&iter, "(&su&s&s&s)", &id, NULL, NULL, NULL, &state))
                open = open || (g_str_equal(id, w->session->id) && !g_str_equal(state, "opening"));
        return open;
}

/* usherd hears of a session a moment after logind does, and its grace runs from when it is open. */
static void wait_known(Fixture *f, BoxSession *session) {
        StationWait w = { f, session };

        g_assert_true(box_wait(is_open_for_usherd, &w, BOX_TIMEOUT_MSEC));
}

static GVariant *options(guint grace) {
        GVariantBuilder b;

        g_variant_builder_init(&b, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&b, "{sv}", "grace", g_variant_new_uint32(grace));
        g_variant_builder_add(&b, "{sv}", "message", g_variant_new_string("Class is over"));
        return g_variant_builder_end(&b);
}

static guint log_off(Fixture *f, const char *station, guint grace) {
        g_autoptr(GVariant) reply = NULL, jobs = NULL;
        g_autoptr(GError) error = NULL;

        reply = manager_call(f, "LogOff", g_variant_new("(s@a{sv})", station, options(grace)), &error);
        g_assert_no_error(error);
        jobs = g_variant_get_child_value(reply, 0);
        return (guint) g_variant_n_children(jobs);
}

static void assert_removed(Fixture *f, guint n, BoxSession *session, const char *result, guint timeout_msec) {
        const BoxSignal *signal = box_monitor_wait(f->removed, NULL, n, timeout_msec);
        const char *id, *actual;

        g_assert_nonnull(signal);
        g_variant_get(signal->parameters, "(u&o&s&s&s)", NULL, NULL, NULL, &id, &actual);
        g_assert_cmpstr(actual, ==, result);
        if (session)
                g_assert_cmpstr(id, ==, session->id);
}

static void assert_remote_error(GError *error, const char *name) {
        g_autofree char *actual = error ? g_dbus_error_get_remote_error(error) : NULL;

        g_assert_cmpstr(actual, ==, name);
}

static void test_one_of_twenty(Fixture *f, gconstpointer unused) {
        g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func((GDestroyNotify) box_session_free);
        g_autoptr(GError) error = NULL;
        BoxSession *victim;
        gint64 begin;

        for (guint i = 1; i <= 20; i++) {
                g_autofree char *user = g_strdup_printf("u%u", i), *seat = g_strdup_printf("seat-box%u", i);
                BoxSession *s = box_session_start(
                                f->box, &(BoxSessionOptions) { .user = user, .seat = seat }, &error);

                g_assert_no_error(error);
                g_ptr_array_add(sessions, s);
        }
        for (guint i = 0; i < sessions->len; i++) {
                (void) box_session_wait_open(sessions->pdata[i], &error);
                g_assert_no_error(error);
        }

        victim = sessions->pdata[6];
        wait_known(f, victim);
        begin = g_get_monotonic_time();
        g_assert_cmpuint(log_off(f, victim->seat, GRACE_SEC), ==, 1);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, G_USEC_PER_SEC);

        assert_removed(f, 1, victim, "done", GRACE_SEC * 1000 + END_MSEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, GRACE_SEC * G_USEC_PER_SEC);
        g_assert_true(box_session_wait_gone(victim, 1000));

        for (guint i = 0; i < sessions->len; i++)
                if (i != 6)
                        g_assert_true(box_session_is_listed(sessions->pdata[i]));
        g_assert_cmpuint(box_count_sessions(f->box, "user"), ==, 19);

        /* And then all: twenty jobs less one, cancelled, end nobody. */
        {
                g_autoptr(GVariant) reply = manager_call(
                                f, "LogOffAll", g_variant_new("(@a{sv})", options(30)), &error);
                g_autoptr(GVariant) jobs = NULL, cancelled = NULL;
                guint n;

                g_assert_no_error(error);
                jobs = g_variant_get_child_value(reply, 0);
                g_assert_cmpuint(g_variant_n_children(jobs), ==, 19);

                cancelled = manager_call(f, "CancelAll", NULL, &error);
                g_assert_no_error(error);
                g_variant_get(cancelled, "(u)", &n);
                g_assert_cmpuint(n, ==, 19);
                assert_removed(f, 20, NULL, "cancelled", BOX_TIMEOUT_MSEC);
        }
        g_assert_cmpuint(box_count_sessions(f->box, "user"), ==, 19);

        /* Not cancelled, it ends all of them. */
        {
                g_autoptr(GVariant) reply = manager_call(
                                f, "LogOffAll", g_variant_new("(@a{sv})", options(1)), &error);

                g_assert_no_error(error);
                g_assert_nonnull(box_monitor_wait(f->removed, NULL, 39, END_MSEC * 2));
        }
        g_assert_cmpuint(box_count_sessions(f->box, "user"), ==, 0);
}

/* A program that does not heed SIGTERM has TerminateSec, and not a second more. */
static void test_stubborn_program_is_killed(Fixture *f, gconstpointer unused) {
        static const char *const stubborn[] = { "/bin/bash", "-c", "trap '' TERM HUP; while :; do sleep 1; done", NULL };
        g_autoptr(BoxSession) s = NULL;

        s = open_session(f, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1", .command = stubborn });
        wait_known(f, s);
        g_assert_cmpuint(log_off(f, s->seat, 1), ==, 1);
        assert_removed(f, 1, s, "done", END_MSEC * 2);
        g_assert_true(box_session_wait_gone(s, 1000));
}

static void test_left_before_the_deadline(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autoptr(GError) error = NULL;

        wait_known(f, s);
        g_assert_cmpuint(log_off(f, s->seat, 60), ==, 1);
        (void) box_session_close(s, &error);
        g_assert_no_error(error);
        assert_removed(f, 1, s, "left", BOX_TIMEOUT_MSEC);
}

static BoxResult *call_as(Fixture *f, const char *user, BoxSession *session, const char *member, const char *station) {
        const char *with[] = { "busctl", "--system", "--allow-interactive-authorization=no", "call", "org.usher1",
                "/org/usher1", "org.usher1.Manager", member, "sa{sv}", station, "1", "grace", "u", "30", NULL };
        const char *without[] = { "busctl", "--system", "--allow-interactive-authorization=no", "call", "org.usher1",
                "/org/usher1", "org.usher1.Manager", member, "a{sv}", "1", "grace", "u", "30", NULL };
        g_autoptr(GError) error = NULL;
        BoxResult *result;

        result = box_run_as(f->box, user, session, station ? with : without, &error);
        g_assert_no_error(error);
        return result;
}

static void assert_refused(BoxResult *result) {
        g_assert_cmpint(result->status, !=, 0);
        g_assert_nonnull(strstr(result->errors, "needs a password"));
}

static void test_pupil_ends_nobody_but_themselves(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) one = open_session(f, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_autoptr(BoxSession) two = open_session(f, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autoptr(BoxResult) other = NULL, all = NULL, own = NULL;

        wait_known(f, one);
        wait_known(f, two);

        other = call_as(f, "u1", one, "LogOff", "seat-box2");
        assert_refused(other);
        all = call_as(f, "u1", one, "LogOffAll", NULL);
        assert_refused(all);
        g_assert_true(no_jobs(f));

        own = call_as(f, "u1", one, "LogOff", "seat-box1");
        g_assert_cmpint(own->status, ==, 0);
        g_assert_false(no_jobs(f));
        g_assert_true(box_session_is_listed(two));
}

/* The group's right holds at a station, and does not reach an administrator. */
static void test_teacher(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) teacher = open_session(
                        f, &(BoxSessionOptions) { .user = "teacher", .seat = "seat-box1" });
        g_autoptr(BoxSession) pupil = open_session(f, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autoptr(BoxSession) admin = open_session(f, &(BoxSessionOptions) { .user = "admin", .seat = "seat-box3" });
        g_autoptr(BoxResult) away = NULL, one = NULL, head = NULL, all = NULL;
        g_autoptr(GVariant) operation = NULL, jobs = NULL;
        guint n;

        wait_known(f, teacher);
        wait_known(f, pupil);
        wait_known(f, admin);

        away = call_as(f, "teacher", NULL, "LogOff", "seat-box2");
        assert_refused(away);

        one = call_as(f, "teacher", teacher, "LogOff", "seat-box2");
        g_assert_cmpstr(one->errors, ==, "");
        g_assert_cmpint(one->status, ==, 0);

        head = call_as(f, "teacher", teacher, "LogOff", "seat-box3");
        assert_refused(head);

        all = call_as(f, "teacher", teacher, "LogOffAll", NULL);
        g_assert_cmpstr(all->errors, ==, "");
        g_assert_cmpint(all->status, ==, 0);

        jobs = box_get_property(f->box, "org.usher1", "/org/usher1", "org.usher1.Manager", "Jobs", NULL);
        g_assert_cmpuint(g_variant_n_children(jobs), ==, 1);

        operation = box_get_property(
                        f->box, "org.usher1", "/org/usher1", "org.usher1.Manager", "LastOperation", NULL);
        g_assert_true(g_variant_lookup(operation, "skipped-administrators", "u", &n));
        g_assert_cmpuint(n, ==, 1);
        g_assert_true(g_variant_lookup(operation, "skipped-caller", "u", &n));
        g_assert_cmpuint(n, ==, 1);
        g_assert_true(g_variant_lookup(operation, "jobs", "u", &n));
        g_assert_cmpuint(n, ==, 1);
}

static void test_seatless_is_left_alone(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) ssh = open_session(f, &(BoxSessionOptions) { .user = "u3", .type = "tty" });
        g_autoptr(BoxSession) here = open_session(f, &(BoxSessionOptions) { .user = "u4", .seat = "seat-box4" });
        g_autoptr(GVariant) reply = NULL, jobs = NULL, operation = NULL;
        g_autoptr(GError) error = NULL;
        guint n;

        wait_known(f, here);
        reply = manager_call(f, "LogOffAll", g_variant_new("(@a{sv})", options(30)), &error);
        g_assert_no_error(error);
        jobs = g_variant_get_child_value(reply, 0);
        g_assert_cmpuint(g_variant_n_children(jobs), ==, 1);

        operation = box_get_property(
                        f->box, "org.usher1", "/org/usher1", "org.usher1.Manager", "LastOperation", NULL);
        g_assert_true(g_variant_lookup(operation, "skipped-seatless", "u", &n));
        g_assert_cmpuint(n, ==, 1);
        g_assert_true(box_session_is_listed(ssh));
}

static void test_greeter_is_never_a_target(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) greeter = open_session(
                        f, &(BoxSessionOptions) { .user = "u5", .seat = "seat-box5", .class = "greeter" });
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(log_off(f, "seat-box5", 1), ==, 0);
        reply = manager_call(f, "LogOffSession", g_variant_new("(s@a{sv})", greeter->id, options(1)), &error);
        g_assert_null(reply);
        assert_remote_error(error, "org.usher1.Error.NoSuchSession");
        g_assert_true(box_session_is_listed(greeter));
}

static bool nologin_is_gone(gpointer userdata) {
        return !g_file_test("/run/nologin", G_FILE_TEST_EXISTS);
}

static guint log_off_blocking(Fixture *f, guint grace) {
        g_autoptr(GVariant) reply = NULL, jobs = NULL;
        g_autoptr(GError) error = NULL;
        GVariantBuilder b;

        g_variant_builder_init(&b, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&b, "{sv}", "grace", g_variant_new_uint32(grace));
        g_variant_builder_add(&b, "{sv}", "block-logins", g_variant_new_boolean(TRUE));
        reply = manager_call(f, "LogOffAll", g_variant_new("(@a{sv})", g_variant_builder_end(&b)), &error);
        g_assert_no_error(error);
        jobs = g_variant_get_child_value(reply, 0);
        return (guint) g_variant_n_children(jobs);
}

static void test_newcomers_are_kept_out(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6" });
        g_autoptr(BoxSession) refused = NULL, after = NULL;
        g_autoptr(GVariant) cancelled = NULL;
        g_autoptr(GError) error = NULL;

        wait_known(f, s);
        g_assert_cmpuint(log_off_blocking(f, 60), ==, 1);
        g_assert_true(g_file_test("/run/nologin", G_FILE_TEST_IS_REGULAR));

        refused = box_session_open(
                        f->box, &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7", .pam = "box-login" }, &error);
        g_assert_null(refused);
        g_assert_nonnull(error);
        g_clear_error(&error);

        cancelled = manager_call(f, "CancelAll", NULL, &error);
        g_assert_no_error(error);
        g_assert_true(box_wait(nologin_is_gone, NULL, BOX_TIMEOUT_MSEC));
        after = open_session(
                        f, &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7", .pam = "box-login" });
        g_assert_true(box_session_is_listed(after));
}

static void test_foreign_nologin_stays(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6" });
        g_autoptr(GVariant) reply = NULL;
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;

        wait_known(f, s);
        g_assert_true(g_file_set_contents("/run/nologin", "Maintenance tonight\n", -1, NULL));
        g_assert_cmpuint(log_off_blocking(f, 60), ==, 1);
        reply = manager_call(f, "CancelAll", NULL, &error);
        g_assert_no_error(error);
        g_assert_true(box_wait(no_jobs, f, BOX_TIMEOUT_MSEC));

        g_assert_true(g_file_get_contents("/run/nologin", &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "Maintenance tonight\n");
        g_assert_cmpint(g_unlink("/run/nologin"), ==, 0);
}

typedef struct {
        Fixture *f;
        const char *path;
        guint64 deadline;
} JobWait;

/* Whether usherd answers for this job (again), and with which deadline. */
static bool job_is_there(gpointer userdata) {
        JobWait *w = userdata;
        g_autoptr(GVariant) value = NULL;

        value = box_get_property(w->f->box, "org.usher1", w->path, "org.usher1.Job", "DeadlineMonotonic", NULL);
        if (!value)
                return false;

        w->deadline = g_variant_get_uint64(value);
        return true;
}

static void kill_usherd(void) {
        const char *argv[] = { "systemctl", "kill", "--signal=KILL", "usherd.service", NULL };
        g_autoptr(GError) error = NULL;
        int status;

        g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
        g_assert_no_error(error);
        g_assert_cmpint(status, ==, 0);
}

static void test_killed_usherd_comes_back(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, &(BoxSessionOptions) { .user = "u8", .seat = "seat-box8" });
        g_autoptr(GVariant) jobs = NULL;
        g_autofree char *path = NULL;
        g_autoptr(GError) error = NULL;
        guint64 deadline;
        gint64 begin;
        JobWait w;

        wait_known(f, s);
        begin = g_get_monotonic_time();
        g_assert_cmpuint(log_off_blocking(f, 6), ==, 1);
        jobs = box_get_property(f->box, "org.usher1", "/org/usher1", "org.usher1.Manager", "Jobs", &error);
        g_assert_no_error(error);
        g_variant_get_child(jobs, 0, "o", &path);

        w = (JobWait) { f, path };
        g_assert_true(job_is_there(&w));
        deadline = w.deadline;

        kill_usherd();
        g_assert_true(g_file_test("/run/nologin", G_FILE_TEST_EXISTS));
        g_assert_true(box_wait(job_is_there, &w, BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(w.deadline, ==, deadline);

        assert_removed(f, 1, s, "done", END_MSEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, 6 * G_USEC_PER_SEC);
        g_assert_true(box_wait(nologin_is_gone, NULL, BOX_TIMEOUT_MSEC));
}

/* How exposed the units are, in tenths, as systemd-analyze(1) counts it. */
static void test_units_are_shut(Fixture *f, gconstpointer unused) {
        static const struct {
                const char *unit;
                const char *threshold;
        } units[] = {
                { "usherd.service", "--threshold=20" },
                { "usher-warn@.service", "--threshold=25" },
                { "usher-shutdown.service", "--threshold=25" },
                { "usher-associate.service", "--threshold=25" },
        };

        for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
                const char *argv[] = { "systemd-analyze", "security", "--offline=true", units[i].threshold,
                        units[i].unit, NULL };
                g_autofree char *out = NULL;
                g_autoptr(GError) error = NULL;
                int status;

                g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
                g_assert_no_error(error);
                g_test_message("%s", g_strrstr(out, "Overall") ?: out);
                g_assert_cmpint(status, ==, 0);
        }
}

/* Who ended whom, of whom, where, how warned: one record, with the fields that the catalog names. */
static void test_journal_answers(Fixture *f, gconstpointer unused) {
        const char *argv[] = { "journalctl", "--output=export", "--no-pager",
                "MESSAGE_ID=470f658d8c12434aa1f2f49fffad093a", NULL };
        const char *sync[] = { "journalctl", "--sync", NULL };
        g_autoptr(BoxSession) s = open_session(f, &(BoxSessionOptions) { .user = "u11", .seat = "seat-box11" });
        g_autofree char *out = NULL, *id = NULL;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;

        wait_known(f, s);
        g_assert_cmpuint(log_off(f, s->seat, 60), ==, 1);
        reply = manager_call(f, "CancelAll", NULL, &error);
        g_assert_no_error(error);
        assert_removed(f, 1, s, "cancelled", BOX_TIMEOUT_MSEC);

        /* Till the journal has what was sent to it. */
        g_spawn_sync(NULL, (char **) sync, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error);
        g_assert_no_error(error);
        g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, &error);
        g_assert_no_error(error);
        id = g_strdup_printf("SESSION_ID=%s\n", s->id);
        g_assert_nonnull(strstr(out, id));
        for (const char *const *field = (const char *const[]) { "USER_ID=u11\n", "USHER_STARTED_BY=root\n", "SEAT_ID=seat-box11\n",
                             "USHER_RESULT=cancelled\n", "USHER_REASON=requested\n", "USHER_TEXT=Class is over\n",
                             "USHER_WARNED=", "USHER_PHASES=warning ", NULL };
                        *field; field++)
                g_assert_nonnull(strstr(out, *field));
}

static void test_logind_restarts_in_the_countdown(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, &(BoxSessionOptions) { .user = "u9", .seat = "seat-box9" });
        g_autoptr(BoxSession) other = open_session(f, &(BoxSessionOptions) { .user = "u10", .seat = "seat-box10" });

        wait_known(f, s);
        g_assert_cmpuint(log_off(f, s->seat, GRACE_SEC), ==, 1);
        systemctl("restart", "systemd-logind.service");
        assert_removed(f, 1, s, "done", END_MSEC);
        g_assert_true(box_session_is_listed(other));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define BOX_TEST(path, func) g_test_add(path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
        BOX_TEST("/logoff/one-of-twenty", test_one_of_twenty);
        BOX_TEST("/logoff/stubborn-program-is-killed", test_stubborn_program_is_killed);
        BOX_TEST("/logoff/left-before-the-deadline", test_left_before_the_deadline);
        BOX_TEST("/logoff/pupil-ends-nobody-but-themselves", test_pupil_ends_nobody_but_themselves);
        BOX_TEST("/logoff/teacher", test_teacher);
        BOX_TEST("/logoff/seatless-is-left-alone", test_seatless_is_left_alone);
        BOX_TEST("/logoff/greeter-is-never-a-target", test_greeter_is_never_a_target);
        BOX_TEST("/logoff/newcomers-are-kept-out", test_newcomers_are_kept_out);
        BOX_TEST("/logoff/foreign-nologin-stays", test_foreign_nologin_stays);
        BOX_TEST("/logoff/killed-usherd-comes-back", test_killed_usherd_comes_back);
        BOX_TEST("/logoff/logind-restarts-in-the-countdown", test_logind_restarts_in_the_countdown);
        BOX_TEST("/logoff/units-are-shut", test_units_are_shut);
        BOX_TEST("/logoff/journal-answers", test_journal_answers);
#undef BOX_TEST

        return g_test_run();
}
