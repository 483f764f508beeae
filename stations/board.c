/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/board.h"

#include <glib/gi18n.h>
#include <string.h>

#include "stations/board-actions.h"
#include "stations/card.h"
#include "stations/order.h"

struct _UsherBoard {
        AdwBin parent_instance;

        UsherContext *context;
        GtkSortListModel *sorted;
        GtkFilter *filter;
        GtkFilterListModel *filtered;
        GtkSelectionModel *selection;

        GtkSearchBar *search_bar;
        GtkSearchEntry *search;
        GtkStack *stack;
        GtkGridView *grid;
        GtkActionBar *bar;
        GtkLabel *count;
};

G_DEFINE_FINAL_TYPE(UsherBoard, usher_board, ADW_TYPE_BIN)

UsherContext *usher_board_get_context(UsherBoard *board) {
        return board->context;
}

GListModel *usher_board_get_stations(UsherBoard *board) {
        return G_LIST_MODEL(board->selection);
}

GListModel *usher_board_get_all(UsherBoard *board) {
        return G_LIST_MODEL(board->sorted);
}

/* ---- the selection ---- */

GStrv usher_board_dup_selected(UsherBoard *board) {
        g_autoptr(GtkBitset) set = gtk_selection_model_get_selection(board->selection);
        GStrvBuilder *ids = g_strv_builder_new();
        GtkBitsetIter iter;
        guint position;
        GStrv result;

        for (gboolean valid = gtk_bitset_iter_init_first(&iter, set, &position); valid;
                        valid = gtk_bitset_iter_next(&iter, &position)) {
                g_autoptr(UsherStation) station =
                                g_list_model_get_item(G_LIST_MODEL(board->selection), position);

                g_strv_builder_add(ids, usher_station_get_id(station));
        }

        result = g_strv_builder_end(ids);
        g_strv_builder_unref(ids);
        return result;
}

UsherStation *usher_board_get_only(UsherBoard *board) {
        g_auto(GStrv) ids = usher_board_dup_selected(board);

        return g_strv_length(ids) == 1 ? usher_room_find_station(board->context->room, ids[0]) : NULL;
}

static guint find_position(UsherBoard *board, const char *id) {
        guint n = g_list_model_get_n_items(G_LIST_MODEL(board->selection));
        guint i;

        for (i = 0; i < n; i++) {
                g_autoptr(UsherStation) station = g_list_model_get_item(G_LIST_MODEL(board->selection), i);

                if (g_str_equal(usher_station_get_id(station), id))
                        break;
        }

        return i < n ? i : GTK_INVALID_LIST_POSITION;
}

void usher_board_choose(UsherBoard *board, const char *id) {
        guint position = find_position(board, id);

        if (position != GTK_INVALID_LIST_POSITION &&
                        !gtk_selection_model_is_selected(board->selection, position))
                gtk_selection_model_select_item(board->selection, position, TRUE);
}

static void update_bar(UsherBoard *board) {
        g_autoptr(GtkBitset) set = gtk_selection_model_get_selection(board->selection);
        guint n = (guint) gtk_bitset_get_size(set);
        g_autofree char *text = g_strdup_printf(ngettext("%u selected", "%u selected", n), n);

        gtk_label_set_text(board->count, text);
        gtk_action_bar_set_revealed(board->bar, n > 0);
        usher_board_update_actions(board);
}

/* ---- what is shown ---- */

static gboolean contains(const char *text, const char *needle) {
        g_autofree char *folded = g_utf8_casefold(text, -1);

        return strstr(folded, needle) != NULL;
}

static gboolean matches(gpointer item, gpointer data) {
        UsherBoard *board = data;
        g_autofree char *needle = g_utf8_casefold(gtk_editable_get_text(GTK_EDITABLE(board->search)), -1);
        UsherStation *station = item;
        guint32 uid;
        const char *account;

        if (!needle[0] || contains(usher_station_get_name(station), needle) ||
                        contains(usher_station_get_id(station), needle))
                return TRUE;

        account = usher_station_get_user(station, &uid);
        return account[0] &&
                        (contains(account, needle) ||
                                        contains(usher_person_get_name(usher_people_get(
                                                                 board->context->people, uid, account)),
                                                        needle));
}

static gboolean is_searching(UsherBoard *board) {
        return gtk_editable_get_text(GTK_EDITABLE(board->search))[0] != 0;
}

static void update_stack(UsherBoard *board) {
        guint all = g_list_model_get_n_items(usher_room_get_stations(board->context->room));
        guint shown = g_list_model_get_n_items(G_LIST_MODEL(board->filtered));

        gtk_stack_set_visible_child_name(board->stack,
                        all == 0                   ? "empty" :
                                        shown == 0 ? "nothing-found" :
                                                     "cards");
}

static void on_search(UsherBoard *board) {
        gtk_filter_changed(board->filter, GTK_FILTER_CHANGE_DIFFERENT);
        update_stack(board);
}

static void on_station_changed(UsherBoard *board) {
        gtk_sorter_changed(gtk_sort_list_model_get_sorter(board->sorted), GTK_SORTER_CHANGE_DIFFERENT);
        if (is_searching(board))
                gtk_filter_changed(board->filter, GTK_FILTER_CHANGE_DIFFERENT);
        usher_board_update_actions(board);
}

GtkSearchBar *usher_board_get_search_bar(UsherBoard *board) {
        return board->search_bar;
}

void usher_board_set_search(UsherBoard *board, const char *text) {
        gtk_editable_set_text(GTK_EDITABLE(board->search), text);
}

void usher_board_start_search(UsherBoard *board) {
        gtk_search_bar_set_search_mode(board->search_bar, TRUE);
        gtk_widget_grab_focus(GTK_WIDGET(board->search));
}

