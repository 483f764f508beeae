/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls that would cost usherd time or memory before the caller is authorised: they are refused at once, and
 * the number of calls that wait for authorisation is limited. */

#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/names.h"

#define INVALID_ARGS "org.freedesktop.DBus.Error.InvalidArgs"

#define LIMITS_EXCEEDED "org.freedesktop.DBus.Error.LimitsExceeded"

/* What one user may begin on their own sessions in a minute. */
#define OWN_LOG_OFFS 20

/* In bytes: as with `ulimit -s 256`. The sanitizers' frames are larger. */
#ifdef __SANITIZE_ADDRESS__
#define SMALL_STACK (1024 * 1024)
#else
#define SMALL_STACK (256 * 1024)
#endif

#define MEBI (1024 * 1024)

static void one_session(Fixture *f) {
        at_station(f, "3", ADA, "seat0");
        fixture_start(f);
}

/* CPU time of usherd so far, in µs. */
static gint64 cpu_time(Fixture *f) {
        g_autofree char *file = g_strdup_printf("/proc/%d/stat", f->pid), *text = NULL;
        unsigned long user, system;
        const char *tail;
        int n;

        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        tail = strrchr(text, ')');
        g_assert_nonnull(tail);
        n = sscanf(tail, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
        g_assert_cmpint(n, ==, 2);
        return (gint64) (user + system) * G_USEC_PER_SEC / sysconf(_SC_CLK_TCK);
}

/* LogOffAll's arguments: this many options of that name, each with that text. */
static GVariant *options(guint n, const char *key, const char *text) {
        g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sv}"));

        for (guint i = 0; i < n; i++)
                g_variant_builder_add(&builder, "{sv}", key, g_variant_new_string(text));

        return g_variant_new("(a{sv})", &builder);
}

/* CPU time of usherd for one call that it refuses. */
static gint64 cost_of_refusal(Fixture *f, GVariant *arguments) {
        gint64 before = cpu_time(f), cost;

        assert_refused(fixture_connect(f, MALLORY), MANAGER, "Manager.LogOffAll", arguments, INVALID_ARGS);
        cost = cpu_time(f) - before;
        g_test_message("%" G_GINT64_FORMAT " ms", cost / 1000);
        return cost;
}

/* Compares with one text of that size, whose cost is that of receiving it: anything more is work on the
 * arguments. A whole dispatch of many options costs ten times as much. The kernel counts in ticks of 10 ms.
 */
static void assert_cheap(Fixture *f, GVariant *arguments, gsize size) {
        g_autofree char *text = g_strnfill(size, 'x');
        gint64 receiving = cost_of_refusal(f, options(1, "message", text));
        gint64 cost = cost_of_refusal(f, arguments);

        g_assert_cmpint(cost, <, 4 * MAX(receiving, 50 * G_TIME_SPAN_MILLISECOND));
}

static void test_an_option_is_given_once(Fixture *f, gconstpointer data) {
        one_session(f);
        assert_refused(f->root, MANAGER, "Manager.LogOffAll", options(2, "message", "Good bye"),
                        INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.Restart",
                        ARGS("({'grace': <uint32 60>, 'message': <''>, 'grace': <uint32 60>},)"),
                        INVALID_ARGS);
        assert_nothing_happened(f);
}

/* Each is valid, and together they have 24 MB. */
static void test_many_options(Fixture *f, gconstpointer data) {
        one_session(f);
        f->polkit->hold = TRUE;
        assert_cheap(f, options(600 * 1000, "reason", "requested"), 24 * MEBI);
        g_assert_cmpuint(fake_polkit_n_held(f->polkit), ==, 0);
        assert_nothing_happened(f);
}

static void test_a_long_key(Fixture *f, gconstpointer data) {
        g_autofree char *key = g_strnfill(30 * MEBI, '\x01');

        one_session(f);
        assert_cheap(f, options(1, key, ""), 30 * MEBI);
        assert_nothing_happened(f);
}

