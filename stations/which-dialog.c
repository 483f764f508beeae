/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/which-dialog.h"

#include <glib/gi18n.h>

#include "common/names.h"
#include "stations/deeds.h"
#include "stations/words.h"

struct _UsherWhichDialog {
        AdwDialog parent_instance;

        UsherContext *context;
        GStrv stations; /* object paths, in the order of the ids */
        guint next;
        guint attached;
        guint subscription;
        gboolean ended; /* usherd has stopped listening */

        AdwStatusPage *status;
        GtkLabel *hint;
        GtkWidget *again, *skip, *done;
};

G_DEFINE_FINAL_TYPE(UsherWhichDialog, usher_which_dialog, ADW_TYPE_DIALOG)

/* The station whose turn it is; NULL after the last, or if it has just gone. */
static UsherStation *get_station(UsherWhichDialog *dialog) {
        const char *path = dialog->stations[dialog->next];

        return path ? usher_room_find_station(dialog->context->room, path) : NULL;
}

static void set_hint(UsherWhichDialog *dialog, const char *text) {
        gtk_label_set_text(dialog->hint, text);
        gtk_widget_set_visible(GTK_WIDGET(dialog->hint), text[0] != 0);
}

/* ---- the sign on the screen ---- */

static void on_identified(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(UsherWhichDialog) dialog = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call_finish(USHER_ROOM(source), result, NULL, &error);
        g_autofree char *text = reply ? NULL : usher_fault_text(error);

        /* A station without a way to show its name can still be attached. */
        if (text && dialog->stations && !dialog->ended)
                set_hint(dialog, text);
}

static void identify(UsherWhichDialog *dialog) {
        UsherStation *station = get_station(dialog);

        if (station)
                usher_call_async(dialog->context->room, usher_item_get_path(USHER_ITEM(station)),
                                "Station.Identify", NULL, on_identified, g_object_ref(dialog));
}

/* ---- one station after another ---- */

static void show_end(UsherWhichDialog *dialog, const char *title) {
        guint n = dialog->attached;
        g_autofree char *text = g_strdup_printf(
                        ngettext("%u hub has its station.", "%u hubs have their stations.", n), n);

        adw_status_page_set_title(dialog->status, title);
        adw_status_page_set_description(dialog->status, text);
        set_hint(dialog, "");
        gtk_widget_set_visible(dialog->again, FALSE);
        gtk_widget_set_visible(dialog->skip, FALSE);
        gtk_widget_set_visible(dialog->done, TRUE);
}

/* Passes over stations that have gone meanwhile: a station whose only hub is attached elsewhere does. */
static void show_station(UsherWhichDialog *dialog) {
        guint n = g_strv_length(dialog->stations);
        g_autofree char *text = NULL;
        UsherStation *station;

        while (!(station = get_station(dialog)) && dialog->next < n)
                dialog->next++;
        if (!station) {
                show_end(dialog, _("That Was the Last One"));
                return;
        }

        text = g_strdup_printf(_("Station %u of %u. Its name is on its screen now: press Enter on the "
                                 "keyboard in front of it."),
                        dialog->next + 1, n);
        adw_status_page_set_title(dialog->status, usher_station_get_name(station));
        adw_status_page_set_description(dialog->status, text);
        set_hint(dialog, "");
        identify(dialog);
}

static void on_attached(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(UsherWhichDialog) dialog = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call_finish(USHER_ROOM(source), result, NULL, &error);
        g_autofree char *text = reply ? NULL : usher_fault_text(error);

        if (!dialog->stations || dialog->ended)
                return;
        if (text) {
                set_hint(dialog, text);
                return;
        }

        dialog->attached++;
        dialog->next++;
        show_station(dialog);
}

static void on_signal(GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                gpointer data) {

        UsherWhichDialog *dialog = data;
        UsherStation *station = get_station(dialog);
        const char *hub;

        if (g_str_equal(member, "AssociationEnded")) {
                dialog->ended = TRUE;
                show_end(dialog, _("usherd Has Stopped Listening"));
                return;
        }
        if (!g_str_equal(member, "EnterPressed") ||
                        !g_variant_is_of_type(arguments, G_VARIANT_TYPE("(ss)")) || !station)
                return;

        g_variant_get(arguments, "(&s&s)", &hub, NULL);
        if (hub[0])
                usher_call_async(dialog->context->room, USHER_PATH, "Manager.AttachHub",
                                g_variant_new("(ss)", hub, usher_station_get_id(station)), on_attached,
                                g_object_ref(dialog));
        else
                set_hint(dialog,
                                _("This keyboard has no hub of its own. Use one that is plugged into the "
                                  "hub of the station."));
}

