/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The box itself: whether everything that the other tests rely on exists. */

#include <glib/gstdio.h>
#include <string.h>

#include "session.h"

#define SEATS 20
/* Opening them takes about a second; the limit allows for a machine that is busy with other things. */
#define OPEN_MAX_USEC (30 * G_USEC_PER_SEC)

typedef struct {
        Box *box;
} Fixture;

static void fixture_set_up(Fixture *f, gconstpointer unused) {
        g_autoptr(GError) error = NULL;

        if (!box_inside())
                return;
        f->box = box_new(&error);
        g_assert_no_error(error);
}

static void fixture_tear_down(Fixture *f, gconstpointer unused) {
        g_clear_pointer(&f->box, box_free);
}

static bool fixture_skip(Fixture *f) {
        if (!f->box)
                g_test_skip("not inside the box");
        return !f->box;
}

static BoxSession *start_session(Fixture *f, const BoxSessionOptions *options) {
        g_autoptr(GError) error = NULL;
        BoxSession *session;

        session = box_session_start(f->box, options, &error);
        g_assert_no_error(error);
        return session;
}

static BoxSession *open_session(Fixture *f, const BoxSessionOptions *options) {
        g_autoptr(GError) error = NULL;
        BoxSession *session;

        session = box_session_open(f->box, options, &error);
        g_assert_no_error(error);
        return session;
}

static void assert_property(BoxSession *session, const char *property, const char *value) {
        g_autofree char *actual = box_session_get(session, property);

        g_assert_cmpstr(actual, ==, value);
}

/* The id of a seat's active session, as the seat reports it. */
static char *seat_session(Fixture *f, const char *seat) {
        g_autofree char *path = NULL, *encoded = NULL;
        g_autoptr(GVariant) value = NULL;
        g_autoptr(GError) error = NULL;
        char *id;

        g_assert_true(g_str_has_prefix(seat, "seat-box"));
        path = g_strdup_printf("/org/freedesktop/login1/seat/seat_2dbox%s", seat + strlen("seat-box"));
        value = box_get_property(f->box, "org.freedesktop.login1", path, "org.freedesktop.login1.Seat",
                        "ActiveSession", &error);
        g_assert_no_error(error);
        g_variant_get(value, "(so)", &id, NULL);
        return id;
}