/* No method accepts an argument of that length. */
static void test_long_names(Fixture *f, gconstpointer data) {
        g_autofree char *name = g_strnfill(1 * MEBI, 'x');
        static const struct {
                const char *path, *member, *arguments;
        } calls[] = {
                { MANAGER, "Manager.GetStation", "(%s,)" },
                { MANAGER, "Manager.GetStationBySession", "(%s,)" },
                { MANAGER, "Manager.GetStationByHub", "(%s,)" },
                { MANAGER, "Manager.LogOff", "(%s, @a{sv} {})" },
                { MANAGER, "Manager.LogOffSession", "(%s, @a{sv} {})" },
                { MANAGER, "Manager.SendMessage", "('seat0', %s)" },
                { MANAGER, "Manager.SendMessageAll", "(%s,)" },
                { MANAGER, "Manager.NoticeShown", "(uint32 1, %s)" },
                { MANAGER, "Manager.AttachHub", "('1-1', %s)" },
                { MANAGER, "Manager.SetMode", "(%s, @a{sv} {})" },
                { SEAT0, "Station.SetLabel", "(%s,)" },
                { SEAT0, "Station.SendMessage", "(%s,)" },
                { "/org/usher1/job/1", "Job.SetWarned", "(%s,)" },
                { "/org/usher1/job/1", "Job.SetAsked", "(true, %s)" },
        };

        one_session(f);
        for (gsize i = 0; i < G_N_ELEMENTS(calls); i++)
                assert_refused(f->root, calls[i].path, calls[i].member,
                                g_variant_new_parsed(calls[i].arguments, name), INVALID_ARGS);
        assert_nothing_happened(f);
}

/* As much as the bus passes on: nothing of that size is ever on the stack. */
static void test_large_calls_on_a_small_stack(Fixture *f, gconstpointer data) {
        g_autofree char *text = g_strnfill(31 * MEBI, 'x'), *tail = g_strnfill(60 * 1024, 'a');
        g_autofree char *path = g_strdup_printf("/org/usher1/station/%s", tail);
        g_auto(GVariantBuilder) texts = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("as"));
        GVariant *nested = g_variant_new_boolean(TRUE);

        for (guint i = 0; i < 65000; i++)
                g_variant_builder_add(&texts, "s", "seat0");
        for (guint i = 0; i < 60; i++)
                nested = g_variant_new_variant(nested);

        f->stack_size = SMALL_STACK;
        one_session(f);
        assert_refused(f->root, MANAGER, "Manager.GetStation", g_variant_new("(s)", text), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOffAll", options(65000, "message", "x"), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOffAll", g_variant_new("(as)", &texts), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOffAll", ARGS("({'message': %v},)", nested),
                        INVALID_ARGS);
        assert_refused(f->root, path, "Station.LogOff", ARGS("(@a{sv} {},)"), USHER_ERROR_NO_SUCH_STATION);
        assert_nothing_happened(f);
}

static void test_what_waits_is_bounded(Fixture *f, gconstpointer data) {
        g_autofree char *text = g_strnfill(24 * MEBI, 'x'), *longest = g_strnfill(1024, 'x');
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) call_free);
        guint64 before;

        one_session(f);
        f->polkit->hold = TRUE;
        g_variant_unref(usher_call(fixture_connect(f, MALLORY), MANAGER, "Manager.ListStations", NULL));
        before = fixture_memory(f, "VmRSS");

        /* Each user has as many pending calls as the limit allows, each of the maximum length, and some that
         * are too long. */
        for (uid_t uid = CROWD; uid < CROWD + 10; uid++) {
                GDBusConnection *c = fixture_connect(f, uid);

                for (int i = 0; i < 8; i++)
                        g_ptr_array_add(calls,
                                        usher_send(c, MANAGER, "Manager.LogOffAll",
                                                        options(1, "message", longest)));
        }
        for (int i = 0; i < 4; i++) {
                g_ptr_array_add(calls,
                                usher_send(fixture_connect(f, MALLORY), MANAGER, "Manager.LogOffAll",
                                                options(4, "message", text + 18 * MEBI)));
                call_wait(calls->pdata[calls->len - 1]);
        }

        fixture_settle(f);
        g_assert_cmpuint(fake_polkit_n_held(f->polkit), >=, 20);
        g_test_message("VmRSS: %" G_GUINT64_FORMAT " kB, then %" G_GUINT64_FORMAT " kB", before,
                        fixture_memory(f, "VmRSS"));
        g_assert_cmpuint(fixture_memory(f, "VmRSS"), <, before + 2048);
        fake_polkit_release(f->polkit);
}

