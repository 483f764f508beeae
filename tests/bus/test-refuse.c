/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Invalid requests. After a refused request nothing has changed: no job, no call to logind or systemd, and
 * no memory leaked. */

#include "fixture.h"

#include <string.h>

#include "common/names.h"

#define INVALID_ARGS "org.freedesktop.DBus.Error.InvalidArgs"
#define NO_SUCH_STATION "org.usher1.Error.NoSuchStation"
#define NO_SUCH_SESSION "org.usher1.Error.NoSuchSession"
#define NO_SUCH_HUB "org.usher1.Error.NoSuchHub"
#define NO_SUCH_JOB "org.usher1.Error.NoSuchJob"
#define UNKNOWN_OBJECT "org.freedesktop.DBus.Error.UnknownObject"
#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"

/* Ids that are dangerous as a path, a command or a format string. */
static const char *const hostile_ids[] = {
        "",
        "/",
        "..",
        "../../etc/shadow",
        "/../",
        "seat0/..",
        "seat0/",
        "seat0 ",
        " seat0",
        "SEAT0",
        "seat0%00",
        "%s%s%s%n",
        "seat_2dleft",
        "-1",
        "seat0\n",
        "seat0;reboot",
        "$(reboot)",
        "'\"><script>",
        "\342\200\2560taes",
        "\x1b]0;seat0\x07",
};

static void one_session(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fixture_start(f);
}

static void refuse_options(Fixture *f, const char *options) {
        g_autofree char *of_station = g_strdup_printf("('seat0', %s)", options);
        g_autofree char *of_session = g_strdup_printf("('3', %s)", options);
        g_autofree char *of_all = g_strdup_printf("(%s,)", options);

        assert_refused(f->root, MANAGER, "Manager.LogOff", ARGS(of_station), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOffSession", ARGS(of_session), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOffAll", ARGS(of_all), INVALID_ARGS);
        assert_refused(f->root, SEAT0, "Station.LogOff", ARGS(of_all), INVALID_ARGS);
}

static void test_options(Fixture *f, gconstpointer data) {
        static const char *const options[] = {
                "{'grace': <'60'>}",
                "{'grace': <60>}",
                "{'grace': <uint64 60>}",
                "{'grace': <int32 -1>}",
                "{'grace': <uint32 3601>}",
                "{'grace': <uint32 2147483648>}",
                "{'grace': <uint32 4294967295>}",
                "{'grace': <<uint32 60>>}",
                "{'grace': <60.0>}",
                "{'message': <uint32 1>}",
                "{'message': <b'bytes'>}",
                "{'message': <['a', 'list']>}",
                "{'reason': <'because'>}",
                "{'reason': <''>}",
                "{'reason': <'Requested'>}",
                "{'include-caller': <'yes'>}",
                "{'include-caller': <uint32 1>}",
                "{'include-seatless': <1>}",
                "{'block-logins': <byte 1>}",
                "{'gracious': <uint32 60>}",
                "{'': <uint32 60>}",
                "{'GRACE': <uint32 60>}",
                "{'grace': <uint32 60>, 'message': <'good'>, 'unknown': <true>}",
                "{'unknown': <[<{'nested': <(1, 2, 3)>}>]>}",
                "{'%s%n\\n': <'%s%n'>}",
                /* An invalid option counts, whatever follows it. */
                "{'grace': <uint32 99999>, 'reason': <'requested'>}",
        };

        one_session(f);
        for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
                refuse_options(f, options[i]);

        assert_nothing_happened(f);
}

static void test_a_long_message(Fixture *f, gconstpointer data) {
        g_autofree char *just_too_long = g_strnfill(1025, 'x');
        g_autofree char *in_characters = g_strnfill(1023, 'x'), *huge = g_strnfill(2 * 1024 * 1024, 'x');
        g_autofree char *one = g_strdup_printf("{'message': <'%s'>}", just_too_long);
        g_autofree char *two = g_strdup_printf("{'message': <'%s\xc3\xa9'>}", in_characters);
        g_autofree char *three = g_strdup_printf("{'message': <'%s'>}", huge);
        g_autofree char *key = g_strdup_printf("{'%s': <true>}", huge);

        one_session(f);
        refuse_options(f, one);
        refuse_options(f, two);
        refuse_options(f, three);
        refuse_options(f, key);
        assert_nothing_happened(f);
}

