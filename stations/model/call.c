/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/call.h"

#include <string.h>

#include "common/names.h"

UsherFault usher_fault_from_error(const GError *error) {
        static const struct {
                const char *name;
                UsherFault fault;
        } table[] = {
                { "org.freedesktop.DBus.Error.AccessDenied", USHER_FAULT_DENIED },
                { "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", USHER_FAULT_DISMISSED },
                { "org.freedesktop.DBus.Error.ServiceUnknown", USHER_FAULT_GONE },
                { "org.freedesktop.DBus.Error.NameHasNoOwner", USHER_FAULT_GONE },
                { "org.freedesktop.DBus.Error.NoReply", USHER_FAULT_GONE },
                { USHER_ERROR_NO_SUCH_JOB, USHER_FAULT_LATE },
                { USHER_ERROR_NOT_CANCELLABLE, USHER_FAULT_LATE },
        };
        g_autofree char *name = NULL;

        if (!error)
                return USHER_FAULT_NONE;
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED))
                return USHER_FAULT_GONE;

        name = g_dbus_error_get_remote_error(error);
        for (gsize i = 0; name && i < G_N_ELEMENTS(table); i++)
                if (g_str_equal(name, table[i].name))
                        return table[i].fault;

        return USHER_FAULT_OTHER;
}

char *usher_fault_text(const GError *error) {
        g_autoptr(GError) copy = g_error_copy(error);

        g_dbus_error_strip_remote_error(copy);
        return g_strdup(copy->message);
}

static void on_reply(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(GTask) task = data;
        GError *error = NULL;
        GVariant *reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        if (reply)
                g_task_return_pointer(task, reply, (GDestroyNotify) g_variant_unref);
        else
                g_task_return_error(task, error);
}

static void call(UsherRoom *room,
                const char *path,
                const char *member,
                GVariant *arguments,
                GDBusCallFlags flags,
                GAsyncReadyCallback callback,
                gpointer data) {

        g_autofree char *name = g_strconcat(USHER_BUS_NAME ".", member, NULL);
        char *method = strrchr(name, '.');

        *method++ = 0;
        g_dbus_connection_call(usher_room_get_connection(room), USHER_BUS_NAME, path, name, method,
                        arguments, NULL, flags | G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, NULL, on_reply,
                        g_task_new(room, NULL, callback, data));
}

void usher_call_async(UsherRoom *room,
                const char *path,
                const char *member,
                GVariant *arguments,
                GAsyncReadyCallback callback,
                gpointer data) {
        call(room, path, member, arguments, G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, callback,
                        data);
}

void usher_call_quietly_async(UsherRoom *room,
                const char *path,
                const char *member,
                GVariant *arguments,
                GAsyncReadyCallback callback,
                gpointer data) {
        call(room, path, member, arguments, G_DBUS_CALL_FLAGS_NONE, callback, data);
}

GVariant *usher_call_finish(UsherRoom *room, GAsyncResult *result, const char *type, GError **error) {
        g_autoptr(GVariant) reply = g_task_propagate_pointer(G_TASK(result), error);

        if (reply && type && !g_variant_is_of_type(reply, G_VARIANT_TYPE(type))) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Unexpected reply of the type %s.",
                                g_variant_get_type_string(reply));
                return NULL;
        }

        return g_steal_pointer(&reply);
}
