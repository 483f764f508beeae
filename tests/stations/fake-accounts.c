/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-accounts.h"

#include <string.h>

#define NAME "org.freedesktop.Accounts"
#define PATH "/org/freedesktop/Accounts"
#define IFACE_USER "org.freedesktop.Accounts.User"

static const char xml[] = "<node>" INTERFACE(NAME, METHOD("FindUserById", IN("x") OUT("o")))
                INTERFACE(IFACE_USER, PROPERTY("RealName", "s") PROPERTY("IconFile", "s")) "</node>";

static char *path_of(guint32 uid) {
        return g_strdup_printf(PATH "/User%u", uid);
}

static void on_call(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation) {
        FakeAccounts *accounts = owner;
        g_autofree char *path = NULL;
        gint64 uid;

        g_variant_get(call->arguments, "(x)", &uid);
        path = path_of((guint32) uid);
        if (g_hash_table_contains(accounts->names, GUINT_TO_POINTER((guint32) uid)))
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", path));
        else
                g_dbus_method_invocation_return_dbus_error(
                                invocation, "org.freedesktop.Accounts.Error.Failed", "No such user");
}

static GVariant *on_get(gpointer owner, const char *path, const char *interface, const char *property) {
        FakeAccounts *accounts = owner;
        guint32 uid = (guint32) g_ascii_strtoull(path + strlen(PATH "/User"), NULL, 10);

        if (!g_str_equal(property, "RealName"))
                return g_variant_new_string("");

        return g_variant_new_string(g_hash_table_lookup(accounts->names, GUINT_TO_POINTER(uid)));
}

void fake_accounts_name(FakeAccounts *accounts, guint32 uid, const char *name) {
        g_autofree char *path = path_of(uid);
        gboolean known = g_hash_table_contains(accounts->names, GUINT_TO_POINTER(uid));

        g_hash_table_insert(accounts->names, GUINT_TO_POINTER(uid), g_strdup(name));
        if (known)
                fake_emit_changed(&accounts->fake, path, IFACE_USER,
                                (const char *const[]) { "RealName", NULL });
        else
                fake_add_object(&accounts->fake, path, IFACE_USER);
}

FakeAccounts *fake_accounts_new(Bus *bus) {
        FakeAccounts *accounts = g_new0(FakeAccounts, 1);

        accounts->names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        fake_init(&accounts->fake, bus, NAME, 0, xml, on_call, on_get, accounts);
        fake_add_object(&accounts->fake, PATH, NAME);
        return accounts;
}

void fake_accounts_free(FakeAccounts *accounts) {
        fake_done(&accounts->fake);
        g_hash_table_unref(accounts->names);
        g_free(accounts);
}