static void test_unknown_names(Fixture *f, gconstpointer data) {
        g_autofree char *long_id = g_strnfill(300, 'a'), *huge_id = g_strnfill(6 * 1024, '/');
        g_autoptr(GPtrArray) ids = g_ptr_array_new();

        for (gsize i = 0; i < G_N_ELEMENTS(hostile_ids); i++)
                g_ptr_array_add(ids, (gpointer) hostile_ids[i]);
        g_ptr_array_add(ids, long_id);
        g_ptr_array_add(ids, huge_id);

        one_session(f);
        for (guint i = 0; i < ids->len; i++) {
                const char *id = ids->pdata[i];

                assert_refused(f->root, MANAGER, "Manager.LogOff", ARGS("(%s, @a{sv} {})", id),
                                NO_SUCH_STATION);
                assert_refused(f->root, MANAGER, "Manager.GetStation", ARGS("(%s,)", id), NO_SUCH_STATION);
                assert_refused(f->root, MANAGER, "Manager.LogOffSession", ARGS("(%s, @a{sv} {})", id),
                                NO_SUCH_SESSION);
                assert_refused(f->root, MANAGER, "Manager.GetStationBySession", ARGS("(%s,)", id),
                                NO_SUCH_SESSION);
                assert_refused(f->root, MANAGER, "Manager.GetStationByHub", ARGS("(%s,)", id), NO_SUCH_HUB);
        }

        assert_nothing_happened(f);
}

static char *call_error(Fixture *f,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments) {
        g_autoptr(Call) call = call_send(f->root, USHER_BUS_NAME, path, interface, member, arguments, FALSE);

        call_wait(call);
        return g_strdup(call->error);
}

#define assert_error(f, path, interface, member, arguments, expected)                        \
        G_STMT_START {                                                                       \
                g_autofree char *_error = call_error(f, path, interface, member, arguments); \
                g_assert_cmpstr(_error, ==, expected);                                       \
        }                                                                                    \
        G_STMT_END

/* Paths of objects that could exist or have existed: the error names the missing object. */
static void test_objects_that_are_gone(Fixture *f, gconstpointer data) {
        g_autofree char *tail = g_strnfill(60 * 1024, 'a'),
                        *long_path = g_strdup_printf("/org/usher1/station/%s", tail);
        const struct {
                const char *path, *member, *arguments, *property, *error;
        } objects[] = {
                { "/org/usher1/job/1", "Job.EndNow", NULL, "Phase", NO_SUCH_JOB },
                { "/org/usher1/job/0", "Job.Cancel", NULL, "Number", NO_SUCH_JOB },
                { "/org/usher1/job/4294967295", "Job.Extend", "(uint32 5,)", "Result", NO_SUCH_JOB },
                { "/org/usher1/station/seat1", "Station.LogOff", "(@a{sv} {},)", "Id", NO_SUCH_STATION },
                { "/org/usher1/station/_2e_2e_2fseat0", "Station.Lock", NULL, "State", NO_SUCH_STATION },
                { long_path, "Station.LogOff", "(@a{sv} {},)", "Hubs", NO_SUCH_STATION },
                { "/org/usher1/hub/_31_2d3", NULL, NULL, "Role", NO_SUCH_HUB },
        };

        one_session(f);
        for (gsize i = 0; i < G_N_ELEMENTS(objects); i++) {
                const char *path = objects[i].path, *error = objects[i].error;

                if (objects[i].member)
                        assert_refused(f->root, path, objects[i].member,
                                        objects[i].arguments ? ARGS(objects[i].arguments) : NULL, error);
                g_assert_null(usher_get(f->root, path, objects[i].property));
                assert_error(f, path, DBUS_IFACE_PROPERTIES, "GetAll", ARGS("('',)"), error);
                assert_error(f, path, INTROSPECTABLE, "Introspect", NULL, error);

                /* Whatever else is asked of them. */
                assert_error(f, path, DBUS_IFACE_PROPERTIES, "GetAll", ARGS("('org.example.Foreign',)"),
                                error);
                assert_error(f, path, DBUS_IFACE_PROPERTIES, "Get", ARGS("('org.example.Foreign', 'Id')"),
                                error);
                assert_error(f, path, DBUS_IFACE_PROPERTIES, "Set",
                                ARGS("('org.example.Foreign', 'Id', <'text'>)"), error);
                assert_error(f, path, DBUS_IFACE_PROPERTIES, "Get", ARGS("('org.usher1.Job', 'None')"),
                                error);
                assert_error(f, path, DBUS_IFACE_PROPERTIES, "None", NULL, error);
                assert_error(f, path, INTROSPECTABLE, "None", NULL, error);
                assert_error(f, path, USHER_IFACE_JOB, "None", NULL, error);
                assert_error(f, path, "org.example.Foreign", "Member", ARGS("(1, 'text')"), error);
        }

        /* The parent objects still work. */
        assert_error(f, "/org/usher1/job", INTROSPECTABLE, "Introspect", NULL, NULL);
        assert_error(f, "/org/usher1/hub", INTROSPECTABLE, "Introspect", NULL, NULL);
        assert_error(f, MANAGER, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, NULL);
        assert_nothing_happened(f);
}

