/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/message-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "common/names.h"
#include "stations/deeds.h"
#include "stations/message-row.h"

typedef struct Message {
        GtkWidget *window; /* which the dialog does not outlive */
        UsherContext *context;
        GStrv paths; /* NULL: all */
        UsherMessageRow *row;
} Message;

static void message_free(gpointer data, GClosure *closure) {
        Message *message = data;

        g_strfreev(message->paths);
        g_free(message);
}

static void on_text(UsherMessageRow *row, GParamSpec *spec, AdwAlertDialog *dialog) {
        const char *text = usher_message_row_get_text(row);

        adw_alert_dialog_set_response_enabled(dialog, "send", text[0] && strlen(text) <= USHER_MESSAGE_MAX);
}

static void on_response(AdwAlertDialog *dialog, const char *response, gpointer data) {
        Message *message = data;
        const char *text;

        if (!g_str_equal(response, "send"))
                return;

        text = usher_message_row_get_text(message->row);
        usher_message_row_remember(message->row);
        if (message->paths)
                usher_deed_each(message->window, message->context, (const char *const *) message->paths,
                                "Station.SendMessage", g_variant_new("(s)", text), _("Message sent"));
        else
                usher_deed_each(message->window, message->context,
                                (const char *const[]) { USHER_PATH, NULL }, "Manager.SendMessageAll",
                                g_variant_new("(s)", text), _("Message sent"));
}

void usher_message_dialog_present(GtkWidget *parent, UsherContext *context, const char *const *paths) {
        AdwDialog *dialog = adw_alert_dialog_new(_("Send Message"), NULL);
        Message *message = g_new(Message, 1);
        GtkWidget *list = gtk_list_box_new();

        *message = (Message) {
                .window = GTK_WIDGET(gtk_widget_get_root(parent)),
                .context = context,
                .paths = g_strdupv((char **) paths),
                .row = g_object_new(USHER_TYPE_MESSAGE_ROW, NULL),
        };
        usher_message_row_set_settings(message->row, context->settings);
        gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
        gtk_widget_add_css_class(list, "boxed-list");
        gtk_list_box_append(GTK_LIST_BOX(list), GTK_WIDGET(message->row));

        adw_alert_dialog_set_body(ADW_ALERT_DIALOG(dialog),
                        paths ? _("It is shown to the people at the selected stations.") :
                                _("It is shown to the people at all stations."));
        adw_alert_dialog_set_extra_child(ADW_ALERT_DIALOG(dialog), list);
        adw_alert_dialog_add_responses(
                        ADW_ALERT_DIALOG(dialog), "close", _("_Cancel"), "send", _("_Send"), NULL);
        adw_alert_dialog_set_response_appearance(ADW_ALERT_DIALOG(dialog), "send", ADW_RESPONSE_SUGGESTED);
        adw_alert_dialog_set_default_response(ADW_ALERT_DIALOG(dialog), "send");
        adw_alert_dialog_set_close_response(ADW_ALERT_DIALOG(dialog), "close");
        adw_alert_dialog_set_response_enabled(ADW_ALERT_DIALOG(dialog), "send", FALSE);
        g_signal_connect(message->row, "notify::text", G_CALLBACK(on_text), dialog);
        g_signal_connect_data(dialog, "response", G_CALLBACK(on_response), message, message_free, 0);
        adw_dialog_present(dialog, parent);
}
