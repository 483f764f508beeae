/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/rights.h"

#include "common/names.h"

struct _UsherRights {
        GObject parent_instance;
        GDBusConnection *connection;
        guint subscription;
        guint round;               /* of questions: polkit wants an id of its own for each */
        GCancellable *cancellable; /* of the questions that are open */
        gboolean refused[USHER_N_RIGHTS];
        gboolean known[USHER_N_RIGHTS];
};

G_DEFINE_FINAL_TYPE(UsherRights, usher_rights, G_TYPE_OBJECT)

static guint changed_signal;

static const char *const actions[USHER_N_RIGHTS] = {
        [USHER_RIGHT_LOG_OFF] = USHER_ACTION_LOG_OFF,
        [USHER_RIGHT_LOG_OFF_ALL] = USHER_ACTION_LOG_OFF_ALL,
        [USHER_RIGHT_SKIP_WARNING] = USHER_ACTION_SKIP_WARNING,
        [USHER_RIGHT_SEND_MESSAGE] = USHER_ACTION_SEND_MESSAGE,
        [USHER_RIGHT_MANAGE_STATIONS] = USHER_ACTION_MANAGE_STATIONS,
        [USHER_RIGHT_SET_MODE] = USHER_ACTION_SET_MODE,
        [USHER_RIGHT_RESTART] = USHER_ACTION_RESTART,
        [USHER_RIGHT_POWER_OFF] = USHER_ACTION_POWER_OFF,
};

typedef struct Question {
        UsherRights *rights;
        UsherRight right;
} Question;

static void on_answer(GObject *source, GAsyncResult *result, gpointer data) {
        g_autofree Question *question = data;
        g_autoptr(UsherRights) rights = question->rights;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        gboolean authorized = FALSE, challenge = FALSE, refused;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;

        /* Without polkit usherd's answer counts alone. */
        if (reply)
                g_variant_get(reply, "((bba{ss}))", &authorized, &challenge, NULL);
        refused = reply && !authorized && !challenge;
        if (rights->known[question->right] && rights->refused[question->right] == refused)
                return;

        rights->known[question->right] = TRUE;
        rights->refused[question->right] = refused;
        g_signal_emit(rights, changed_signal, 0);
}

static void ask(UsherRights *rights) {
        const char *self = g_dbus_connection_get_unique_name(rights->connection);

        g_cancellable_cancel(rights->cancellable);
        g_clear_object(&rights->cancellable);
        rights->cancellable = g_cancellable_new();
        rights->round++;

        for (guint i = 0; i < USHER_N_RIGHTS; i++) {
                Question *question = g_new(Question, 1);
                g_autofree char *cancellation = g_strdup_printf("usher-stations-%u-%u", rights->round, i);
                GVariant *subject = g_variant_new_parsed("('system-bus-name', {'name': <%s>})", self);

                *question = (Question) { .rights = g_object_ref(rights), .right = i };
                g_dbus_connection_call(rights->connection, POLKIT_BUS_NAME, POLKIT_PATH,
                                POLKIT_IFACE_AUTHORITY, "CheckAuthorization",
                                g_variant_new("(@(sa{sv})s@a{ss}us)", subject, actions[i],
                                                g_variant_new_array(G_VARIANT_TYPE("{ss}"), NULL, 0), 0,
                                                cancellation),
                                G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, -1,
                                rights->cancellable, on_answer, question);
        }
}

static void on_polkit_changed(GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                gpointer data) {
        ask(data);
}

UsherRights *usher_rights_new(GDBusConnection *connection) {
        UsherRights *rights = g_object_new(USHER_TYPE_RIGHTS, NULL);

        rights->connection = g_object_ref(connection);
        rights->subscription = g_dbus_connection_signal_subscribe(connection, POLKIT_BUS_NAME,
                        POLKIT_IFACE_AUTHORITY, "Changed", POLKIT_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                        on_polkit_changed, rights, NULL);
        ask(rights);
        return rights;
}

gboolean usher_rights_may(UsherRights *rights, UsherRight right) {
        return !rights->refused[right];
}

gboolean usher_rights_are_known(UsherRights *rights) {
        for (guint i = 0; i < USHER_N_RIGHTS; i++)
                if (!rights->known[i])
                        return FALSE;

        return TRUE;
}

static void usher_rights_dispose(GObject *object) {
        UsherRights *rights = USHER_RIGHTS(object);

        g_cancellable_cancel(rights->cancellable);
        g_clear_object(&rights->cancellable);
        if (rights->subscription)
                g_dbus_connection_signal_unsubscribe(rights->connection, rights->subscription);
        rights->subscription = 0;
        g_clear_object(&rights->connection);
        G_OBJECT_CLASS(usher_rights_parent_class)->dispose(object);
}

static void usher_rights_class_init(UsherRightsClass *class) {
        G_OBJECT_CLASS(class)->dispose = usher_rights_dispose;
        changed_signal = g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                        NULL, G_TYPE_NONE, 0);
}

static void usher_rights_init(UsherRights *rights) {
}