/* Paths of no object. */
static void test_unknown_objects(Fixture *f, gconstpointer data) {
        static const char *const jobs[] = { "/org/usher1/job/01", "/org/usher1/job/4294967296",
                "/org/usher1/job/99999999999999999999999", "/org/usher1/job/_31", "/org/usher1/job/1/1" };
        static const char *const stations[] = { "/org/usher1/station/seat_2", "/org/usher1/station/_73eat0",
                "/org/usher1/station/seat0/seat0" };

        one_session(f);
        for (gsize i = 0; i < G_N_ELEMENTS(jobs); i++)
                assert_refused(f->root, jobs[i], "Job.EndNow", NULL, UNKNOWN_OBJECT);
        for (gsize i = 0; i < G_N_ELEMENTS(stations); i++)
                assert_refused(f->root, stations[i], "Station.LogOff", ARGS("(@a{sv} {},)"), UNKNOWN_OBJECT);
        assert_error(f, "/org/usher1/hub/1_2d3", DBUS_IFACE_PROPERTIES, "GetAll", ARGS("('',)"),
                        UNKNOWN_OBJECT);
        assert_nothing_happened(f);
}

static void test_wrong_arguments(Fixture *f, gconstpointer data) {
        one_session(f);
        assert_refused(f->root, MANAGER, "Manager.LogOff", NULL, INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOff", ARGS("('seat0',)"), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOff", ARGS("(uint32 0, @a{sv} {})"), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{ss} {})"), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {}, 'more')"),
                        INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.ListStations", ARGS("('more',)"), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.CancelAll", ARGS("(true,)"), INVALID_ARGS);
        assert_refused(f->root, MANAGER, "Manager.LogOffEverybody", NULL,
                        "org.freedesktop.DBus.Error.UnknownMethod");
        assert_nothing_happened(f);
}

static void test_no_property_can_be_set(Fixture *f, gconstpointer data) {
        static const char *const names[] = { "Version", "Stations", "Jobs", "GraceUSec", "LastOperation" };

        one_session(f);
        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autoptr(Call) call = call_send(f->root, USHER_BUS_NAME, MANAGER, DBUS_IFACE_PROPERTIES,
                                "Set", ARGS("('org.usher1.Manager', %s, <uint64 1>)", names[i]), FALSE);

                call_wait(call);
                g_assert_cmpstr(call->error, ==, "org.freedesktop.DBus.Error.PropertyReadOnly");
        }
        assert_nothing_happened(f);
}

/* Many connections, each with refused requests; afterwards usherd uses no more memory than before. */
static void test_refusals_leave_no_trace_in_memory(Fixture *f, gconstpointer data) {
        g_autofree char *huge = g_strnfill(256 * 1024, 'x'), *name = g_strnfill(6 * 1024, 'x');
        guint64 before = 0;

        one_session(f);

        for (int round = 0; round < 40; round++) {
                for (int i = 0; i < 5; i++) {
                        assert_refused(f->root, MANAGER, "Manager.LogOff",
                                        ARGS("('seat0', {'message': <%s>})", huge), INVALID_ARGS);
                        assert_refused(f->root, MANAGER, "Manager.LogOff", ARGS("(%s, @a{sv} {})", huge),
                                        INVALID_ARGS);
                        assert_refused(f->root, MANAGER, "Manager.GetStationByHub", ARGS("(%s,)", huge),
                                        INVALID_ARGS);
                        assert_refused(f->root, MANAGER, "Manager.GetStationByHub", ARGS("(%s,)", name),
                                        NO_SUCH_HUB);
                }

                /* After some rounds the allocator has enough memory. */
                if (round == 9)
                        before = fixture_memory(f, "VmRSS");
        }

        fixture_settle(f);
        g_test_message("VmRSS: %" G_GUINT64_FORMAT " kB, then %" G_GUINT64_FORMAT " kB", before,
                        fixture_memory(f, "VmRSS"));
        g_assert_cmpuint(fixture_memory(f, "VmRSS"), <, before + 1024);
        assert_nothing_happened(f);
}

/* A call with a string that is not UTF-8. Libraries refuse to send it. The bus disconnects the sender, and
 * the test shows that nothing reaches usherd. */
