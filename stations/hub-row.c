/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/hub-row.h"

#include <glib/gi18n.h>

#include "stations/words.h"

/* A deeper tree is drawn no deeper. */
#define DEPTH_MAX 6U
#define INDENT 24

static char *make_title(UsherHub *hub) {
        const char *product = usher_hub_get_product(hub);

        return g_strdup_printf("%s (%s)", product[0] ? product : _("Hub"), usher_hub_get_id(hub));
}

static UsherStation *get_station(UsherContext *context, UsherHub *hub) {
        const char *path = usher_hub_get_station(hub);

        return path[0] && !g_str_equal(path, "/") ? usher_room_find_station(context->room, path) : NULL;
}

static char *make_subtitle(UsherContext *context, UsherHub *hub) {
        UsherStation *station = get_station(context, hub);
        const char *role = usher_words_role(usher_hub_get_role(hub));
        g_autofree char *name = NULL;

        if (!station)
                return g_strdup(role);

        name = usher_words_isolate(usher_station_get_name(station));
        /* TRANSLATORS: what kind of hub it is, and the name of its station */
        return g_strdup_printf(_("%s · %s"), role, name);
}

/* usherd refuses root hubs. */
static GMenu *make_menu(UsherContext *context, UsherHub *hub) {
        GListModel *stations = usher_room_get_stations(context->room);
        UsherStation *own = get_station(context, hub);
        guint n = g_list_model_get_n_items(stations);
        GMenu *menu = g_menu_new(), *section = g_menu_new();

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherStation) station = g_list_model_get_item(stations, i);
                g_autofree char *label = usher_words_menu_label(usher_station_get_name(station));
                g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);

                if (station == own)
                        continue;
                g_menu_item_set_action_and_target_value(item, "hubs.attach",
                                g_variant_new("(ss)", usher_hub_get_id(hub), usher_station_get_id(station)));
                g_menu_append_item(section, item);
        }
        g_menu_append_section(menu, _("Attach to Station"), G_MENU_MODEL(section));
        g_object_unref(section);
        return menu;
}

static GtkWidget *make_button(UsherContext *context, UsherHub *hub, const char *title) {
        GtkWidget *button = gtk_menu_button_new();
        g_autoptr(GMenu) menu = make_menu(context, hub);
        /* TRANSLATORS: for those who do not see the button; %s is a hub */
        g_autofree char *name = g_strdup_printf(_("Attach %s"), title);

        gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(button), "view-more-symbolic");
        gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(button), G_MENU_MODEL(menu));
        gtk_widget_set_tooltip_text(button, _("Attach to Station"));
        gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
        gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
        gtk_widget_add_css_class(button, "flat");
        return button;
}

GtkWidget *usher_hub_row_new(UsherContext *context, UsherHub *hub, guint depth) {
        g_autofree char *title = make_title(hub), *subtitle = make_subtitle(context, hub);
        gboolean root = g_str_equal(usher_hub_get_role(hub), "root");
        GtkWidget *row = adw_action_row_new();
        GtkWidget *icon = gtk_image_new_from_icon_name(
                        root ? "computer-symbolic" : "drive-harddisk-usb-symbolic");

        adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
        adw_action_row_set_subtitle(ADW_ACTION_ROW(row), subtitle);
        adw_action_row_set_title_lines(ADW_ACTION_ROW(row), 1);
        gtk_widget_set_margin_start(icon, (int) MIN(depth, DEPTH_MAX) * INDENT);
        gtk_accessible_update_property(
                        GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LEVEL, (int) depth + 1, -1);
        adw_action_row_add_prefix(ADW_ACTION_ROW(row), icon);
        if (!root)
                adw_action_row_add_suffix(ADW_ACTION_ROW(row), make_button(context, hub, title));
        return row;
}
