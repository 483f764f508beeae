/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake.h"

#include <string.h>

#include "client.h"
#include "common/names.h"

typedef struct Object {
        char *path;
        char *interface;
        guint registration;
} Object;

static void object_free(gpointer p) {
        Object *o = p;

        g_free(o->path);
        g_free(o->interface);
        g_free(o);
}

static void fake_call_free(gpointer p) {
        FakeCall *call = p;

        g_free(call->sender);
        g_free(call->path);
        g_free(call->interface);
        g_free(call->member);
        g_variant_unref(call->arguments);
        g_free(call);
}

static void answer_get(Fake *fake, const FakeCall *call, GDBusMethodInvocation *invocation) {
        const char *interface, *name;
        GVariant *value;

        g_variant_get(call->arguments, "(&s&s)", &interface, &name);
        value = fake->get(fake->owner, call->path, interface, name);
        if (!value)
                g_dbus_method_invocation_return_dbus_error(
                                invocation, "org.freedesktop.DBus.Error.UnknownObject", "No such object");
        else
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(v)", value));
}

static void answer_get_all(Fake *fake, const FakeCall *call, GDBusMethodInvocation *invocation) {
        g_auto(GVariantBuilder) all = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sv}"));
        const GDBusInterfaceInfo *info;
        const char *interface;

        g_variant_get(call->arguments, "(&s)", &interface);
        info = g_dbus_node_info_lookup_interface(fake->interfaces, interface);
        for (guint i = 0; info->properties && info->properties[i]; i++) {
                GVariant *value = fake->get(fake->owner, call->path, interface, info->properties[i]->name);

                if (!value) {
                        g_dbus_method_invocation_return_dbus_error(invocation,
                                        "org.freedesktop.DBus.Error.UnknownObject", "No such object");
                        return;
                }

                g_variant_builder_add(&all, "{sv}", info->properties[i]->name, value);
        }

        g_dbus_method_invocation_return_value(invocation, g_variant_new("(a{sv})", &all));
}

static void answer(Fake *fake, const FakeCall *call, GDBusMethodInvocation *invocation) {
        if (g_strcmp0(call->interface, DBUS_IFACE_PROPERTIES) != 0)
                fake->method(fake->owner, call, invocation);
        else if (g_strcmp0(call->member, "Get") == 0)
                answer_get(fake, call, invocation);
        else if (g_strcmp0(call->member, "GetAll") == 0)
                answer_get_all(fake, call, invocation);
        else
                g_dbus_method_invocation_return_dbus_error(invocation,
                                "org.freedesktop.DBus.Error.PropertyReadOnly", "Not for writing");
}

/* The caller frees the text. */
static char *reply_signature(GDBusMethodInvocation *invocation, const FakeCall *call) {
        const GDBusMethodInfo *info = g_dbus_method_invocation_get_method_info(invocation);
        GString *types;

        if (g_strcmp0(call->interface, DBUS_IFACE_PROPERTIES) == 0)
                return g_strdup(g_str_equal(call->member, "Get") ? "(v)" : "(a{sv})");

        types = g_string_new("(");
        for (guint i = 0; info && info->out_args && info->out_args[i]; i++)
                g_string_append(types, info->out_args[i]->signature);
        g_string_append_c(types, ')');
        return g_string_free(types, FALSE);
}

static gboolean lie(Fake *fake, const FakeCall *call, GDBusMethodInvocation *invocation) {
        g_autofree char *signature = fake->lie ? reply_signature(invocation, call) : NULL;

        return fake->lie && fake->lie(fake->liar, call, invocation, signature);
}

static FakeCall *fake_call_of(GDBusMethodInvocation *invocation) {
        FakeCall *call = g_new0(FakeCall, 1);

        call->time = g_get_monotonic_time();
        call->sender = g_strdup(g_dbus_method_invocation_get_sender(invocation));
        call->path = g_strdup(g_dbus_method_invocation_get_object_path(invocation));
        call->interface = g_strdup(g_dbus_method_invocation_get_interface_name(invocation));
        call->member = g_strdup(g_dbus_method_invocation_get_method_name(invocation));
        call->arguments = g_variant_ref_sink(g_dbus_method_invocation_get_parameters(invocation));

        return call;
}

