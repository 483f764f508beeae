/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/history-page.h"

#include <glib/gi18n.h>

#include "stations/words.h"

struct _UsherHistoryPage {
        AdwBin parent_instance;
        GtkStack *stack;
        GtkListBox *list;
};

G_DEFINE_FINAL_TYPE(UsherHistoryPage, usher_history_page, ADW_TYPE_BIN)

static char *make_subtitle(const UsherEndedInfo *info) {
        const char *result = usher_words_result(info->result), *reason = usher_words_reason(info->reason);
        g_autofree char *by = NULL;

        if (!info->started_by[0])
                /* TRANSLATORS: how a log-off ended, and why usherd began it */
                return g_strdup_printf(_("%s · automatically: %s"), result, reason);

        by = usher_words_isolate(info->started_by);
        /* TRANSLATORS: how a log-off ended, and the name of who asked for it */
        return g_strdup_printf(_("%s · asked for by %s"), result, by);
}

static GtkWidget *make_row(gpointer item, gpointer data) {
        const UsherEndedInfo *info = usher_ended_get_info(item);
        GtkWidget *row = adw_action_row_new(), *label;
        g_autofree char *user = usher_words_isolate(info->user),
                        *station = usher_words_isolate(info->station);
        /* TRANSLATORS: a person and a station */
        g_autofree char *title = g_strdup_printf(_("%s at %s"), user, station);
        g_autofree char *subtitle = make_subtitle(info);
        g_autofree char *time = g_date_time_format(info->time, C_("time of day", "%H:%M"));

        adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
        adw_action_row_set_subtitle(ADW_ACTION_ROW(row), subtitle);
        label = gtk_label_new(time);
        gtk_widget_add_css_class(label, "dim-label");
        gtk_widget_add_css_class(label, "numeric");
        adw_action_row_add_suffix(ADW_ACTION_ROW(row), label);
        return row;
}

static void update(UsherHistoryPage *page, guint position, guint removed, guint added, GListModel *ended) {
        gtk_stack_set_visible_child_name(
                        page->stack, g_list_model_get_n_items(ended) > 0 ? "list" : "empty");
}

void usher_history_page_set_context(UsherHistoryPage *page, UsherContext *context) {
        gtk_list_box_bind_model(page->list, context->ended, make_row, NULL, NULL);
        g_signal_connect_object(
                        context->ended, "items-changed", G_CALLBACK(update), page, G_CONNECT_SWAPPED);
        update(page, 0, 0, 0, context->ended);
}

static void usher_history_page_dispose(GObject *object) {
        adw_bin_set_child(ADW_BIN(object), NULL);
        gtk_widget_dispose_template(GTK_WIDGET(object), USHER_TYPE_HISTORY_PAGE);
        G_OBJECT_CLASS(usher_history_page_parent_class)->dispose(object);
}

static void usher_history_page_class_init(UsherHistoryPageClass *class) {
        GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

        G_OBJECT_CLASS(class)->dispose = usher_history_page_dispose;
        gtk_widget_class_set_template_from_resource(widget, "/org/usher1/Stations/history-page.ui");
        gtk_widget_class_bind_template_child(widget, UsherHistoryPage, stack);
        gtk_widget_class_bind_template_child(widget, UsherHistoryPage, list);
}

static void usher_history_page_init(UsherHistoryPage *page) {
        gtk_widget_init_template(GTK_WIDGET(page));
}
