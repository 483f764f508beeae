/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an ordinary user may send and usherd must not believe. The bus filters broadcasts of the wrong
 * sender, but lets every user send a signal to a unique name, with any interface, unless a policy for that
 * connection's well-known name forbids it. Usher's policy does. Each test runs with it and without it, since
 * usherd must not depend on it: the policy does not apply before usherd has its name. */

#include "fixture.h"

#include "common/names.h"

static char *unique_name(Fixture *f, const char *name) {
        g_autoptr(Call) call = call_send(f->root, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "GetNameOwner",
                        ARGS("(%s,)", name), FALSE);
        char *unique;

        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        g_variant_get(call->reply, "(s)", &unique);
        return unique;
}

typedef struct Forger {
        GDBusConnection *connection;
        char *target;
} Forger;

static void forger_done(Forger *forger) {
        g_free(forger->target);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Forger, forger_done)

static Forger forger(Fixture *f) {
        return (Forger) { .connection = fixture_connect(f, MALLORY),
                .target = unique_name(f, USHER_BUS_NAME) };
}

/* To usherd directly, and as a broadcast. */
static void forge(Forger *forger,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments) {
        g_variant_ref_sink(arguments);
        g_assert_true(g_dbus_connection_emit_signal(
                        forger->connection, forger->target, path, interface, member, arguments, NULL));
        g_assert_true(g_dbus_connection_emit_signal(
                        forger->connection, NULL, path, interface, member, arguments, NULL));
        g_variant_unref(arguments);
}

/* All forged messages sent so far have been read. */
static void after_forging(Fixture *f, Forger *forger) {
        g_autofree char *version = usher_get_string(forger->connection, MANAGER, "Version");

        g_assert_nonnull(version);
        fixture_settle(f);
}

static void sessions(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = MALLORY, .seat = "seat-left");
        fixture_start(f);
}

static void test_forged_end_of_a_session(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        g_auto(Forger) m = {};

        sessions(f);
        m = forger(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");

        forge(&m, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved",
                        ARGS("('3', objectpath '/org/freedesktop/login1/session/_33')"));
        forge(&m, "/org/freedesktop/login1/session/_33", DBUS_IFACE_PROPERTIES, "PropertiesChanged",
                        ARGS("('org.freedesktop.login1.Session', {'State': <'closing'>, 'Active': <false>}, "
                             "@as [])"));
        forge(&m, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SeatRemoved",
                        ARGS("('seat0', objectpath '/org/freedesktop/login1/seat/seat0')"));
        after_forging(f, &m);

        assert_jobs(f, "1");
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "JobRemoved"), ==, 0);
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "StationRemoved"), ==, 0);
        assert_result(f, job, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_forged_start_of_a_session(Fixture *f, gconstpointer data) {
        g_auto(Forger) m = {};

        sessions(f);
        m = forger(f);
        forge(&m, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew",
                        ARGS("('9', objectpath '/org/freedesktop/login1/session/_39')"));
        forge(&m, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SeatNew",
                        ARGS("('seat9', objectpath '/org/freedesktop/login1/seat/seat9')"));
        after_forging(f, &m);

        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "StationAdded"), ==, 0);
        assert_refused(f->root, MANAGER, "Manager.GetStation", ARGS("('seat9',)"),
                        "org.usher1.Error.NoSuchStation");
        assert_refused(f->root, MANAGER, "Manager.GetStationBySession", ARGS("('9',)"),
                        "org.usher1.Error.NoSuchSession");
}

