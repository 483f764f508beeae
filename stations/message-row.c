/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/message-row.h"

#include <glib/gi18n.h>

#include "stations/words.h"

#define KEY "messages"
#define MESSAGES_MAX 8U

struct _UsherMessageRow {
        AdwEntryRow parent_instance;
        GSettings *settings;
        GSimpleActionGroup *actions;
        char *text;
};

G_DEFINE_FINAL_TYPE(UsherMessageRow, usher_message_row, ADW_TYPE_ENTRY_ROW)

static void on_use(GSimpleAction *action, GVariant *parameter, gpointer data) {
        gtk_editable_set_text(GTK_EDITABLE(data), g_variant_get_string(parameter, NULL));
        gtk_editable_set_position(GTK_EDITABLE(data), -1);
}

static GMenu *make_menu(GStrv messages) {
        GMenu *menu = g_menu_new();

        for (char **m = messages; *m; m++) {
                g_autofree char *label = usher_words_menu_label(*m);
                g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);

                g_menu_item_set_action_and_target(item, "message.use", "s", *m);
                g_menu_append_item(menu, item);
        }

        return menu;
}

void usher_message_row_set_settings(UsherMessageRow *row, GSettings *settings) {
        g_auto(GStrv) messages = g_settings_get_strv(settings, KEY);
        g_autoptr(GMenu) menu = make_menu(messages);
        GtkWidget *button = gtk_menu_button_new();

        gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(button), "document-open-recent-symbolic");
        gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(button), G_MENU_MODEL(menu));
        gtk_widget_set_tooltip_text(button, _("Messages Used Before"));
        gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                        _("Messages Used Before"), -1);
        gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
        gtk_widget_add_css_class(button, "flat");
        gtk_widget_set_visible(button, messages[0] != NULL);
        adw_entry_row_add_suffix(ADW_ENTRY_ROW(row), button);
        row->settings = g_object_ref(settings);
}

const char *usher_message_row_get_text(UsherMessageRow *row) {
        g_free(row->text);
        row->text = g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(row))));
        return row->text;
}

void usher_message_row_remember(UsherMessageRow *row) {
        g_auto(GStrv) before = g_settings_get_strv(row->settings, KEY);
        g_autoptr(GPtrArray) after = g_ptr_array_new();
        const char *text = usher_message_row_get_text(row);

        if (!text[0])
                return;

        g_ptr_array_add(after, (gpointer) text);
        for (char **m = before; *m && after->len < MESSAGES_MAX; m++)
                if (!g_str_equal(*m, text))
                        g_ptr_array_add(after, *m);
        g_ptr_array_add(after, NULL);
        g_settings_set_strv(row->settings, KEY, (const char *const *) after->pdata);
}

static void usher_message_row_finalize(GObject *object) {
        UsherMessageRow *row = USHER_MESSAGE_ROW(object);

        g_clear_object(&row->settings);
        g_clear_object(&row->actions);
        g_free(row->text);
        G_OBJECT_CLASS(usher_message_row_parent_class)->finalize(object);
}

static void usher_message_row_class_init(UsherMessageRowClass *class) {
        G_OBJECT_CLASS(class)->finalize = usher_message_row_finalize;
}

static void usher_message_row_init(UsherMessageRow *row) {
        static const GActionEntry entries[] = {
                { .name = "use", .activate = on_use, .parameter_type = "s" }
        };

        row->actions = g_simple_action_group_new();
        g_action_map_add_action_entries(G_ACTION_MAP(row->actions), entries, G_N_ELEMENTS(entries), row);
        gtk_widget_insert_action_group(GTK_WIDGET(row), "message", G_ACTION_GROUP(row->actions));
        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), _("Message"));
}
