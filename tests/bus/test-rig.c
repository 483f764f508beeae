/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fakes themselves: a test is only as good as its fakes. They must behave as the real services are
 * documented, work with other programs, and reject what the distribution's policies reject. usherd is not
 * needed. */

#include <string.h>

#include "client.h"
#include "common/names.h"
#include "fake-logind.h"
#include "fake-polkit.h"
#include "fake-systemd.h"
#include "world.h"

typedef struct Rig {
        Bus *bus;
        FakeLogind *logind;
        FakePolkit *polkit;
        FakeSystemd *systemd;
        GDBusConnection *root;
} Rig;

static void rig_set_up(Rig *rig, gconstpointer data) {
        rig->bus = bus_start(NULL);
        rig->logind = fake_logind_new(rig->bus);
        rig->polkit = fake_polkit_new(rig->bus);
        rig->systemd = fake_systemd_new(rig->bus, rig->logind);
        rig->root = bus_connect(rig->bus, 0);
        fake_logind_add_seat(rig->logind, "seat0");
        fake_logind_add_session(rig->logind, .id = "3", .uid = ADA, .seat = "seat0");
}

static void rig_tear_down(Rig *rig, gconstpointer data) {
        bus_disconnect(rig->root);
        fake_systemd_free(rig->systemd);
        fake_polkit_free(rig->polkit);
        fake_logind_free(rig->logind);
        bus_stop(rig->bus);
}

/* The text of the man page, without its markup. */
static char *read_manual(const char *page) {
        g_autofree char *path = g_strdup_printf("/usr/share/man/man5/%s.5.gz", page);
        g_autoptr(GSubprocess) zcat = NULL;
        g_autofree char *text = NULL;
        g_auto(GStrv) parts = NULL;

        if (!g_file_test(path, G_FILE_TEST_EXISTS))
                return NULL;

        zcat = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "zcat", path, NULL);
        g_assert_true(g_subprocess_communicate_utf8(zcat, NULL, NULL, &text, NULL, NULL));
        parts = g_strsplit(text, "\\&", -1);
        return g_strjoinv("", parts);
}

/* "KillSession(in s, in s, in i)", as in the man page but without argument names. */
static char *describe_method(const GDBusMethodInfo *method) {
        GString *s = g_string_new(method->name);

        g_string_append_c(s, '(');
        for (guint i = 0; method->in_args && method->in_args[i]; i++)
                g_string_append_printf(s, "in %s,", method->in_args[i]->signature);
        for (guint i = 0; method->out_args && method->out_args[i]; i++)
                g_string_append_printf(s, "out %s,", method->out_args[i]->signature);
        g_string_append_c(s, ')');
        return g_string_free(s, FALSE);
}

static char *describe_signal(const GDBusSignalInfo *signal) {
        GString *s = g_string_new(signal->name);

        g_string_append_c(s, '(');
        for (guint i = 0; signal->args && signal->args[i]; i++)
                g_string_append_printf(s, "%s,", signal->args[i]->signature);
        g_string_append_c(s, ')');
        return g_string_free(s, FALSE);
}

/* Finds "Name(in  s session_id, out o path);" and converts it into the same form. */
static char *manual_member(const char *section, const char *name) {
        g_autofree char *pattern = g_strdup_printf("\\n +%s\\(([^;]*)\\);", name);
        g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
        g_autoptr(GMatchInfo) match = NULL;
        g_autofree char *arguments = NULL;
        g_auto(GStrv) list = NULL;
        GString *s;

        if (!g_regex_match(regex, section, 0, &match))
                return NULL;

        s = g_string_new(name);
        g_string_append_c(s, '(');
        arguments = g_match_info_fetch(match, 1);
        list = g_strsplit(arguments, ",", -1);
        for (guint i = 0; list[i]; i++) {
                g_auto(GStrv) words = NULL;
                gboolean directed;

                g_strstrip(list[i]);
                if (!list[i][0])
                        continue;

                words = g_regex_split_simple("\\s+", list[i], 0, 0);
                directed = g_str_equal(words[0], "in") || g_str_equal(words[0], "out");
                g_string_append_printf(s, "%s%s%s,", directed ? words[0] : "", directed ? " " : "",
                                words[directed ? 1 : 0]);
        }
        g_string_append_c(s, ')');
        return g_string_free(s, FALSE);
}