/* ---- cards ---- */

static void on_setup(GtkSignalListItemFactory *factory, GtkListItem *item, UsherBoard *board) {
        gtk_list_item_set_child(item, GTK_WIDGET(usher_card_new(board->context)));
}

/* The card is read as one thing: its name, then everything else about it. */
static void describe(GtkListItem *item) {
        UsherCard *card = USHER_CARD(gtk_list_item_get_child(item));
        g_autofree char *text = usher_card_describe(card);

        gtk_list_item_set_accessible_label(item, usher_station_get_name(usher_card_get_station(card)));
        gtk_list_item_set_accessible_description(item, text);
}

static void on_bind(GtkSignalListItemFactory *factory, GtkListItem *item, UsherBoard *board) {
        UsherStation *station = gtk_list_item_get_item(item);

        usher_card_set_station(USHER_CARD(gtk_list_item_get_child(item)), station);
        describe(item);
        g_signal_connect_data(station, "changed", G_CALLBACK(describe), item, NULL,
                        G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void on_unbind(GtkSignalListItemFactory *factory, GtkListItem *item, UsherBoard *board) {
        g_signal_handlers_disconnect_by_func(gtk_list_item_get_item(item), describe, item);
        usher_card_set_station(USHER_CARD(gtk_list_item_get_child(item)), NULL);
}

static GtkWidget *find_card(GtkWidget *within, UsherStation *station) {
        for (GtkWidget *child = gtk_widget_get_first_child(within); child;
                        child = gtk_widget_get_next_sibling(child)) {
                GtkWidget *card = gtk_widget_get_first_child(child);

                if (USHER_IS_CARD(card) && usher_card_get_station(USHER_CARD(card)) == station)
                        return card;
        }

        return NULL;
}

static void on_activate(UsherBoard *board, guint position) {
        g_autoptr(UsherStation) station = g_list_model_get_item(G_LIST_MODEL(board->selection), position);
        GtkWidget *card = find_card(GTK_WIDGET(board->grid), station);

        if (card)
                usher_card_popup(USHER_CARD(card));
}

void usher_board_set_context(UsherBoard *board, UsherContext *context) {
        g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();

        board->context = context;
        board->sorted = gtk_sort_list_model_new(g_object_ref(usher_room_get_stations(context->room)),
                        usher_order_new(context->settings));
        board->filter = GTK_FILTER(gtk_custom_filter_new(matches, board, NULL));
        board->filtered = gtk_filter_list_model_new(G_LIST_MODEL(board->sorted), board->filter);
        board->selection = GTK_SELECTION_MODEL(gtk_multi_selection_new(G_LIST_MODEL(board->filtered)));

        g_signal_connect(factory, "setup", G_CALLBACK(on_setup), board);
        g_signal_connect(factory, "bind", G_CALLBACK(on_bind), board);
        g_signal_connect(factory, "unbind", G_CALLBACK(on_unbind), board);
        gtk_grid_view_set_factory(board->grid, factory);
        gtk_grid_view_set_model(board->grid, board->selection);

        g_signal_connect_object(board->selection, "selection-changed", G_CALLBACK(update_bar), board,
                        G_CONNECT_SWAPPED);
        g_signal_connect_object(board->filtered, "items-changed", G_CALLBACK(update_stack), board,
                        G_CONNECT_SWAPPED);
        g_signal_connect_object(board->filtered, "items-changed", G_CALLBACK(update_bar), board,
                        G_CONNECT_SWAPPED | G_CONNECT_AFTER);
        g_signal_connect_object(context->room, "station-changed", G_CALLBACK(on_station_changed), board,
                        G_CONNECT_SWAPPED);
        g_signal_connect_object(context->rights, "changed", G_CALLBACK(usher_board_update_actions), board,
                        G_CONNECT_SWAPPED);
        update_stack(board);
        update_bar(board);
}

static void usher_board_dispose(GObject *object) {
        UsherBoard *board = USHER_BOARD(object);

        if (board->context && board->selection) {
                g_signal_handlers_disconnect_by_data(board->context->room, board);
                g_signal_handlers_disconnect_by_data(board->context->rights, board);
                g_signal_handlers_disconnect_by_data(board->filtered, board);
                g_signal_handlers_disconnect_by_data(board->selection, board);
        }
        if (board->grid) {
                gtk_grid_view_set_model(board->grid, NULL);
                gtk_grid_view_set_factory(board->grid, NULL);
        }
        g_clear_object(&board->selection);
        gtk_widget_dispose_template(GTK_WIDGET(board), USHER_TYPE_BOARD);
        G_OBJECT_CLASS(usher_board_parent_class)->dispose(object);
}

static void usher_board_class_init(UsherBoardClass *class) {
        GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

        G_OBJECT_CLASS(class)->dispose = usher_board_dispose;
        gtk_widget_class_set_template_from_resource(widget, "/org/usher1/Stations/board.ui");
        gtk_widget_class_bind_template_child(widget, UsherBoard, search_bar);
        gtk_widget_class_bind_template_child(widget, UsherBoard, search);
        gtk_widget_class_bind_template_child(widget, UsherBoard, stack);
        gtk_widget_class_bind_template_child(widget, UsherBoard, grid);
        gtk_widget_class_bind_template_child(widget, UsherBoard, bar);
        gtk_widget_class_bind_template_child(widget, UsherBoard, count);
        gtk_widget_class_bind_template_callback(widget, on_search);
        gtk_widget_class_bind_template_callback(widget, on_activate);
        usher_board_install_actions(widget);
}

static void usher_board_init(UsherBoard *board) {
        gtk_widget_init_template(GTK_WIDGET(board));
        gtk_search_bar_connect_entry(board->search_bar, GTK_EDITABLE(board->search));
}
