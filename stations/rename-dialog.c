/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/rename-dialog.h"

#include <glib/gi18n.h>

#include "stations/deeds.h"

typedef struct Rename {
        GtkWidget *window; /* which the dialog does not outlive */
        UsherContext *context;
        char *path;
        GtkEditable *entry;
} Rename;

static void rename_free(gpointer data, GClosure *closure) {
        Rename *rename = data;

        g_free(rename->path);
        g_free(rename);
}

static void on_response(AdwAlertDialog *dialog, const char *response, gpointer data) {
        Rename *rename = data;
        g_autofree char *text = NULL;

        if (!g_str_equal(response, "rename"))
                return;

        text = g_strstrip(g_strdup(gtk_editable_get_text(rename->entry)));
        usher_deed(rename->window, rename->context, rename->path, "Station.SetLabel",
                        g_variant_new("(s)", text));
}

void usher_rename_dialog_present(GtkWidget *parent, UsherContext *context, UsherStation *station) {
        AdwDialog *dialog = adw_alert_dialog_new(_("Rename Station"), NULL);
        GtkWidget *row = adw_entry_row_new(), *list = gtk_list_box_new();
        Rename *rename = g_new(Rename, 1);

        *rename = (Rename) {
                .window = GTK_WIDGET(gtk_widget_get_root(parent)),
                .context = context,
                .path = g_strdup(usher_item_get_path(USHER_ITEM(station))),
                .entry = GTK_EDITABLE(row),
        };
        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), _("Name"));
        gtk_editable_set_text(GTK_EDITABLE(row), usher_station_get_label(station));
        adw_entry_row_set_activates_default(ADW_ENTRY_ROW(row), TRUE);
        gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
        gtk_widget_add_css_class(list, "boxed-list");
        gtk_list_box_append(GTK_LIST_BOX(list), row);

        adw_alert_dialog_format_body(ADW_ALERT_DIALOG(dialog),
                        _("Without a name, the station is called %s."), usher_station_get_id(station));
        adw_alert_dialog_set_extra_child(ADW_ALERT_DIALOG(dialog), list);
        adw_alert_dialog_add_responses(
                        ADW_ALERT_DIALOG(dialog), "close", _("_Cancel"), "rename", _("_Rename"), NULL);
        adw_alert_dialog_set_response_appearance(ADW_ALERT_DIALOG(dialog), "rename", ADW_RESPONSE_SUGGESTED);
        adw_alert_dialog_set_default_response(ADW_ALERT_DIALOG(dialog), "rename");
        adw_alert_dialog_set_close_response(ADW_ALERT_DIALOG(dialog), "close");
        g_signal_connect_data(dialog, "response", G_CALLBACK(on_response), rename, rename_free, 0);
        adw_dialog_present(dialog, parent);
        gtk_widget_grab_focus(row);
}