static void test_twenty_sessions(Fixture *f, gconstpointer unused) {
        g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func((GDestroyNotify) box_session_free);
        g_autoptr(GError) error = NULL;
        BoxSession *victim;
        gint64 begin;

        if (fixture_skip(f))
                return;

        g_assert_cmpuint(box_count_sessions(f->box, NULL), ==, 0);
        begin = g_get_monotonic_time();
        for (guint i = 1; i <= SEATS; i++) {
                g_autofree char *user = g_strdup_printf("u%u", i), *seat = g_strdup_printf("seat-box%u", i);

                g_ptr_array_add(sessions,
                                start_session(f, &(BoxSessionOptions) { .user = user, .seat = seat }));
        }
        for (guint i = 0; i < SEATS; i++) {
                (void) box_session_wait_open(g_ptr_array_index(sessions, i), &error);
                g_assert_no_error(error);
        }
        begin = g_get_monotonic_time() - begin;
        g_test_message("%d sessions opened in %" G_GINT64_FORMAT " ms", SEATS, begin / 1000);
        g_assert_cmpint(begin, <, OPEN_MAX_USEC);

        g_assert_cmpuint(box_count_sessions(f->box, "user"), ==, SEATS);
        for (guint i = 0; i < SEATS; i++) {
                BoxSession *session = g_ptr_array_index(sessions, i);
                g_autofree char *id = seat_session(f, session->seat);

                g_assert_cmpstr(id, ==, session->id);
                assert_property(session, "Class", "user");
                assert_property(session, "Type", "x11");
                assert_property(session, "Name", session->user);
                assert_property(session, "State", "active");
        }

        victim = g_ptr_array_index(sessions, 6);
        g_assert_true(box_session_terminate(victim, &error));
        g_assert_no_error(error);
        g_assert_true(box_session_wait_gone(victim, BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(box_count_sessions(f->box, "user"), ==, SEATS - 1);
        for (guint i = 0; i < SEATS; i++) {
                BoxSession *session = g_ptr_array_index(sessions, i);

                if (session != victim)
                        assert_property(session, "State", "active");
        }

        for (guint i = 0; i < SEATS; i++) {
                BoxSession *session = g_ptr_array_index(sessions, i);

                if (session == victim)
                        continue;
                g_assert_true(box_session_close(session, &error));
                g_assert_no_error(error);
        }
        g_assert_cmpuint(box_count_sessions(f->box, NULL), ==, 0);
}

static void test_greeter_is_no_user(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) greeter = NULL, pupil = NULL, remote = NULL;
        g_autoptr(GError) error = NULL;

        if (fixture_skip(f))
                return;

        greeter = open_session(
                        f, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1", .class = "greeter" });
        pupil = open_session(f, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box1" });
        remote = open_session(f, &(BoxSessionOptions) { .user = "u2" });
        g_assert_cmpuint(box_count_sessions(f->box, "greeter"), ==, 1);
        g_assert_cmpuint(box_count_sessions(f->box, "user"), ==, 2);

        g_assert_true(box_session_close(pupil, &error));
        g_assert_no_error(error);
        assert_property(greeter, "Class", "greeter");
        assert_property(remote, "State", "active");
        g_assert_true(box_session_close(greeter, &error));
        g_assert_true(box_session_close(remote, &error));
        g_assert_no_error(error);
}

static void test_terminal_is_read_back(Fixture *f, gconstpointer unused) {
        static const char *const echo[] = { "/bin/sh", "-c",
                "echo ready; read x; echo got $x; exec sleep infinity", NULL };
        g_autoptr(BoxSession) session = NULL;
        g_autoptr(BoxResult) result = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *script = NULL;

        if (fixture_skip(f))
                return;

        session = open_session(f,
                        &(BoxSessionOptions) {
                                        .user = "u3",
                                        .seat = "seat-box3",
                                        .terminal = true,
                                        .command = echo,
                        });
        assert_property(session, "Type", "tty");
        assert_property(session, "TTY", session->tty + strlen("/dev/"));
        g_assert_true(box_session_wait_text(session, "ready", BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_type(session, "this\n"));
        g_assert_true(box_session_wait_text(session, "got this", BOX_TIMEOUT_MSEC));

        /* The terminal belongs to its user, as after a real login: no privilege is needed to write a warning
         * to it. */
        script = g_strdup_printf("echo 'the bell rings' >%s", session->tty);
        result = box_run_as(
                        f->box, "u3", NULL, (const char *const[]) { "/bin/sh", "-c", script, NULL }, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(result->errors, ==, "");
        g_assert_cmpint(result->status, ==, 0);
        g_assert_true(box_session_wait_text(session, "the bell rings", BOX_TIMEOUT_MSEC));

        g_assert_true(box_session_close(session, &error));
        g_assert_no_error(error);
}

static void test_child_belongs_to_session(Fixture *f, gconstpointer unused) {
        static const char *const ask[] = {
                "busctl",
                "call",
                "org.freedesktop.login1",
                "/org/freedesktop/login1",
                "org.freedesktop.login1.Manager",
                "GetSessionByPID",
                "u",
                "0",
                NULL,
        };
        g_autoptr(BoxResult) inside = NULL, outside = NULL, id = NULL, bus = NULL;
        g_autoptr(BoxSession) session = NULL;
        g_autoptr(GError) error = NULL;

        if (fixture_skip(f))
                return;

        session = open_session(f, &(BoxSessionOptions) { .user = "u4", .seat = "seat-box4" });

        id = box_run_as(f->box, "u4", NULL, (const char *const[]) { "id", "-un", NULL }, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(id->output, ==, "u4\n");

        inside = box_run_as(f->box, "u4", session, ask, &error);
        g_assert_no_error(error);
        g_assert_cmpint(inside->status, ==, 0);
        g_assert_nonnull(strstr(inside->output, session->path));

        outside = box_run_as(f->box, "u4", NULL, ask, &error);
        g_assert_no_error(error);
        g_assert_cmpint(outside->status, !=, 0);

        /* The user's own bus runs, with no notification server on it. */
        bus = box_run_as(f->box, "u4", session,
                        (const char *const[]) { "busctl", "--user", "list", "--no-legend", NULL }, &error);
        g_assert_no_error(error);
        g_assert_cmpint(bus->status, ==, 0);
        g_assert_null(strstr(bus->output, "org.freedesktop.Notifications"));

        g_assert_true(box_session_close(session, &error));
        g_assert_no_error(error);
}

static void test_polkit_knows_people(Fixture *f, gconstpointer unused) {
        static const struct {
                const char *user;
                bool at_seat;
                int status;
        } table[] = {
                { "u5", true, 0 },  /* an active local session may power off when nobody else is logged in */
                { "u5", false, 2 }, /* pkcheck: only with authentication, and no agent runs */
        };
        g_autoptr(BoxSession) session = NULL;
        g_autoptr(GError) error = NULL;

        if (fixture_skip(f))
                return;

        session = open_session(f, &(BoxSessionOptions) { .user = "u5", .seat = "seat-box5" });
        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                g_autoptr(BoxResult) result = NULL;

                result = box_run_as(f->box, table[i].user, table[i].at_seat ? session : NULL,
                                (const char *const[]) {
                                                "/bin/sh",
                                                "-c",
                                                "pkcheck --action-id org.freedesktop.login1.power-off "
                                                "--process $$",
                                                NULL,
                                },
                                &error);
                g_assert_no_error(error);
                g_test_message("%s: %d %s", table[i].user, result->status, g_strchomp(result->errors));
                g_assert_cmpint(result->status, ==, table[i].status);
        }
        g_assert_true(box_session_close(session, &error));
        g_assert_no_error(error);
}

static void test_nologin_keeps_out(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) session = NULL;
        g_autoptr(GError) error = NULL;

        if (fixture_skip(f))
                return;

        g_assert_true(g_file_set_contents("/run/nologin", "Not now\n", -1, &error));
        session = box_session_open(f->box,
                        &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7", .pam = "box-login" },
                        &error);
        g_assert_cmpint(g_unlink("/run/nologin"), ==, 0);
        g_assert_null(session);
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_FAILED);
        g_clear_error(&error);

        session = open_session(
                        f, &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7", .pam = "box-login" });
        g_assert_true(box_session_close(session, &error));
        g_assert_no_error(error);
}

static void test_monitor_sees_logind(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxMonitor) monitor = NULL;
        g_autoptr(BoxSession) session = NULL;
        g_autoptr(GError) error = NULL;
        const BoxSignal *s;
        const char *id;

        if (fixture_skip(f))
                return;

        monitor = box_monitor_new(f->box, "org.freedesktop.login1", "/org/freedesktop/login1",
                        "org.freedesktop.login1.Manager", NULL);
        session = open_session(f, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6" });
        g_assert_true(box_session_close(session, &error));
        g_assert_no_error(error);

        s = box_monitor_wait(monitor, "SessionNew", 1, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(s);
        g_variant_get(s->parameters, "(&s&o)", &id, NULL);
        g_assert_cmpstr(id, ==, session->id);
        g_assert_nonnull(box_monitor_wait(monitor, "SessionRemoved", 1, BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(box_monitor_count(monitor, "SessionNew"), ==, 1);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define BOX_TEST(path, function) g_test_add(path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
        BOX_TEST("/box/twenty-sessions", test_twenty_sessions);
        BOX_TEST("/box/greeter-is-no-user", test_greeter_is_no_user);
        BOX_TEST("/box/terminal-is-read-back", test_terminal_is_read_back);
        BOX_TEST("/box/child-belongs-to-session", test_child_belongs_to_session);
        BOX_TEST("/box/polkit-knows-people", test_polkit_knows_people);
        BOX_TEST("/box/nologin-keeps-out", test_nologin_keeps_out);
        BOX_TEST("/box/monitor-sees-logind", test_monitor_sees_logind);

        return g_test_run();
}
