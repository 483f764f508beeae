/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/window-actions.h"

#include <glib/gi18n.h>

#include "common/names.h"
#include "stations/deeds.h"
#include "stations/log-off-dialog.h"
#include "stations/message-dialog.h"

static UsherContext *context_of(GtkWidget *widget) {
        return usher_window_get_context(USHER_WINDOW(widget));
}

static void present(GtkWidget *widget, UsherLogOffKind kind) {
        usher_log_off_dialog_present(widget, context_of(widget), kind, NULL);
}

static void on_log_off_all(GtkWidget *widget, const char *action, GVariant *parameter) {
        present(widget, USHER_LOG_OFF_ALL);
}

static void on_restart(GtkWidget *widget, const char *action, GVariant *parameter) {
        present(widget, USHER_LOG_OFF_RESTART);
}

static void on_power_off(GtkWidget *widget, const char *action, GVariant *parameter) {
        present(widget, USHER_LOG_OFF_POWER_OFF);
}

static void on_mode_console(GtkWidget *widget, const char *action, GVariant *parameter) {
        present(widget, USHER_LOG_OFF_CONSOLE);
}

static void on_mode_station(GtkWidget *widget, const char *action, GVariant *parameter) {
        present(widget, USHER_LOG_OFF_STATION);
}

static void on_message_all(GtkWidget *widget, const char *action, GVariant *parameter) {
        usher_message_dialog_present(widget, context_of(widget), NULL);
}

static void on_identify_all(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherContext *context = context_of(widget);
        GListModel *stations = usher_room_get_stations(context->room);
        guint n = g_list_model_get_n_items(stations);
        g_autoptr(GPtrArray) paths = g_ptr_array_new();

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherItem) station = g_list_model_get_item(stations, i);

                g_ptr_array_add(paths, (gpointer) usher_item_get_path(station));
        }
        g_ptr_array_add(paths, NULL);
        usher_deed_each(widget, context, (const char *const *) paths->pdata, "Station.Identify", NULL, NULL);
}

static void on_cancel_all(GtkWidget *widget, const char *action, GVariant *parameter) {
        usher_deed_each(widget, context_of(widget), (const char *const[]) { USHER_PATH, NULL },
                        "Manager.CancelAll", NULL, _("Cancelled"));
}

static void on_retry(GtkWidget *widget, const char *action, GVariant *parameter) {
        usher_room_retry(context_of(widget)->room);
}

static void on_search(GtkWidget *widget, const char *action, GVariant *parameter) {
        usher_window_start_search(USHER_WINDOW(widget));
}

void usher_window_update_actions(UsherWindow *window) {
        UsherContext *context = usher_window_get_context(window);
        UsherRights *rights = context->rights;
        UsherItem *manager = usher_room_get_manager(context->room);
        gboolean ready = manager != NULL;
        gboolean console = ready && g_str_equal(usher_item_get_string(manager, "Mode"), "console");
        gboolean jobs = g_list_model_get_n_items(usher_room_get_jobs(context->room)) > 0;
        gboolean mode = ready && usher_rights_may(rights, USHER_RIGHT_SET_MODE);
        const struct {
                const char *action;
                gboolean enabled;
        } table[] = {
                { "win.log-off-all", ready && usher_rights_may(rights, USHER_RIGHT_LOG_OFF_ALL) },
                { "win.message-all", ready && usher_rights_may(rights, USHER_RIGHT_SEND_MESSAGE) },
                { "win.identify-all", ready && usher_rights_may(rights, USHER_RIGHT_MANAGE_STATIONS) },
                { "win.cancel-all", jobs },
                { "win.restart", ready && usher_rights_may(rights, USHER_RIGHT_RESTART) },
                { "win.power-off", ready && usher_rights_may(rights, USHER_RIGHT_POWER_OFF) },
                { "win.mode-console", mode && !console },
                { "win.mode-station", mode && console },
                { "win.search", ready },
        };

        for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
                gtk_widget_action_set_enabled(GTK_WIDGET(window), table[i].action, table[i].enabled);
}

void usher_window_install_actions(GtkWidgetClass *class) {
        gtk_widget_class_install_action(class, "win.log-off-all", NULL, on_log_off_all);
        gtk_widget_class_install_action(class, "win.message-all", NULL, on_message_all);
        gtk_widget_class_install_action(class, "win.identify-all", NULL, on_identify_all);
        gtk_widget_class_install_action(class, "win.cancel-all", NULL, on_cancel_all);
        gtk_widget_class_install_action(class, "win.restart", NULL, on_restart);
        gtk_widget_class_install_action(class, "win.power-off", NULL, on_power_off);
        gtk_widget_class_install_action(class, "win.mode-console", NULL, on_mode_console);
        gtk_widget_class_install_action(class, "win.mode-station", NULL, on_mode_station);
        gtk_widget_class_install_action(class, "win.retry", NULL, on_retry);
        gtk_widget_class_install_action(class, "win.search", NULL, on_search);
        gtk_widget_class_add_binding_action(class, GDK_KEY_f, GDK_CONTROL_MASK, "win.search", NULL);
        gtk_widget_class_add_binding_action(
                        class, GDK_KEY_l, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.log-off-all", NULL);
        gtk_widget_class_add_binding_action(class, GDK_KEY_m, GDK_CONTROL_MASK, "win.message-all", NULL);
}
