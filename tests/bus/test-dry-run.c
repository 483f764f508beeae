/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* DryRun says whom a log-off would end and whom it would leave alone, and does nothing else. */

#include "common/names.h"
#include "fixture.h"

#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define INVALID_ARGS "org.freedesktop.DBus.Error.InvalidArgs"

#define assert_dry_run(connection, arguments, expected)                  \
        G_STMT_START {                                                   \
                g_autofree char *_text = dry_run(connection, arguments); \
                g_assert_cmpstr(_text, ==, expected);                    \
        }                                                                \
        G_STMT_END

/* "SESSION STATION USER [WHY] JOB" for each entry of the reply. */
static char *dry_run(GDBusConnection *connection, GVariant *arguments) {
        g_autoptr(GVariant) reply = usher_call(connection, MANAGER, "Manager.DryRun", arguments),
                            list = NULL;
        const char *session, *station, *user, *why, *job;
        GString *text = g_string_new(NULL);
        GVariantIter i;
        guint32 uid;

        list = g_variant_get_child_value(reply, 0);
        g_variant_iter_init(&i, list);
        while (g_variant_iter_next(&i, "(&s&su&s&s&o)", &session, &station, &uid, &user, &why, &job))
                g_string_append_printf(text, "%s%s %s %s(%u) [%s] %s", text->len ? ", " : "", session,
                                *station ? station : "-", user, uid, why, job);

        return g_string_free(text, FALSE);
}

/* Nothing that a client, logind or systemd could notice. */
static void assert_left_no_trace(Fixture *f) {
        g_autoptr(GVariant) last = usher_get(f->root, MANAGER, "LastOperation");

        assert_nothing_happened(f);
        g_assert_cmpuint(g_variant_n_children(last), ==, 0);
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "JobNew"), ==, 0);
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "PropertiesChanged"), ==, 0);
}

static void room(Fixture *f) {
        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", HEAD, "seat-left");
        at_station(f, "5", TEACHER, "seat-right");
        fake_logind_add_session(f->logind, .id = "9", .uid = BEN, .type = "tty", .tty = "pts/0",
                        .service = "sshd", .remote_host = "192.0.2.7");
        fake_logind_add_session(f->logind, .id = "c1", .uid = 0, .seat = "seat0", .class = "greeter",
                        .inactive = TRUE);
        fake_logind_add_session(f->logind, .id = "c2", .uid = ADA, .seat = "seat0", .class = "robot",
                        .inactive = TRUE);
}

static void test_each_session_has_a_verdict(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;

        room(f);
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_ADMINISTRATOR, TEACHER, FAKE_POLKIT_CHALLENGE);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);

        assert_dry_run(teacher, ARGS("('LogOffAll', '', @a{sv} {})"),
                        "3 seat0 ada(61001) [] /, "
                        "4 seat-left head(61005) [administrator] /, "
                        "5 seat-right teacher(61003) [caller] /, "
                        "9 - ben(61002) [seatless] /, "
                        "c2 seat0 ada(61001) [unknown-class] /");
        assert_dry_run(teacher,
                        ARGS("('LogOffAll', '', {'include-caller': <true>, 'include-seatless': <true>, "
                             "'block-logins': <true>})"),
                        "3 seat0 ada(61001) [] /, "
                        "5 seat-right teacher(61003) [] /, "
                        "9 - ben(61002) [] /, "
                        "4 seat-left head(61005) [administrator] /, "
                        "c2 seat0 ada(61001) [unknown-class] /");
        assert_left_no_trace(f);
}

/* The list is what the same call then ends. */
static void test_it_is_what_the_call_does(Fixture *f, gconstpointer data) {
        g_auto(GStrv) paths = NULL;

        room(f);
        fixture_start(f);

        assert_dry_run(f->root, ARGS("('LogOffAll', '', {'grace': <uint32 60>})"),
                        "3 seat0 ada(61001) [] /, "
                        "4 seat-left head(61005) [] /, "
                        "5 seat-right teacher(61003) [] /, "
                        "9 - ben(61002) [seatless] /, "
                        "c2 seat0 ada(61001) [unknown-class] /");
        assert_left_no_trace(f);

        paths = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)")));
        g_assert_cmpuint(g_strv_length(paths), ==, 3);

        assert_dry_run(f->root, ARGS("('LogOff', 'seat0', @a{sv} {})"),
                        "3 seat0 ada(61001) [] /org/usher1/job/1, c2 seat0 ada(61001) [unknown-class] /");
        assert_jobs(f, "1 2 3");
}

static void test_every_method(Fixture *f, gconstpointer data) {
        static const char *const all = "3 seat0 ada(61001) [] /, 4 seat-left ben(61002) [] /";
        static const char *const one = "3 seat0 ada(61001) [] /";

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);

        assert_dry_run(f->root, ARGS("('LogOff', 'seat0', @a{sv} {})"), one);
        assert_dry_run(f->root, ARGS("('LogOff', 'seat-right', @a{sv} {})"), "");
        assert_dry_run(f->root, ARGS("('LogOffSession', '3', @a{sv} {})"), one);
        assert_dry_run(f->root, ARGS("('LogOffAll', '', @a{sv} {})"), all);
        assert_dry_run(f->root, ARGS("('Restart', '', @a{sv} {})"), all);
        assert_dry_run(f->root, ARGS("('PowerOff', '', @a{sv} {})"), all);
        assert_dry_run(f->root, ARGS("('SetMode', 'console', @a{sv} {})"), all);
        assert_dry_run(f->root, ARGS("('SetMode', 'station', @a{sv} {})"), "");
        assert_left_no_trace(f);
}

