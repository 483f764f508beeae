/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A notification server that can misbehave: box-notifier MODE FILE. It writes each request to FILE as an
 * escaped line ("new", "replaces" and "close", and "strange" for an id that it never gave; then "body", and
 * "hints" with the urgency and the time after which it expires), and replies according to its mode:
 *
 *     good      at once
 *     plain     at once, without support for markup and actions
 *     late      after four seconds
 *     hang      never
 *     lie       with an id where there is none, and of the wrong type
 *     die       exits in the middle of the call
 *     leave     releases its name instead
 *     ask       at once, and its user presses the button "ask" when it is offered for the first time
 *     desktop   at once, and is a session manager too, which agrees to log out and never does
 *
 * A line "at USEC" after each request has its time on CLOCK_MONOTONIC in microseconds. */

#include <gio/gio.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define LATE_MSEC 4000

static const char *mode;
static FILE *file;
static GMainLoop *loop;
static guint owner, last_id;

static const char xml[] =
                "<node><interface name='org.freedesktop.Notifications'>"
                "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
                "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
                "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
                "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/><arg type='i' "
                "direction='in'/>"
                "<arg type='u' direction='out'/></method>"
                "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
                "</interface>"
                "<interface name='org.gnome.SessionManager'>"
                "<method name='Logout'><arg type='u' direction='in'/></method>"
                "</interface></node>";

static gboolean is_mode(const char *m) {
        return g_str_equal(mode, m);
}

static void note(const char *what, const char *text) {
        g_autofree char *line = g_strescape(text, NULL);

        fprintf(file, "%s %s\n", what, line);
        fflush(file);
}

static gboolean on_late(gpointer userdata) {
        g_dbus_method_invocation_return_value(userdata, g_variant_new("(u)", ++last_id));
        return G_SOURCE_REMOVE;
}

/* GDBus refuses a reply whose type differs from the interface, so this message is built by hand. */
static void reply_nonsense(GDBusMethodInvocation *call) {
        GDBusMessage *reply = g_dbus_message_new_method_reply(g_dbus_method_invocation_get_message(call));

        g_dbus_message_set_body(reply,
                        g_variant_new("(s)",
                                        "\xe2\x80\xae"
                                        "42"));
        (void) g_dbus_connection_send_message(g_dbus_method_invocation_get_connection(call), reply,
                        G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
        g_object_unref(reply);
        g_object_unref(call);
}

static void answer(GDBusMethodInvocation *call, guint id) {
        if (is_mode("late"))
                g_timeout_add(LATE_MSEC, on_late, call);
        else if (is_mode("lie") && last_id++ % 2 == 0)
                g_dbus_method_invocation_return_value(call, g_variant_new("(u)", 0));
        else if (is_mode("lie"))
                reply_nonsense(call);
        else if (is_mode("die"))
                _exit(1);
        else if (is_mode("leave"))
                g_bus_unown_name(owner);
        else if (!is_mode("hang"))
                g_dbus_method_invocation_return_value(call, g_variant_new("(u)", id > 0 ? id : ++last_id));
}

/* The user wants more time, once. */
static void press_ask(GDBusConnection *bus, guint id, const char *const *actions) {
        static bool pressed;

        if (pressed || !is_mode("ask") || !g_strv_contains(actions, "ask"))
                return;

        pressed = true;
        (void) g_dbus_connection_emit_signal(bus, NULL, "/org/freedesktop/Notifications",
                        "org.freedesktop.Notifications", "ActionInvoked", g_variant_new("(us)", id, "ask"),
                        NULL);
}

static void note_time(void) {
        fprintf(file, "at %" G_GINT64_FORMAT "\n", g_get_monotonic_time());
        fflush(file);
}

static void on_call(GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *parameters,
                GDBusMethodInvocation *call,
                gpointer userdata) {

        static const char *const all[] = { "actions", "body", "body-markup", NULL },
                                 *const plain[] = { "body", NULL };
        g_autofree const char **actions = NULL;
        const char *summary, *body;
        gint32 expires;
        guint id;

        if (g_str_equal(method, "GetCapabilities")) {
                g_dbus_method_invocation_return_value(
                                call, g_variant_new("(^as)", is_mode("plain") ? plain : all));
        } else if (g_str_equal(method, "Notify")) {
                g_autoptr(GVariant) hints = NULL;
                g_autofree char *text = NULL;
                guchar urgency = 255;

                g_variant_get(parameters, "(&su&s&s&s^a&s@a{sv}i)", NULL, &id, NULL, &summary, &body,
                                &actions, &hints, &expires);
                (void) g_variant_lookup(hints, "urgency", "y", &urgency);
                text = g_strdup_printf("%u %i", urgency, expires);
                note(id == 0 ? "new" : id <= last_id ? "replaces" : "strange", summary);
                note("body", body);
                note("hints", text);
                note_time();
                answer(call, id);
                press_ask(bus, id > 0 ? id : last_id, actions);
        } else if (g_str_equal(method, "Logout"))
                g_dbus_method_invocation_return_value(call, NULL);
        else {
                g_variant_get(parameters, "(u)", &id);
                note(id > 0 && id <= last_id ? "close" : "strange", "");
                note_time();
                g_dbus_method_invocation_return_value(call, NULL);
        }
}

static void on_bus(GDBusConnection *bus, const char *name, gpointer userdata) {
        static const GDBusInterfaceVTable table = { .method_call = on_call };
        GDBusNodeInfo *node = userdata;

        (void) g_dbus_connection_register_object(bus, "/org/freedesktop/Notifications", node->interfaces[0],
                        &table, NULL, NULL, NULL);
        (void) g_dbus_connection_register_object(
                        bus, "/org/gnome/SessionManager", node->interfaces[1], &table, NULL, NULL, NULL);
}

static void on_name(GDBusConnection *bus, const char *name, gpointer userdata) {
        fputs("up\n", file);
        fflush(file);
}

int main(int argc, char *argv[]) {
        GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(xml, NULL);

        if (argc != 3)
                return EXIT_FAILURE;

        mode = argv[1];
        file = fopen(argv[2], "we");
        if (!file)
                return EXIT_FAILURE;

        loop = g_main_loop_new(NULL, FALSE);
        owner = g_bus_own_name(G_BUS_TYPE_SESSION, "org.freedesktop.Notifications",
                        G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, on_name, NULL, node, NULL);
        if (is_mode("desktop"))
                g_bus_own_name(G_BUS_TYPE_SESSION, "org.gnome.SessionManager", G_BUS_NAME_OWNER_FLAGS_NONE,
                                NULL, NULL, NULL, NULL, NULL);
        g_main_loop_run(loop);
        return EXIT_SUCCESS;
}