static void test_forged_end_of_logind(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL, *logind = NULL, *state = NULL;
        g_auto(Forger) m = {};

        sessions(f);
        m = forger(f);
        logind = unique_name(f, LOGIND_BUS_NAME);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");

        /* As the bus: "logind is gone", "the forger is logind now". As logind: "session 3 is gone". */
        forge(&m, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", ARGS("(%s, %s, '')", LOGIND_BUS_NAME, logind));
        forge(&m, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged",
                        ARGS("(%s, %s, %s)", LOGIND_BUS_NAME, logind,
                                        g_dbus_connection_get_unique_name(m.connection)));
        forge(&m, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved",
                        ARGS("('3', objectpath '/org/freedesktop/login1/session/_33')"));
        after_forging(f, &m);

        assert_jobs(f, "1");
        state = usher_get_string(f->root, SEAT0, "State");
        g_assert_cmpstr(state, ==, "ending");

        /* And usherd still asks the real logind to end the session. */
        assert_result(f, job, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_forged_loss_of_logind(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL, *logind = NULL;
        g_auto(Forger) m = {};

        sessions(f);
        m = forger(f);
        logind = unique_name(f, LOGIND_BUS_NAME);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");

        /* If usherd believed this, it would delay the end until logind "returns". */
        forge(&m, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", ARGS("(%s, %s, '')", LOGIND_BUS_NAME, logind));
        after_forging(f, &m);
        assert_result(f, job, "done");

        /* usherd still listens to the real logind. */
        fake_logind_add_session(f->logind, .id = "8", .uid = BEN, .seat = "seat0");
        fixture_wait_property(f, SEAT0, "State", "'in-use'");
}

static void test_forged_loss_of_the_bus_name(Fixture *f, gconstpointer data) {
        g_autofree char *before = NULL;
        g_auto(Forger) m = {};

        sessions(f);
        m = forger(f);
        before = unique_name(f, USHER_BUS_NAME);
        forge(&m, DBUS_PATH, DBUS_IFACE, "NameLost", ARGS("(%s,)", USHER_BUS_NAME));
        forge(&m, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", ARGS("(%s, %s, '')", USHER_BUS_NAME, before));
        after_forging(f, &m);
        g_assert_false(f->exited);
}

/* The session that polkit is asked about is not gone because of a forged signal. */
static void test_forged_end_of_a_caller(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        GDBusConnection *teacher;
        g_auto(Forger) m = {};

        sessions(f);
        m = forger(f);
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        f->polkit->hold = TRUE;
        teacher = fixture_connect(f, TEACHER);
        call = usher_send(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 60>})"));
        WAIT_FOR(fake_polkit_n_held(f->polkit) == 1);

        forge(&m, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged",
                        ARGS("(%s, %s, '')", g_dbus_connection_get_unique_name(teacher),
                                        g_dbus_connection_get_unique_name(teacher)));
        after_forging(f, &m);
        g_assert_cmpuint(fake_count(&f->polkit->fake, "CancelCheckAuthorization"), ==, 0);

        fake_polkit_release(f->polkit);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        assert_jobs(f, "1");

        g_assert_false(f->exited);
}

static void test_forged_shutdown(Fixture *f, gconstpointer data) {
        g_autofree char *phase = NULL, *job = NULL;
        g_auto(Forger) m = {};

        sessions(f);
        m = forger(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        forge(&m, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForShutdown", ARGS("(true,)"));
        after_forging(f, &m);

        phase = usher_get_string(f->root, job, "Phase");
        g_assert_cmpstr(phase, ==, "warning");
        assert_deeds(&f->logind->fake, "");
        g_strfreev(job_paths(
                        usher_call(f->root, MANAGER, "Manager.LogOff", ARGS("('seat-left', @a{sv} {})"))));
}

/* After a suspend users get the minimum grace period again: somebody who could forge a suspend could stay
 * for ever. */
static void test_forged_suspend(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        g_auto(Forger) m = {};
        guint64 deadline;

        fixture_configure(f, "[LogOff]\nGraceSec=3min\nMinimumGraceSec=2min\n");
        sessions(f);
        m = forger(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 30>}");
        deadline = usher_get_uint64(f->root, job, "DeadlineMonotonic");
        forge(&m, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", ARGS("(true,)"));
        forge(&m, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", ARGS("(false,)"));
        after_forging(f, &m);
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), ==, deadline);

        /* The real logind is believed. */
        fake_emit(&f->logind->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", ARGS("(false,)"));
        WAIT_FOR(fixture_count_signals(f, job, "PropertiesChanged") > 0);
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), >, deadline);
}

static void test_forged_signals_of_systemd_and_polkit(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        g_auto(Forger) m = {};

        sessions(f);
        m = forger(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        forge(&m, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "JobRemoved",
                        ARGS("(uint32 1, objectpath '/org/freedesktop/systemd1/job/1', "
                             "'usher-warn@61001.service', "
                             "'failed')"));
        forge(&m, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "UnitRemoved",
                        ARGS("('session-3.scope', objectpath "
                             "'/org/freedesktop/systemd1/unit/session_2d3_2escope')"));
        forge(&m, POLKIT_PATH, POLKIT_IFACE_AUTHORITY, "Changed", ARGS("('x',)"));

        /* With usherd as the sender. */
        forge(&m, MANAGER, USHER_IFACE_MANAGER, "JobRemoved",
                        ARGS("(uint32 1, objectpath '/org/usher1/job/1', 'seat0', '3', 'done')"));
        after_forging(f, &m);
        assert_jobs(f, "1");
        assert_deeds(&f->logind->fake, "");
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function)                             \
        fixture_add("/forged/guarded/" name, function); \
        fixture_add_unguarded("/forged/unguarded/" name, function)
        ADD("forged-end-of-a-session", test_forged_end_of_a_session);
        ADD("forged-start-of-a-session", test_forged_start_of_a_session);
        ADD("forged-end-of-logind", test_forged_end_of_logind);
        ADD("forged-loss-of-logind", test_forged_loss_of_logind);
        ADD("forged-suspend", test_forged_suspend);
        ADD("forged-loss-of-the-bus-name", test_forged_loss_of_the_bus_name);
        ADD("forged-end-of-a-caller", test_forged_end_of_a_caller);
        ADD("forged-shutdown", test_forged_shutdown);
        ADD("forged-signals-of-systemd-and-polkit", test_forged_signals_of_systemd_and_polkit);

        return g_test_run();
}