/* Each log-off is a job, a record and the start of a unit, and nobody is asked about one's own session. */
static void test_own_log_offs_are_counted(Fixture *f, gconstpointer data) {
        GDBusConnection *ada, *ben;
        g_autoptr(Call) call = NULL;

        at_station(f, "4", BEN, "seat-left");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        one_session(f);
        ada = fixture_connect(f, ADA);
        ben = fixture_connect(f, BEN);

        for (int i = 0; i < OWN_LOG_OFFS; i++) {
                g_autoptr(GVariant) reply = NULL;
                const char *job;

                reply = usher_call(ada, MANAGER, "Manager.LogOffSession", ARGS("('3', @a{sv} {})"));
                g_variant_get(reply, "(&o)", &job);
                g_variant_unref(usher_call(ada, job, "Job.Cancel", NULL));
        }

        call = usher_send(ada, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"));
        call_wait(call);
        g_assert_cmpstr(call->error, ==, LIMITS_EXCEEDED);
        g_assert_nonnull(strstr(call->text, G_STRINGIFY(OWN_LOG_OFFS)));
        assert_jobs(f, "");

        /* It is her limit, for her own sessions. */
        g_variant_unref(usher_call(ben, MANAGER, "Manager.LogOffSession", ARGS("('4', @a{sv} {})")));
        g_free(fixture_log_off(f, "seat0", "{'grace': <uint32 60>}"));
}

typedef struct Monitor {
        char *usherd;
        char *about;
        gint n_questions; /* of usherd to the bus, about that connection */
        gint done;        /* the same of the test */
} Monitor;

static void monitor_free(gpointer data) {
        Monitor *monitor = data;

        g_free(monitor->usherd);
        g_free(monitor->about);
        g_free(monitor);
}

/* Runs in GDBus's thread. A monitor sees what is not for it, and must not answer. */
static GDBusMessage *on_monitored(GDBusConnection *c, GDBusMessage *m, gboolean incoming, gpointer data) {
        const char *member = g_dbus_message_get_member(m), *about = g_dbus_message_get_arg0(m);
        Monitor *monitor = data;

        if (!incoming || g_dbus_message_get_message_type(m) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
                return m;

        if (g_str_has_prefix(member, "GetConnection") && g_strcmp0(about, monitor->about) == 0) {
                if (g_strcmp0(g_dbus_message_get_sender(m), monitor->usherd) == 0)
                        g_atomic_int_inc(&monitor->n_questions);
                else if (g_str_equal(member, "GetConnectionUnixProcessID"))
                        g_atomic_int_set(&monitor->done, 1);
        }

        g_object_unref(m);
        return NULL;
}

static Monitor *monitor_start(Fixture *f, const char *about) {
        GDBusConnection *c = fixture_connect(f, 0);
        Monitor *monitor = g_new0(Monitor, 1);
        g_autoptr(Call) owner = NULL, call = NULL;

        owner = call_send(f->root, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "GetNameOwner",
                        ARGS("(%s,)", USHER_BUS_NAME), FALSE);
        call_wait(owner);
        g_variant_get(owner->reply, "(s)", &monitor->usherd);

        monitor->about = g_strdup(about);
        (void) g_dbus_connection_add_filter(c, on_monitored, monitor, monitor_free);
        call = call_send(c, DBUS_BUS_NAME, DBUS_PATH, "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
                        ARGS("([%s], uint32 0)", "type='method_call',destination='org.freedesktop.DBus'"),
                        FALSE);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        return monitor;
}

/* What the monitor is sent comes in the order of the calls. */
static gint monitor_count(Fixture *f, Monitor *monitor) {
        g_autoptr(Call) last = call_send(f->root, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE,
                        "GetConnectionUnixProcessID", ARGS("(%s,)", monitor->about), FALSE);
        gint64 end = wait_begin();

        call_wait(last);
        while (!g_atomic_int_get(&monitor->done)) {
                g_assert_cmpint(g_get_monotonic_time(), <, end);
                g_thread_yield();
        }

        return g_atomic_int_get(&monitor->n_questions);
}

/* The bus answers in its own time, so usherd asks it once for each connection who that is. */
static void test_who_calls_is_asked_once(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        Monitor *monitor;

        at_station(f, "4", BEN, "seat-left");
        at_station(f, "5", MALLORY, "seat-right");
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        one_session(f);
        teacher = fixture_connect(f, TEACHER);
        monitor = monitor_start(f, g_dbus_connection_get_unique_name(teacher));

        for (int i = 0; i < 3; i++) {
                g_variant_unref(usher_call(teacher, MANAGER, "Manager.LogOffAll", ARGS("(@a{sv} {},)")));
                g_variant_unref(usher_call(teacher, MANAGER, "Manager.ListNotices", NULL));
        }
        g_assert_cmpint(monitor_count(f, monitor), ==, 1);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/cost/" name, function)
        ADD("an-option-is-given-once", test_an_option_is_given_once);
        ADD("many-options", test_many_options);
        ADD("a-long-key", test_a_long_key);
        ADD("long-names", test_long_names);
        ADD("large-calls-on-a-small-stack", test_large_calls_on_a_small_stack);
        ADD("own-log-offs-are-counted", test_own_log_offs_are_counted);
        ADD("who-calls-is-asked-once", test_who_calls_is_asked_once);
#ifndef __SANITIZE_ADDRESS__
        ADD("what-waits-is-bounded", test_what_waits_is_bounded);
#else
        (void) test_what_waits_is_bounded;
#endif

        return g_test_run();
}