static char *manual_property(const char *section, const char *name) {
        g_autofree char *pattern = g_strdup_printf("\\n +read(?:only|write) (\\S+) %s =", name);
        g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
        g_autoptr(GMatchInfo) match = NULL;

        return g_regex_match(regex, section, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

/* From "interface X {" to its "};". */
static char *manual_section(const char *manual, const char *interface) {
        g_autofree char *begin = g_strdup_printf("\n  interface %s {\n", interface);
        const char *from = strstr(manual, begin), *to;

        g_assert_nonnull(from);
        to = strstr(from, "\n  };");
        g_assert_nonnull(to);
        return g_strndup(from, (gsize) (to - from) + 1);
}

static void compare_with_manual(const Fake *fake, const char *page) {
        g_autofree char *manual = read_manual(page);

        if (!manual) {
                g_test_skip("the man page is not installed");
                return;
        }

        for (guint i = 0; fake->interfaces->interfaces[i]; i++) {
                const GDBusInterfaceInfo *info = fake->interfaces->interfaces[i];
                g_autofree char *section = manual_section(manual, info->name);

                for (guint k = 0; info->methods && info->methods[k]; k++) {
                        g_autofree char *ours = describe_method(info->methods[k]);
                        g_autofree char *theirs = manual_member(section, info->methods[k]->name);

                        g_assert_cmpstr(ours, ==, theirs);
                }

                for (guint k = 0; info->signals && info->signals[k]; k++) {
                        g_autofree char *signals = g_strdup(strstr(section, "signals:"));
                        g_autofree char *ours = describe_signal(info->signals[k]);
                        g_autofree char *theirs = manual_member(signals, info->signals[k]->name);

                        g_assert_cmpstr(ours, ==, theirs);
                }

                for (guint k = 0; info->properties && info->properties[k]; k++) {
                        g_autofree char *theirs = manual_property(section, info->properties[k]->name);

                        g_assert_cmpstr(info->properties[k]->signature, ==, theirs);
                }
        }
}

static void test_logind_as_documented(Rig *rig, gconstpointer data) {
        compare_with_manual(&rig->logind->fake, "org.freedesktop.login1");
}

static void test_systemd_as_documented(Rig *rig, gconstpointer data) {
        compare_with_manual(&rig->systemd->fake, "org.freedesktop.systemd1");
}

static void on_busctl(GObject *source, GAsyncResult *result, gpointer data) {
        g_autofree char *error = NULL;
        char **ret = data;

        g_assert_true(g_subprocess_communicate_utf8_finish(G_SUBPROCESS(source), result, ret, &error, NULL));
        if (!g_subprocess_get_successful(G_SUBPROCESS(source)))
                g_error("busctl: %s", error);
}

/* What another program reads from the fakes. */
static char *busctl(Rig *rig, const char *first, ...) {
        g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
                        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
        g_autoptr(GPtrArray) arguments = g_ptr_array_new();
        g_autofree char *address = g_strdup_printf("--address=%s", bus_address(rig->bus));
        g_autoptr(GSubprocess) process = NULL;
        char *output = NULL;
        va_list more;

        g_ptr_array_add(arguments, (gpointer) "busctl");
        g_ptr_array_add(arguments, address);
        va_start(more, first);
        for (const char *s = first; s; s = va_arg(more, const char *))
                g_ptr_array_add(arguments, (gpointer) s);
        va_end(more);
        g_ptr_array_add(arguments, NULL);

        process = g_subprocess_launcher_spawnv(launcher, (const char *const *) arguments->pdata, NULL);
        g_assert_nonnull(process);
        g_subprocess_communicate_utf8_async(process, NULL, NULL, on_busctl, &output);
        WAIT_FOR(output);
        return g_strchomp(output);
}

static void test_answers_busctl(Rig *rig, gconstpointer data) {
        g_autofree char *sessions = NULL, *state = NULL, *seat = NULL, *verdict = NULL;

        sessions = busctl(rig, "call", LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, "ListSessions",
                        NULL);
        g_assert_cmpstr(sessions, ==,
                        "a(susso) 1 \"3\" 61001 \"ada\" \"seat0\" \"/org/freedesktop/login1/session/_33\"");

        state = busctl(rig, "get-property", LOGIND_BUS_NAME, "/org/freedesktop/login1/session/_33",
                        LOGIND_IFACE_SESSION, "State", "Scope", "User", NULL);
        g_assert_cmpstr(state, ==,
                        "s \"active\"\ns \"session-3.scope\"\n(uo) 61001 "
                        "\"/org/freedesktop/login1/user/_361001\"");

        seat = busctl(rig, "get-property", LOGIND_BUS_NAME, "/org/freedesktop/login1/seat/seat0",
                        LOGIND_IFACE_SEAT, "ActiveSession", NULL);
        g_assert_cmpstr(seat, ==, "(so) \"3\" \"/org/freedesktop/login1/session/_33\"");

        fake_polkit_answer(rig->polkit, "org.usher1.log-off", FAKE_POLKIT_ANY_UID, FAKE_POLKIT_CHALLENGE);
        verdict = busctl(rig, "call", POLKIT_BUS_NAME, POLKIT_PATH, POLKIT_IFACE_AUTHORITY,
                        "CheckAuthorization", "(sa{sv})sa{ss}us", "system-bus-name", "1", "name", "s",
                        g_dbus_connection_get_unique_name(rig->root), "org.usher1.log-off", "0", "0",
                        "an-id", NULL);
        g_assert_cmpstr(verdict, ==, "(bba{ss}) false true 0");
}

static void test_sessions_end_as_in_logind(Rig *rig, gconstpointer data) {
        g_autoptr(Call) call = NULL, again = NULL, gone = NULL;

        rig->logind->ignore_terminate = TRUE;
        call = call_send(rig->root, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, "TerminateSession",
                        ARGS("('3',)"), FALSE);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        settle(rig->root);
        g_assert_true(fake_logind_has_session(rig->logind, "3"));

        again = call_send(rig->root, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, "KillSession",
                        ARGS("('3', 'all', 9)"), FALSE);
        WAIT_FOR(!fake_logind_has_session(rig->logind, "3"));

        gone = call_send(rig->root, LOGIND_BUS_NAME, "/org/freedesktop/login1/session/_33",
                        DBUS_IFACE_PROPERTIES, "GetAll", ARGS("(%s,)", LOGIND_IFACE_SESSION), FALSE);
        call_wait(gone);
        g_assert_cmpstr(gone->error, ==, "org.freedesktop.DBus.Error.UnknownObject");
        assert_deeds(&rig->logind->fake, "TerminateSession('3'); KillSession('3', 'all', 9)");
}

static void test_stopping_a_scope_ends_its_session(Rig *rig, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        call = call_send(rig->root, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "StopUnit",
                        ARGS("('session-3.scope', 'replace')"), FALSE);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        g_assert_false(fake_logind_has_session(rig->logind, "3"));
}

static void test_hangs_and_comes_back(Rig *rig, gconstpointer data) {
        g_autofree char *before = g_strdup(g_dbus_connection_get_unique_name(rig->logind->fake.connection));
        g_autoptr(Call) call = NULL, other = NULL, later = NULL;

        rig->logind->fake.hang = TRUE;
        call = call_send(rig->root, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, "ListSeats", NULL,
                        FALSE);
        WAIT_FOR(fake_count(&rig->logind->fake, "ListSeats") == 1);
        settle(rig->root);
        g_assert_false(call->done);
        fake_release(&rig->logind->fake);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);

        rig->logind->fake.hang = TRUE;
        other = call_send(rig->root, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, "ListSeats", NULL,
                        FALSE);
        WAIT_FOR(fake_count(&rig->logind->fake, "ListSeats") == 2);
        rig->logind->fake.hang = FALSE;
        fake_restart(&rig->logind->fake);
        call_wait(other);
        g_assert_cmpstr(other->error, ==, "org.freedesktop.DBus.Error.NoReply");
        g_assert_cmpstr(g_dbus_connection_get_unique_name(rig->logind->fake.connection), !=, before);

        later = call_send(rig->root, LOGIND_BUS_NAME, "/org/freedesktop/login1/session/_33",
                        DBUS_IFACE_PROPERTIES, "GetAll", ARGS("(%s,)", LOGIND_IFACE_SESSION), FALSE);
        call_wait(later);
        g_assert_cmpstr(later->error, ==, NULL);
}

static void test_connects_as_others(Rig *rig, gconstpointer data) {
        GDBusConnection *other = bus_connect(rig->bus, ADA);
        g_autoptr(Call) uid = NULL, name = NULL, forbidden = NULL;
        guint32 is;

        uid = call_send(rig->root, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "GetConnectionUnixUser",
                        ARGS("(%s,)", g_dbus_connection_get_unique_name(other)), FALSE);
        call_wait(uid);
        g_variant_get(uid->reply, "(u)", &is);
        g_assert_cmpuint(is, ==, ADA);
        g_assert_cmpuint(geteuid(), ==, 0);

        /* The distribution's policies apply: only root can own usherd's name or set logind's properties. */
        name = call_send(other, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "RequestName",
                        ARGS("(%s, uint32 4)", USHER_BUS_NAME), FALSE);
        call_wait(name);
        g_assert_cmpstr(name->error, ==, "org.freedesktop.DBus.Error.AccessDenied");

        forbidden = call_send(other, LOGIND_BUS_NAME, LOGIND_PATH, DBUS_IFACE_PROPERTIES, "Set",
                        ARGS("(%s, 'WallMessage', <'hello'>)", LOGIND_IFACE_MANAGER), FALSE);
        call_wait(forbidden);
        g_assert_cmpstr(forbidden->error, ==, "org.freedesktop.DBus.Error.AccessDenied");

        bus_disconnect(other);
}

/* What waits in the main context for a fake must go before the fake does. */
static void test_a_call_in_the_last_moment(Rig *rig, gconstpointer data) {
        g_autoptr(GDBusMessage) m = g_dbus_message_new_method_call(
                        POLKIT_BUS_NAME, POLKIT_PATH, POLKIT_IFACE_AUTHORITY, "CancelCheckAuthorization");
        GDBusConnection *order[2] = { rig->root };
        g_autoptr(GError) error = NULL;
        FakePolkit *polkit;

        fake_stop(&rig->polkit->fake);
        polkit = fake_polkit_new(rig->bus);
        order[1] = polkit->fake.connection;

        g_dbus_message_set_body(m, ARGS("('usher-1',)"));
        g_dbus_connection_send_message(rig->root, m, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, &error);
        g_assert_no_error(error);

        /* When both have had an answer of the bus, the call has arrived; and the main context has not run.
         */
        for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
                g_variant_unref(g_dbus_connection_call_sync(order[i], DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE,
                                "GetId", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error));
                g_assert_no_error(error);
        }
        g_assert_true(g_main_context_pending(NULL));

        fake_polkit_free(polkit);
        g_assert_false(g_main_context_pending(NULL));
}

int main(int argc, char *argv[]) {
        world_enter();
        g_test_init(&argc, &argv, NULL);

#define ADD(path, function) g_test_add(path, Rig, NULL, rig_set_up, function, rig_tear_down)
        ADD("/rig/logind-is-as-its-manual-says", test_logind_as_documented);
        ADD("/rig/systemd-is-as-its-manual-says", test_systemd_as_documented);
        ADD("/rig/answers-busctl", test_answers_busctl);
        ADD("/rig/sessions-end-as-in-logind", test_sessions_end_as_in_logind);
        ADD("/rig/stopping-a-scope-ends-its-session", test_stopping_a_scope_ends_its_session);
        ADD("/rig/hangs-and-comes-back", test_hangs_and_comes_back);
        ADD("/rig/connects-as-others", test_connects_as_others);
        ADD("/rig/a-call-in-the-last-moment", test_a_call_in_the_last_moment);

        return g_test_run();
}