static void on_call(GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                GDBusMethodInvocation *invocation,
                gpointer data) {

        Fake *fake = data;
        FakeCall *call;

        /* It came before fake_stop(), and is too late now. */
        if (connection != fake->connection) {
                g_object_unref(invocation);
                return;
        }

        call = fake_call_of(invocation);
        g_ptr_array_add(fake->log, call);
        if (fake->hang)
                g_ptr_array_add(fake->deaf_to, invocation);
        else if (!lie(fake, call, invocation))
                answer(fake, call, invocation);
}

static const GDBusInterfaceVTable vtable = { .method_call = on_call };

static void export(Fake *fake, Object *object) {
        GDBusInterfaceInfo *info = g_dbus_node_info_lookup_interface(fake->interfaces, object->interface);
        g_autoptr(GError) error = NULL;

        g_assert_nonnull(info);
        object->registration = g_dbus_connection_register_object(
                        fake->connection, object->path, info, &vtable, fake, NULL, &error);
        g_assert_no_error(error);
}

void fake_add_object(Fake *fake, const char *path, const char *interface) {
        Object *object;

        for (guint i = 0; i < fake->objects->len; i++) {
                object = fake->objects->pdata[i];
                if (g_str_equal(object->path, path) && g_str_equal(object->interface, interface))
                        return;
        }

        object = g_new0(Object, 1);
        object->path = g_strdup(path);
        object->interface = g_strdup(interface);
        g_ptr_array_add(fake->objects, object);
        if (fake->connection)
                export(fake, object);
}

void fake_start(Fake *fake) {
        g_autoptr(Call) call = NULL;
        guint32 answer;

        g_assert_null(fake->connection);
        fake->connection = bus_connect(fake->bus, fake->uid);
        for (guint i = 0; i < fake->objects->len; i++)
                export(fake, fake->objects->pdata[i]);

        /* DBUS_NAME_FLAG_DO_NOT_QUEUE: fail rather than wait in the queue. */
        call = call_send(fake->connection, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "RequestName",
                        g_variant_new("(su)", fake->name, 4), FALSE);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        g_variant_get(call->reply, "(u)", &answer);
        g_assert_cmpuint(answer, ==, 1);
}

void fake_stop(Fake *fake) {
        if (!fake->connection)
                return;

        /* Calls that have arrived but are not dispatched yet must not reach the fake any more. */
        for (guint i = 0; i < fake->objects->len; i++) {
                Object *object = fake->objects->pdata[i];

                g_dbus_connection_unregister_object(fake->connection, object->registration);
        }

        bus_disconnect(fake->connection);
        fake->connection = NULL;
        for (guint i = 0; i < fake->deaf_to->len; i++)
                g_object_unref(fake->deaf_to->pdata[i]);
        g_ptr_array_set_size(fake->deaf_to, 0);
}

void fake_restart(Fake *fake) {
        fake_stop(fake);
        fake_start(fake);
}

void fake_release(Fake *fake) {
        fake->hang = FALSE;
        while (fake->deaf_to->len > 0) {
                GDBusMethodInvocation *invocation = g_ptr_array_remove_index(fake->deaf_to, 0);
                FakeCall *call = fake_call_of(invocation);

                answer(fake, call, invocation);
                fake_call_free(call);
        }
}

void fake_refuse_all(Fake *fake, const char *error) {
        fake->hang = FALSE;
        while (fake->deaf_to->len > 0)
                g_dbus_method_invocation_return_dbus_error(
                                g_ptr_array_remove_index(fake->deaf_to, 0), error, "Told to refuse");
}

