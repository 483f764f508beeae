/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/window.h"

#include <glib/gi18n.h>

#include "build-config.h"
#include "stations/board.h"
#include "stations/history-page.h"
#include "stations/hubs-page.h"
#include "stations/window-actions.h"

/* A search field is worth its place from so many stations on. */
#define SEARCH_MIN 12U

struct _UsherWindow {
        AdwApplicationWindow parent_instance;

        UsherContext *context;

        AdwToastOverlay *toasts;
        AdwBanner *banner;
        GtkStack *states;
        AdwStatusPage *silent;
        AdwViewStack *pages;
        UsherBoard *board;
        UsherHubsPage *hubs;
        UsherHistoryPage *history;
        GtkWidget *search_button;
};

G_DEFINE_FINAL_TYPE(UsherWindow, usher_window, ADW_TYPE_APPLICATION_WINDOW)

UsherContext *usher_window_get_context(UsherWindow *window) {
        return window->context;
}

void usher_window_add_toast(UsherWindow *window, AdwToast *toast) {
        adw_toast_overlay_add_toast(window->toasts, toast);
}

/* ---- what the room is like ---- */

static const char *page_of(UsherRoomState state) {
        switch (state) {
        case USHER_ROOM_READY:
                return "room";
        case USHER_ROOM_ABSENT:
                return "absent";
        case USHER_ROOM_SILENT:
                return "silent";
        default:
                return "loading";
        }
}

/* What everybody in front of this window should know, the most pressing first. */
static char *banner_text(UsherWindow *window) {
        UsherItem *manager = usher_room_get_manager(window->context->room);
        g_autoptr(GVariant) console = NULL;

        if (!manager)
                return NULL;
        if (g_str_equal(usher_item_get_string(manager, "Mode"), "console"))
                return g_strdup(_("All screens are one computer at the moment."));
        console = usher_item_get_value(manager, "TextConsole", "b");
        if (console && g_variant_get_boolean(console))
                return g_strdup(_("A text console is in front: the keyboards of all stations type into it. "
                                  "Press Alt+F7 or Alt+F2 at the computer."));
        if (!usher_rights_may(window->context->rights, USHER_RIGHT_LOG_OFF))
                return g_strdup_printf(
                                _("You can look, but not log anybody off. Members of the group %s can."),
                                OPERATORS_GROUP);

        return NULL;
}

static void update(UsherWindow *window) {
        UsherRoom *room = window->context->room;
        UsherRoomState state = usher_room_get_state(room);
        g_autofree char *banner = banner_text(window);

        gtk_stack_set_visible_child_name(window->states, page_of(state));
        if (state == USHER_ROOM_SILENT) {
                g_autofree char *escaped = g_markup_escape_text(usher_room_get_error(room), -1);

                adw_status_page_set_description(window->silent, escaped);
        }
        if (banner) {
                adw_banner_set_use_markup(window->banner, FALSE);
                adw_banner_set_title(window->banner, banner);
        }
        adw_banner_set_revealed(window->banner, banner != NULL);
        usher_window_update_actions(window);
}

static void update_search(UsherWindow *window) {
        guint n = g_list_model_get_n_items(usher_room_get_stations(window->context->room));

        gtk_widget_set_visible(window->search_button, n >= SEARCH_MIN);
        usher_window_update_actions(window);
}

/* ---- the window ---- */

static void bind_setting(UsherWindow *window, const char *key, const char *property) {
        g_settings_bind(window->context->settings, key, window, property, G_SETTINGS_BIND_DEFAULT);
}

static void set_context(UsherWindow *window, UsherContext *context) {
        GListModel *stations = usher_room_get_stations(context->room);

        window->context = context;
        usher_board_set_context(window->board, context);
        usher_hubs_page_set_context(window->hubs, context);
        usher_history_page_set_context(window->history, context);
        g_object_bind_property(usher_board_get_search_bar(window->board), "search-mode-enabled",
                        window->search_button, "active", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
        gtk_search_bar_set_key_capture_widget(usher_board_get_search_bar(window->board), GTK_WIDGET(window));
        g_signal_connect_object(context->room, "changed", G_CALLBACK(update), window, G_CONNECT_SWAPPED);
        g_signal_connect_object(context->rights, "changed", G_CALLBACK(update), window, G_CONNECT_SWAPPED);
        g_signal_connect_object(
                        stations, "items-changed", G_CALLBACK(update_search), window, G_CONNECT_SWAPPED);
        g_signal_connect_object(usher_room_get_jobs(context->room), "items-changed",
                        G_CALLBACK(usher_window_update_actions), window, G_CONNECT_SWAPPED);
        bind_setting(window, "width", "default-width");
        bind_setting(window, "height", "default-height");
        bind_setting(window, "maximized", "maximized");
        update(window);
        update_search(window);
}

UsherWindow *usher_window_new(GtkApplication *application, UsherContext *context) {
        UsherWindow *window = g_object_new(USHER_TYPE_WINDOW, "application", application, NULL);

        set_context(window, context);
        return window;
}

void usher_window_start_search(UsherWindow *window) {
        adw_view_stack_set_visible_child_name(window->pages, "stations");
        usher_board_start_search(window->board);
}

static void usher_window_dispose(GObject *object) {
        gtk_widget_dispose_template(GTK_WIDGET(object), USHER_TYPE_WINDOW);
        G_OBJECT_CLASS(usher_window_parent_class)->dispose(object);
}

static void usher_window_class_init(UsherWindowClass *class) {
        GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

        G_OBJECT_CLASS(class)->dispose = usher_window_dispose;
        g_type_ensure(USHER_TYPE_BOARD);
        g_type_ensure(USHER_TYPE_HUBS_PAGE);
        g_type_ensure(USHER_TYPE_HISTORY_PAGE);
        gtk_widget_class_set_template_from_resource(widget, "/org/usher1/Stations/window.ui");
        gtk_widget_class_bind_template_child(widget, UsherWindow, toasts);
        gtk_widget_class_bind_template_child(widget, UsherWindow, banner);
        gtk_widget_class_bind_template_child(widget, UsherWindow, states);
        gtk_widget_class_bind_template_child(widget, UsherWindow, silent);
        gtk_widget_class_bind_template_child(widget, UsherWindow, pages);
        gtk_widget_class_bind_template_child(widget, UsherWindow, board);
        gtk_widget_class_bind_template_child(widget, UsherWindow, hubs);
        gtk_widget_class_bind_template_child(widget, UsherWindow, history);
        gtk_widget_class_bind_template_child(widget, UsherWindow, search_button);
        usher_window_install_actions(widget);
}

static void usher_window_init(UsherWindow *window) {
        gtk_widget_init_template(GTK_WIDGET(window));
}
