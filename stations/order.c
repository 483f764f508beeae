/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/order.h"

#include "stations/model/station.h"

#define KEY "order"

typedef struct Order {
        GSettings *settings;
        GtkSorter *sorter;
        GStrv ids;
        gulong handler;
} Order;

static guint position_of(Order *order, UsherStation *station) {
        guint i;

        for (i = 0; order->ids[i]; i++)
                if (g_str_equal(order->ids[i], usher_station_get_id(station)))
                        break;

        return i;
}

/* "Station 10" after "Station 9"; seat0, where the computer is, before all others. */
static int compare_names(UsherStation *a, UsherStation *b) {
        gboolean a_first = g_str_equal(usher_station_get_id(a), "seat0");
        gboolean b_first = g_str_equal(usher_station_get_id(b), "seat0");
        g_autofree char *a_key = NULL, *b_key = NULL;

        if (a_first != b_first)
                return b_first - a_first;

        a_key = g_utf8_collate_key_for_filename(usher_station_get_name(a), -1);
        b_key = g_utf8_collate_key_for_filename(usher_station_get_name(b), -1);
        return g_strcmp0(a_key, b_key);
}

static int compare(gconstpointer a, gconstpointer b, gpointer data) {
        Order *order = data;
        guint a_position = position_of(order, (gpointer) a), b_position = position_of(order, (gpointer) b);
        int by_name;

        if (a_position != b_position)
                return a_position < b_position ? -1 : 1;

        by_name = compare_names((gpointer) a, (gpointer) b);
        return by_name < 0 ? -1 : by_name > 0;
}

static void on_setting(GSettings *settings, const char *key, Order *order) {
        g_strfreev(order->ids);
        order->ids = g_settings_get_strv(settings, KEY);
        gtk_sorter_changed(order->sorter, GTK_SORTER_CHANGE_DIFFERENT);
}

static void order_free(gpointer data) {
        Order *order = data;

        g_signal_handler_disconnect(order->settings, order->handler);
        g_object_unref(order->settings);
        g_strfreev(order->ids);
        g_free(order);
}

GtkSorter *usher_order_new(GSettings *settings) {
        Order *order = g_new0(Order, 1);

        order->settings = g_object_ref(settings);
        order->ids = g_settings_get_strv(settings, KEY);
        order->handler = g_signal_connect(settings, "changed::" KEY, G_CALLBACK(on_setting), order);
        order->sorter = GTK_SORTER(gtk_custom_sorter_new(compare, order, order_free));
        return order->sorter;
}

void usher_order_move(GSettings *settings, GListModel *stations, guint from, guint to) {
        guint n = g_list_model_get_n_items(stations);
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        char *moved;

        if (from >= n || to >= n || from == to)
                return;

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherStation) station = g_list_model_get_item(stations, i);

                g_ptr_array_add(ids, g_strdup(usher_station_get_id(station)));
        }
        moved = g_ptr_array_steal_index(ids, from);
        g_ptr_array_insert(ids, (int) to, moved);
        g_ptr_array_add(ids, NULL);
        g_settings_set_strv(settings, KEY, (const char *const *) ids->pdata);
}