void fake_emit(Fake *fake,
                const char *path,
                const char *interface,
                const char *signal,
                GVariant *arguments) {
        if (!fake->connection) {
                g_variant_unref(g_variant_ref_sink(arguments));
                return;
        }

        g_assert_true(g_dbus_connection_emit_signal(
                        fake->connection, NULL, path, interface, signal, arguments, NULL));
}

void fake_emit_changed(Fake *fake, const char *path, const char *interface, const char *const *properties) {
        g_auto(GVariantBuilder) changed = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sv}"));

        for (; *properties; properties++)
                g_variant_builder_add(&changed, "{sv}", *properties,
                                fake->get(fake->owner, path, interface, *properties));

        fake_emit(fake, path, DBUS_IFACE_PROPERTIES, "PropertiesChanged",
                        g_variant_new("(sa{sv}as)", interface, &changed, NULL));
}

guint fake_count(Fake *fake, const char *member) {
        guint n = 0;

        for (guint i = 0; i < fake->log->len; i++)
                n += g_str_equal(((FakeCall *) fake->log->pdata[i])->member, member);

        return n;
}

const FakeCall *fake_nth(Fake *fake, const char *member, guint nth) {
        for (guint i = 0; i < fake->log->len; i++) {
                FakeCall *call = fake->log->pdata[i];

                if (g_str_equal(call->member, member) && nth-- == 0)
                        return call;
        }

        g_error("%s was not called often enough on %s", member, fake->name);
}

/* Calls that only read, or that concern only the caller itself. */
static gboolean is_deed(const FakeCall *call) {
        static const char *const harmless[] = { "Get", "List", "Can", "Load", "Inhibit", "Subscribe",
                "CheckAuth" };

        for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++)
                if (g_str_has_prefix(call->member, harmless[i]))
                        return FALSE;

        return TRUE;
}

char *fake_deeds(Fake *fake) {
        GString *deeds = g_string_new(NULL);

        if (fake->connection)
                settle(fake->connection);

        for (guint i = 0; i < fake->log->len; i++) {
                const FakeCall *call = fake->log->pdata[i];
                g_autofree char *arguments = NULL;
                gsize n;

                if (!is_deed(call))
                        continue;

                /* A tuple of one is printed with a comma, which a call does not have. */
                arguments = g_variant_print(call->arguments, FALSE);
                n = strlen(arguments);
                if (g_str_has_suffix(arguments, ",)"))
                        strcpy(arguments + n - 2, ")");
                g_string_append_printf(deeds, "%s%s%s", deeds->len > 0 ? "; " : "", call->member, arguments);
        }

        return g_string_free(deeds, FALSE);
}

void fake_forget(Fake *fake) {
        g_ptr_array_set_size(fake->log, 0);
}

void fake_init(Fake *fake,
                Bus *bus,
                const char *name,
                uid_t uid,
                const char *xml,
                FakeMethod method,
                FakeGet get,
                gpointer owner) {

        g_autoptr(GError) error = NULL;

        *fake = (Fake) {
                .bus = bus,
                .name = name,
                .uid = uid,
                .method = method,
                .get = get,
                .owner = owner,
                .log = g_ptr_array_new_with_free_func(fake_call_free),
                .objects = g_ptr_array_new_with_free_func(object_free),
                .deaf_to = g_ptr_array_new(),
                .interfaces = g_dbus_node_info_new_for_xml(xml, &error),
        };
        g_assert_no_error(error);

        fake_start(fake);
}

void fake_done(Fake *fake) {
        fake_stop(fake);

        /* GDBus's thread has left calls and answers in the main context, and they refer to us. It leaves no
         * more, for the connection is closed. */
        while (g_main_context_iteration(NULL, FALSE))
                ;

        g_ptr_array_unref(fake->log);
        g_ptr_array_unref(fake->objects);
        g_ptr_array_unref(fake->deaf_to);
        g_dbus_node_info_unref(fake->interfaces);
}