/* The errors of the actual call, and one for a method that there is not. */
static void test_bad_arguments(Fixture *f, gconstpointer data) {
        static const struct {
                const char *arguments, *error;
        } calls[] = {
                { "('', '', @a{sv} {})", INVALID_ARGS },
                { "('logoffall', '', @a{sv} {})", INVALID_ARGS },
                { "('CancelAll', '', @a{sv} {})", INVALID_ARGS },
                { "('LogOffAll', 'seat0', @a{sv} {})", INVALID_ARGS },
                { "('Restart', 'now', @a{sv} {})", INVALID_ARGS },
                { "('LogOffAll', '', {'grace': <'60'>})", INVALID_ARGS },
                { "('LogOffAll', '', {'dry-run': <true>})", INVALID_ARGS },
                { "('SetMode', 'tablet', @a{sv} {})", INVALID_ARGS },
                { "('LogOff', 'seat-nowhere', @a{sv} {})", "org.usher1.Error.NoSuchStation" },
                { "('LogOffSession', '99', @a{sv} {})", "org.usher1.Error.NoSuchSession" },
                { "('LogOffSession', 'c1', @a{sv} {})", "org.usher1.Error.NoSuchSession" },
        };

        room(f);
        fixture_start(f);

        for (gsize i = 0; i < G_N_ELEMENTS(calls); i++)
                assert_refused(f->root, MANAGER, "Manager.DryRun", ARGS(calls[i].arguments), calls[i].error);
        assert_left_no_trace(f);
}

/* Otherwise it would tell more than the actual call. */
static void test_it_takes_the_same_rights(Fixture *f, gconstpointer data) {
        static const struct {
                const char *arguments, *action;
        } calls[] = {
                { "('LogOff', 'seat0', @a{sv} {})", USHER_ACTION_LOG_OFF },
                { "('LogOff', 'seat-left', @a{sv} {})", USHER_ACTION_LOG_OFF_ADMINISTRATOR },
                { "('LogOffSession', '3', @a{sv} {})", USHER_ACTION_LOG_OFF },
                { "('LogOffAll', '', @a{sv} {})", USHER_ACTION_LOG_OFF_ALL },
                { "('Restart', '', @a{sv} {})", USHER_ACTION_RESTART },
                { "('PowerOff', '', @a{sv} {})", USHER_ACTION_POWER_OFF },
                { "('SetMode', 'console', @a{sv} {})", USHER_ACTION_SET_MODE },
        };
        GDBusConnection *mallory;

        room(f);
        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);

        for (gsize i = 0; i < G_N_ELEMENTS(calls); i++) {
                assert_refused(mallory, MANAGER, "Manager.DryRun", ARGS(calls[i].arguments), ACCESS_DENIED);
                g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, calls[i].action);
        }

        /* Less than the minimum grace needs more here too, and so does a block of logins. */
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, MALLORY, FAKE_POLKIT_YES);
        assert_refused(mallory, MANAGER, "Manager.DryRun",
                        ARGS("('LogOff', 'seat0', {'grace': <uint32 0>})"), ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_SKIP_WARNING);
        assert_refused(mallory, MANAGER, "Manager.DryRun",
                        ARGS("('LogOff', 'seat0', {'block-logins': <true>})"), ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_LOG_OFF_ALL);
        assert_left_no_trace(f);
}

/* Log-offs of own sessions are limited; asking about them is not, and does not use up the limit. */
static void test_it_does_not_count(Fixture *f, gconstpointer data) {
        GDBusConnection *ada;

        at_station(f, "3", ADA, "seat0");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, ADA, FAKE_POLKIT_YES);
        fixture_start(f);
        ada = fixture_connect(f, ADA);

        for (guint i = 0; i < 30; i++)
                assert_dry_run(ada, ARGS("('LogOffSession', '3', @a{sv} {})"), "3 seat0 ada(61001) [] /");
        assert_left_no_trace(f);
        g_variant_unref(usher_call(ada, MANAGER, "Manager.LogOffSession", ARGS("('3', @a{sv} {})")));
        assert_jobs(f, "1");
}

static void test_a_pending_action_is_busy(Fixture *f, gconstpointer data) {
        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        g_variant_unref(usher_call(f->root, MANAGER, "Manager.SetMode",
                        ARGS("('console', {'block-logins': <false>})")));
        assert_refused(f->root, MANAGER, "Manager.DryRun", ARGS("('Restart', '', @a{sv} {})"),
                        "org.usher1.Error.Busy");
        assert_jobs(f, "1");
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/dry-run/" name, function)
        ADD("each-session-has-a-verdict", test_each_session_has_a_verdict);
        ADD("it-is-what-the-call-does", test_it_is_what_the_call_does);
        ADD("every-method", test_every_method);
        ADD("bad-arguments", test_bad_arguments);
        ADD("it-takes-the-same-rights", test_it_takes_the_same_rights);
        ADD("it-does-not-count", test_it_does_not_count);
        ADD("a-pending-action-is-busy", test_a_pending_action_is_busy);

        return g_test_run();
}
