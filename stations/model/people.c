/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/people.h"

#include <string.h>

#define ACCOUNTS_BUS_NAME "org.freedesktop.Accounts"
#define ACCOUNTS_PATH "/org/freedesktop/Accounts"
#define ACCOUNTS_IFACE_USER "org.freedesktop.Accounts.User"

/* Pictures from elsewhere, such as ~/.face, are files of the person: a pipe would hang the reader, and the
 * teacher's program would decode what a pupil made. */
#define PICTURES "/var/lib/AccountsService/icons/"

struct _UsherPerson {
        GObject parent_instance;
        char *account, *name, *picture;
        GDBusProxy *proxy;
};

G_DEFINE_FINAL_TYPE(UsherPerson, usher_person, G_TYPE_OBJECT)

struct UsherPeople {
        GDBusConnection *connection;
        GHashTable *people; /* UID → UsherPerson */
        GCancellable *cancellable;
};

static guint changed_signal;

static char *get_string(GDBusProxy *proxy, const char *property) {
        g_autoptr(GVariant) value = g_dbus_proxy_get_cached_property(proxy, property);

        return value && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING) ?
                        g_variant_dup_string(value, NULL) :
                        NULL;
}

static gboolean is_safe_picture(const char *file) {
        return file && g_str_has_prefix(file, PICTURES) && !strchr(file + strlen(PICTURES), '/');
}

static void on_properties(UsherPerson *person) {
        g_autofree char *name = get_string(person->proxy, "RealName");
        g_autofree char *picture = get_string(person->proxy, "IconFile");

        g_free(person->name);
        person->name = name && name[0] ? g_steal_pointer(&name) : g_strdup(person->account);
        g_free(person->picture);
        person->picture = is_safe_picture(picture) ? g_steal_pointer(&picture) : NULL;
        g_signal_emit(person, changed_signal, 0);
}

static void on_proxy(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(UsherPerson) person = data;
        GDBusProxy *proxy = g_dbus_proxy_new_finish(result, NULL);

        if (!proxy)
                return;

        person->proxy = proxy;
        g_signal_connect_object(
                        proxy, "g-properties-changed", G_CALLBACK(on_properties), person, G_CONNECT_SWAPPED);
        on_properties(person);
}

static void on_found(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(UsherPerson) person = data;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        const char *path;

        if (!reply)
                return;

        g_variant_get(reply, "(&o)", &path);
        g_dbus_proxy_new(G_DBUS_CONNECTION(source), G_DBUS_PROXY_FLAGS_NONE, NULL, ACCOUNTS_BUS_NAME, path,
                        ACCOUNTS_IFACE_USER, NULL, on_proxy, g_object_ref(person));
}

UsherPerson *usher_people_get(UsherPeople *people, guint32 uid, const char *account) {
        UsherPerson *person = g_hash_table_lookup(people->people, GUINT_TO_POINTER(uid));

        if (person)
                return person;

        person = g_object_new(USHER_TYPE_PERSON, NULL);
        person->account = g_strdup(account);
        person->name = g_strdup(account);
        g_hash_table_insert(people->people, GUINT_TO_POINTER(uid), person);
        g_dbus_connection_call(people->connection, ACCOUNTS_BUS_NAME, ACCOUNTS_PATH, ACCOUNTS_BUS_NAME,
                        "FindUserById", g_variant_new("(x)", (gint64) uid), G_VARIANT_TYPE("(o)"),
                        G_DBUS_CALL_FLAGS_NONE, -1, people->cancellable, on_found, g_object_ref(person));
        return person;
}

UsherPeople *usher_people_new(GDBusConnection *connection) {
        UsherPeople *people = g_new(UsherPeople, 1);

        *people = (UsherPeople) {
                .connection = g_object_ref(connection),
                .people = g_hash_table_new_full(NULL, NULL, NULL, g_object_unref),
                .cancellable = g_cancellable_new(),
        };
        return people;
}

void usher_people_free(UsherPeople *people) {
        g_cancellable_cancel(people->cancellable);
        g_object_unref(people->cancellable);
        g_hash_table_unref(people->people);
        g_object_unref(people->connection);
        g_free(people);
}

const char *usher_person_get_name(UsherPerson *person) {
        return person->name;
}

const char *usher_person_get_picture(UsherPerson *person) {
        return person->picture;
}

static void usher_person_finalize(GObject *object) {
        UsherPerson *person = USHER_PERSON(object);

        g_free(person->account);
        g_free(person->name);
        g_free(person->picture);
        g_clear_object(&person->proxy);
        G_OBJECT_CLASS(usher_person_parent_class)->finalize(object);
}

static void usher_person_class_init(UsherPersonClass *class) {
        G_OBJECT_CLASS(class)->finalize = usher_person_finalize;
        changed_signal = g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                        NULL, G_TYPE_NONE, 0);
}

static void usher_person_init(UsherPerson *person) {
}