static void test_invalid_utf8_on_the_wire(Fixture *f, gconstpointer data) {
        g_autoptr(GSocketConnection) raw = NULL;
        g_autoptr(GDBusMessage) message = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree guchar *blob = NULL;
        char buffer[4096];
        guchar *mark;
        gssize n;
        gsize size;

        one_session(f);
        raw = bus_connect_raw(f->bus, 0);
        message = g_dbus_message_new_method_call(USHER_BUS_NAME, MANAGER, USHER_IFACE_MANAGER, "LogOff");
        g_dbus_message_set_body(message, ARGS("('seat0', {'grace': <uint32 0>, 'message': <'MARK'>})"));
        g_dbus_message_set_serial(message, 2);
        blob = g_dbus_message_to_blob(message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);
        g_assert_no_error(error);
        mark = memmem(blob, size, "MARK", 4);
        g_assert_nonnull(mark);
        memcpy(mark, "\xc3\x28\xff\xfe", 4);
        g_output_stream_write_all(
                        g_io_stream_get_output_stream(G_IO_STREAM(raw)), blob, size, NULL, NULL, &error);
        g_assert_no_error(error);

        /* The bus sends the reply to Hello and NameAcquired, and disconnects. */
        do
                n = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(raw)), buffer,
                                sizeof(buffer), NULL, NULL);
        while (n > 0);

        assert_nothing_happened(f);
}

/* For comparison: valid bytes sent the same way do arrive. */
static void test_valid_utf8_on_the_wire(Fixture *f, gconstpointer data) {
        g_autoptr(GSocketConnection) raw = NULL;
        g_autoptr(GDBusMessage) message = NULL;
        g_autofree char *job = NULL, *is = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree guchar *blob = NULL;
        gsize size;

        one_session(f);
        raw = bus_connect_raw(f->bus, 0);
        message = g_dbus_message_new_method_call(USHER_BUS_NAME, MANAGER, USHER_IFACE_MANAGER, "LogOff");
        g_dbus_message_set_body(
                        message, ARGS("('seat0', {'grace': <uint32 60>, 'message': <'\xf0\x9f\x94\x94'>})"));
        g_dbus_message_set_serial(message, 2);
        blob = g_dbus_message_to_blob(message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);
        g_assert_no_error(error);
        g_output_stream_write_all(
                        g_io_stream_get_output_stream(G_IO_STREAM(raw)), blob, size, NULL, NULL, &error);
        g_assert_no_error(error);

        WAIT_FOR(fixture_count_signals(f, MANAGER, "JobNew") == 1);
        job = fixture_only_job(f);
        is = usher_get_string(f->root, job, "Message");
        g_assert_cmpstr(is, ==, "\xf0\x9f\x94\x94");
}

/* Signals, replies and calls to nowhere, from a confused peer. */
static void test_stray_messages(Fixture *f, gconstpointer data) {
        g_autofree char *owner = NULL;
        g_autoptr(Call) call = NULL;

        one_session(f);
        call = call_send(f->root, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "GetNameOwner",
                        ARGS("(%s,)", USHER_BUS_NAME), FALSE);
        call_wait(call);
        g_variant_get(call->reply, "(s)", &owner);

        g_assert_true(g_dbus_connection_emit_signal(f->root, owner, LOGIND_PATH, LOGIND_IFACE_MANAGER,
                        "SessionNew", ARGS("(uint32 1,)"), NULL));
        g_assert_true(g_dbus_connection_emit_signal(
                        f->root, owner, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", NULL, NULL));
        g_assert_true(g_dbus_connection_emit_signal(
                        f->root, owner, "/", "a.b", "PropertiesChanged", ARGS("('a', 'b')"), NULL));
        for (int type = G_DBUS_MESSAGE_TYPE_METHOD_RETURN; type <= G_DBUS_MESSAGE_TYPE_ERROR; type++) {
                g_autoptr(GDBusMessage) stray = g_dbus_message_new();

                g_dbus_message_set_message_type(stray, type);
                g_dbus_message_set_destination(stray, owner);
                g_dbus_message_set_reply_serial(stray, 5);
                if (type == G_DBUS_MESSAGE_TYPE_ERROR)
                        g_dbus_message_set_error_name(stray, "a.b.C");
                g_assert_true(g_dbus_connection_send_message(
                                f->root, stray, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL));
        }

        assert_nothing_happened(f);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/refuse/" name, function)
        ADD("options", test_options);
        ADD("a-long-message", test_a_long_message);
        ADD("unknown-names", test_unknown_names);
        ADD("objects-that-are-gone", test_objects_that_are_gone);
        ADD("unknown-objects", test_unknown_objects);
        ADD("wrong-arguments", test_wrong_arguments);
        ADD("no-property-can-be-set", test_no_property_can_be_set);
#ifndef __SANITIZE_ADDRESS__
        /* A sanitizer keeps freed memory; ./check also runs this program without one. */
        ADD("refusals-leave-no-trace-in-memory", test_refusals_leave_no_trace_in_memory);
#else
        (void) test_refusals_leave_no_trace_in_memory;
#endif
        ADD("invalid-utf8-on-the-wire", test_invalid_utf8_on_the_wire);
        ADD("valid-utf8-on-the-wire", test_valid_utf8_on_the_wire);
        ADD("stray-messages", test_stray_messages);

        return g_test_run();
}
