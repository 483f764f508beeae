/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "accessible.h"

#include "common/names.h"
#include "tests/bus/bus.h"
#include "tests/bus/client.h"

#define REGISTRY "org.a11y.atspi.Registry"
#define ROOT "/org/a11y/atspi/accessible/root"
#define IFACE "org.a11y.atspi.Accessible"

/* Deeper is a circle. */
#define DEPTH_MAX 60U

/* Of the 64 bits of states. */
#define STATE_SHOWING 25U

static void accessible_free(gpointer p) {
        Accessible *accessible = p;

        g_free(accessible->bus);
        g_free(accessible->path);
        g_free(accessible->role);
        g_free(accessible->name);
        g_free(accessible);
}

GDBusConnection *accessible_connect(const char *session_address, uid_t uid) {
        g_autoptr(GDBusConnection) session = bus_connect_to(session_address, uid);
        g_autoptr(Call) start = NULL, call = NULL;
        const char *address;

        start = call_send(session, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "StartServiceByName",
                        ARGS("('org.a11y.Bus', uint32 0)"), FALSE);
        call_wait(start);
        g_assert_cmpstr(start->text, ==, NULL);
        call = call_send(
                        session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", NULL, FALSE);
        call_wait(call);
        g_assert_cmpstr(call->text, ==, NULL);
        g_variant_get(call->reply, "(&s)", &address);
        return bus_connect_to(address, uid);
}

/* NULL: the object has gone meanwhile. */
static GVariant *ask(GDBusConnection *connection, const char *bus, const char *path, const char *member) {
        g_autoptr(Call) call = call_send(connection, bus, path, IFACE, member, NULL, FALSE);

        call_wait(call);
        return call->reply ? g_variant_ref(call->reply) : NULL;
}

static char *get_name(GDBusConnection *connection, const char *bus, const char *path) {
        g_autoptr(Call) call = call_send(connection, bus, path, "org.freedesktop.DBus.Properties", "Get",
                        ARGS("(%s, 'Name')", IFACE), FALSE);
        g_autoptr(GVariant) value = NULL;

        call_wait(call);
        if (!call->reply)
                return g_strdup("");

        g_variant_get(call->reply, "(v)", &value);
        return g_variant_dup_string(value, NULL);
}

static gboolean is_showing(GDBusConnection *connection, const char *bus, const char *path) {
        g_autoptr(GVariant) reply = ask(connection, bus, path, "GetState"), states = NULL;
        guint32 first = 0;

        if (!reply)
                return FALSE;

        states = g_variant_get_child_value(reply, 0);
        if (g_variant_n_children(states) > 0)
                g_variant_get_child(states, 0, "u", &first);
        return first >> STATE_SHOWING & 1;
}

static void walk(GDBusConnection *connection,
                const char *bus,
                const char *path,
                guint depth,
                GPtrArray *list) {
        g_autoptr(GVariant) reply = ask(connection, bus, path, "GetChildren");
        g_autoptr(GVariantIter) iter = NULL;
        const char *child_bus, *child_path;

        g_assert_cmpuint(depth, <, DEPTH_MAX);
        if (!reply)
                return;

        g_variant_get(reply, "(a(so))", &iter);
        while (g_variant_iter_next(iter, "(&s&o)", &child_bus, &child_path)) {
                g_autoptr(GVariant) role = ask(connection, child_bus, child_path, "GetRoleName");
                Accessible *accessible;

                /* An application is never showing. */
                if (!role || (depth > 0 && !is_showing(connection, child_bus, child_path)))
                        continue;
                accessible = g_new0(Accessible, 1);
                accessible->bus = g_strdup(child_bus);
                accessible->path = g_strdup(child_path);
                g_variant_get(role, "(s)", &accessible->role);
                accessible->name = get_name(connection, child_bus, child_path);
                g_ptr_array_add(list, accessible);
                walk(connection, child_bus, child_path, depth + 1, list);
        }
}

GPtrArray *accessible_list(GDBusConnection *connection) {
        GPtrArray *list = g_ptr_array_new_with_free_func(accessible_free);

        walk(connection, REGISTRY, ROOT, 0, list);
        return list;
}

const Accessible *accessible_find(GPtrArray *list, const char *role, const char *name) {
        for (guint i = 0; i < list->len; i++) {
                const Accessible *accessible = list->pdata[i];

                if (g_str_equal(accessible->role, role) && g_str_equal(accessible->name, name))
                        return accessible;
        }

        return NULL;
}

void accessible_press(GDBusConnection *connection, const Accessible *accessible) {
        g_autoptr(Call) call = call_send(connection, accessible->bus, accessible->path,
                        "org.a11y.atspi.Action", "DoAction", ARGS("(0,)"), FALSE);

        call_wait(call);
        g_assert_cmpstr(call->text, ==, NULL);
}
