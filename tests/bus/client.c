/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"

#include <string.h>

#include "common/names.h"

static gboolean wake(gpointer data) {
        *(gboolean *) data = TRUE;
        return G_SOURCE_REMOVE;
}

static int wait_seconds(void) {
        const char *value = g_getenv("USHER_TEST_WAIT_SECONDS");

        return value ? (int) g_ascii_strtoll(value, NULL, 10) : WAIT_SECONDS;
}

gint64 wait_begin(void) {
        return g_get_monotonic_time() + wait_seconds() * G_USEC_PER_SEC;
}

/* Waits for one event, at most until the end, in ms rounded up. */
static gboolean step(gint64 end) {
        gint64 left = end - g_get_monotonic_time();
        gboolean expired = FALSE;
        guint source;

        if (left <= 0)
                return FALSE;

        source = g_timeout_add((guint) (left / 1000 + 1), wake, &expired);
        g_main_context_iteration(NULL, TRUE);
        if (!expired)
                g_source_remove(source);

        return TRUE;
}

void wait_step(gint64 end, const char *where, const char *what) {
        if (!step(end))
                g_error("%s: timed out after %d s: %s", where, wait_seconds(), what);
}

void wait_until_time(gint64 time) {
        while (step(time))
                ;
}

void call_free(Call *call) {
        if (!call->done) {
                g_cancellable_cancel(call->cancellable);
                WAIT_FOR(call->done);
        }

        g_clear_pointer(&call->reply, g_variant_unref);
        g_free(call->error);
        g_free(call->text);
        g_object_unref(call->cancellable);
        g_free(call);
}

static void call_answered(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(GError) error = NULL;
        Call *call = data;

        call->reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        if (error) {
                call->error = g_dbus_error_get_remote_error(error);
                if (!call->error)
                        call->error = g_strdup_printf("local: %s", error->message);
                (void) g_dbus_error_strip_remote_error(error);
                call->text = g_strdup(error->message);
        }

        call->answered = g_get_monotonic_time();
        call->done = TRUE;
}

Call *call_send(GDBusConnection *connection,
                const char *destination,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                gboolean interactive) {

        Call *call = g_new0(Call, 1);

        call->cancellable = g_cancellable_new();
        call->sent = g_get_monotonic_time();
        g_dbus_connection_call(connection, destination, path, interface, member, arguments, NULL,
                        interactive ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION :
                                      G_DBUS_CALL_FLAGS_NO_AUTO_START,
                        G_MAXINT, call->cancellable, call_answered, call);

        return call;
}

void call_wait(Call *call) {
        WAIT_FOR(call->done);
}

Call *usher_send(GDBusConnection *connection, const char *path, const char *member, GVariant *arguments) {
        g_auto(GStrv) parts = g_strsplit(member, ".", 2);
        g_autofree char *interface = g_strdup_printf("org.usher1.%s", parts[0]);

        return call_send(connection, USHER_BUS_NAME, path, interface, parts[1], arguments, FALSE);
}

GVariant *usher_call(
                GDBusConnection *connection, const char *path, const char *member, GVariant *arguments) {
        g_autoptr(Call) call = usher_send(connection, path, member, arguments);

        call_wait(call);
        if (call->error)
                g_error("%s of %s was refused: %s: %s", member, path, call->error, call->text);

        return g_steal_pointer(&call->reply);
}

char *usher_error(GDBusConnection *connection, const char *path, const char *member, GVariant *arguments) {
        g_autoptr(Call) call = usher_send(connection, path, member, arguments);

        call_wait(call);
        return call->error ? g_steal_pointer(&call->error) : g_strdup("");
}

void assert_refused_at(const char *where,
                GDBusConnection *connection,
                const char *path,
                const char *member,
                GVariant *arguments,
                const char *name) {

        g_autofree char *said = arguments ? g_variant_print(arguments, FALSE) : g_strdup("");
        g_autoptr(Call) call = usher_send(connection, path, member, arguments);

        call_wait(call);
        if (g_strcmp0(call->error, name) != 0)
                g_error("%s: %s%.200s of %s: expected %s, got %s (%s)", where, member, said, path, name,
                                call->error ? call->error : "success", call->text ? call->text : "");

        g_assert_nonnull(call->text);
        g_assert_cmpstr(call->text, !=, "");
        for (const char *p = call->text; *p; p++)
                g_assert_false(g_ascii_iscntrl(*p));
}

static const char *interface_of(const char *path) {
        if (g_str_has_prefix(path, USHER_PATH_STATION "/"))
                return USHER_IFACE_STATION;
        if (g_str_has_prefix(path, USHER_PATH_HUB "/"))
                return USHER_IFACE_HUB;
        if (g_str_has_prefix(path, USHER_PATH_JOB "/"))
                return USHER_IFACE_JOB;

        return USHER_IFACE_MANAGER;
}

GVariant *usher_get(GDBusConnection *connection, const char *path, const char *property) {
        g_autoptr(GVariant) box = NULL;
        g_autoptr(Call) call = call_send(connection, USHER_BUS_NAME, path, DBUS_IFACE_PROPERTIES, "Get",
                        g_variant_new("(ss)", interface_of(path), property), FALSE);

        call_wait(call);
        if (!call->reply) {
                g_assert_true(g_str_has_prefix(call->error, "org.usher1.Error.NoSuch"));
                return NULL;
        }

        g_variant_get(call->reply, "(v)", &box);
        return g_steal_pointer(&box);
}

char *usher_get_string(GDBusConnection *connection, const char *path, const char *property) {
        g_autoptr(GVariant) value = usher_get(connection, path, property);

        return value ? g_variant_dup_string(value, NULL) : NULL;
}

guint64 usher_get_uint64(GDBusConnection *connection, const char *path, const char *property) {
        g_autoptr(GVariant) value = usher_get(connection, path, property);

        g_assert_nonnull(value);
        return g_variant_get_uint64(value);
}

guint32 usher_get_uint32(GDBusConnection *connection, const char *path, const char *property) {
        g_autoptr(GVariant) value = usher_get(connection, path, property);

        g_assert_nonnull(value);
        return g_variant_get_uint32(value);
}

char *usher_get_text(GDBusConnection *connection, const char *path, const char *property) {
        g_autoptr(GVariant) value = usher_get(connection, path, property);

        return value ? g_variant_print(value, FALSE) : NULL;
}

void settle(GDBusConnection *connection) {
        g_autoptr(Call) call =
                        call_send(connection, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "GetId", NULL, FALSE);

        call_wait(call);
        while (g_main_context_iteration(NULL, FALSE))
                ;
}