static void on_again(UsherWhichDialog *dialog) {
        set_hint(dialog, "");
        identify(dialog);
}

static void on_skip(UsherWhichDialog *dialog) {
        if (dialog->stations[dialog->next])
                dialog->next++;
        show_station(dialog);
}

static void on_done(UsherWhichDialog *dialog) {
        adw_dialog_close(ADW_DIALOG(dialog));
}

/* ---- begin and end ---- */

static GStrv list_stations(UsherRoom *room) {
        GListModel *stations = usher_room_get_stations(room);
        guint n = g_list_model_get_n_items(stations);
        g_autoptr(GPtrArray) paths = g_ptr_array_new();

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherItem) station = g_list_model_get_item(stations, i);

                g_ptr_array_add(paths, g_strdup(usher_item_get_path(station)));
        }
        g_ptr_array_sort_values(paths, (GCompareFunc) g_strcmp0);
        g_ptr_array_add(paths, NULL);
        return (GStrv) g_ptr_array_free(g_steal_pointer(&paths), FALSE);
}

typedef struct Begin {
        GWeakRef parent;
        UsherContext *context;
} Begin;

static void end(UsherContext *context) {
        usher_call_quietly_async(context->room, USHER_PATH, "Manager.EndAssociation", NULL, NULL, NULL);
}

static void on_begun(GObject *source, GAsyncResult *result, gpointer data) {
        g_autofree Begin *begin = data;
        g_autoptr(GtkWidget) parent = g_weak_ref_get(&begin->parent);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call_finish(USHER_ROOM(source), result, NULL, &error);
        GDBusConnection *connection = usher_room_get_connection(USHER_ROOM(source));
        UsherWhichDialog *dialog;

        g_weak_ref_clear(&begin->parent);
        if (!parent || !gtk_widget_get_root(parent)) {
                if (reply)
                        end(begin->context);
                return;
        }
        if (!reply) {
                usher_toast_error(parent, error);
                return;
        }

        dialog = g_object_new(USHER_TYPE_WHICH_DIALOG, NULL);
        dialog->context = begin->context;
        dialog->stations = list_stations(USHER_ROOM(source));
        dialog->subscription = g_dbus_connection_signal_subscribe(connection, USHER_BUS_NAME,
                        USHER_IFACE_MANAGER, NULL, USHER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                        dialog, NULL);
        show_station(dialog);
        adw_dialog_present(ADW_DIALOG(dialog), parent);
}

void usher_which_dialog_present(GtkWidget *parent, UsherContext *context) {
        Begin *begin = g_new0(Begin, 1);

        g_weak_ref_init(&begin->parent, parent);
        begin->context = context;
        usher_call_async(context->room, USHER_PATH, "Manager.BeginAssociation", NULL, on_begun, begin);
}

static void on_closed(UsherWhichDialog *dialog) {
        if (dialog->subscription)
                g_dbus_connection_signal_unsubscribe(
                                usher_room_get_connection(dialog->context->room), dialog->subscription);
        dialog->subscription = 0;
        if (!dialog->ended)
                end(dialog->context);
        dialog->ended = TRUE;
}

static void usher_which_dialog_dispose(GObject *object) {
        UsherWhichDialog *dialog = USHER_WHICH_DIALOG(object);

        if (dialog->subscription)
                on_closed(dialog);
        g_clear_pointer(&dialog->stations, g_strfreev);
        gtk_widget_dispose_template(GTK_WIDGET(dialog), USHER_TYPE_WHICH_DIALOG);
        G_OBJECT_CLASS(usher_which_dialog_parent_class)->dispose(object);
}

static void usher_which_dialog_class_init(UsherWhichDialogClass *class) {
        GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

        G_OBJECT_CLASS(class)->dispose = usher_which_dialog_dispose;
        gtk_widget_class_set_template_from_resource(widget, "/org/usher1/Stations/which-dialog.ui");
        gtk_widget_class_bind_template_child(widget, UsherWhichDialog, status);
        gtk_widget_class_bind_template_child(widget, UsherWhichDialog, hint);
        gtk_widget_class_bind_template_child(widget, UsherWhichDialog, again);
        gtk_widget_class_bind_template_child(widget, UsherWhichDialog, skip);
        gtk_widget_class_bind_template_child(widget, UsherWhichDialog, done);
        gtk_widget_class_bind_template_callback(widget, on_again);
        gtk_widget_class_bind_template_callback(widget, on_skip);
        gtk_widget_class_bind_template_callback(widget, on_done);
}

static void usher_which_dialog_init(UsherWhichDialog *dialog) {
        gtk_widget_init_template(GTK_WIDGET(dialog));
        g_signal_connect(dialog, "closed", G_CALLBACK(on_closed), NULL);
}
