/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/board-actions.h"

#include <glib/gi18n.h>

#include "stations/deeds.h"
#include "stations/log-off-dialog.h"
#include "stations/message-dialog.h"
#include "stations/order.h"
#include "stations/rename-dialog.h"

/* The object paths of the selected stations. */
static GStrv dup_paths(UsherBoard *board) {
        g_auto(GStrv) ids = usher_board_dup_selected(board);
        UsherRoom *room = usher_board_get_context(board)->room;
        GStrvBuilder *paths = g_strv_builder_new();
        GStrv result;

        for (char **id = ids; *id; id++)
                g_strv_builder_add(
                                paths, usher_item_get_path(USHER_ITEM(usher_room_find_station(room, *id))));

        result = g_strv_builder_end(paths);
        g_strv_builder_unref(paths);
        return result;
}

static void on_choose(GtkWidget *widget, const char *action, GVariant *parameter) {
        usher_board_choose(USHER_BOARD(widget), g_variant_get_string(parameter, NULL));
}

static void on_log_off(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherBoard *board = USHER_BOARD(widget);
        g_auto(GStrv) paths = dup_paths(board);

        usher_log_off_dialog_present(widget, usher_board_get_context(board), USHER_LOG_OFF_STATIONS,
                        (const char *const *) paths);
}

static void on_message(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherBoard *board = USHER_BOARD(widget);
        g_auto(GStrv) paths = dup_paths(board);

        usher_message_dialog_present(widget, usher_board_get_context(board), (const char *const *) paths);
}

static void on_lock(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherBoard *board = USHER_BOARD(widget);
        g_auto(GStrv) paths = dup_paths(board);

        usher_deed_each(widget, usher_board_get_context(board), (const char *const *) paths, "Station.Lock",
                        NULL, ngettext("Screen locked", "Screens locked", g_strv_length(paths)));
}

static void on_identify(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherBoard *board = USHER_BOARD(widget);
        g_auto(GStrv) paths = dup_paths(board);

        usher_deed_each(widget, usher_board_get_context(board), (const char *const *) paths,
                        "Station.Identify", NULL, NULL);
}

static void on_rename(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherBoard *board = USHER_BOARD(widget);
        UsherStation *station = usher_board_get_only(board);

        if (station)
                usher_rename_dialog_present(widget, usher_board_get_context(board), station);
}

static GStrv dup_jobs(UsherBoard *board) {
        g_auto(GStrv) ids = usher_board_dup_selected(board);
        UsherRoom *room = usher_board_get_context(board)->room;
        GStrvBuilder *paths = g_strv_builder_new();
        GStrv result;

        for (char **id = ids; *id; id++) {
                UsherJob *job = usher_room_get_job_at(room, usher_room_find_station(room, *id));

                if (job && usher_job_is_warning(job))
                        g_strv_builder_add(paths, usher_item_get_path(USHER_ITEM(job)));
        }

        result = g_strv_builder_end(paths);
        g_strv_builder_unref(paths);
        return result;
}

static void on_end_now(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherBoard *board = USHER_BOARD(widget);
        g_auto(GStrv) jobs = dup_jobs(board);

        usher_deed_each(widget, usher_board_get_context(board), (const char *const *) jobs, "Job.EndNow",
                        NULL, NULL);
}

static guint find(GListModel *stations, const char *id) {
        guint n = g_list_model_get_n_items(stations), i;

        for (i = 0; i < n; i++) {
                g_autoptr(UsherStation) station = g_list_model_get_item(stations, i);

                if (g_str_equal(usher_station_get_id(station), id))
                        break;
        }

        return i;
}

static void on_move(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherBoard *board = USHER_BOARD(widget);
        GListModel *stations = usher_board_get_all(board);
        UsherStation *station = usher_board_get_only(board);
        guint from;

        if (!station)
                return;

        from = find(stations, usher_station_get_id(station));
        usher_order_move(usher_board_get_context(board)->settings, stations, from,
                        from + (guint) g_variant_get_int32(parameter));
}

static void on_place(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherBoard *board = USHER_BOARD(widget);
        GListModel *stations = usher_board_get_all(board);
        const char *moved, *place;

        g_variant_get(parameter, "(&s&s)", &moved, &place);
        usher_order_move(usher_board_get_context(board)->settings, stations, find(stations, moved),
                        find(stations, place));
}

void usher_board_update_actions(UsherBoard *board) {
        UsherRights *rights = usher_board_get_context(board)->rights;
        g_auto(GStrv) ids = usher_board_dup_selected(board), jobs = dup_jobs(board);
        guint n = g_strv_length(ids);
        const struct {
                const char *action;
                gboolean enabled;
        } table[] = {
                { "board.log-off", n > 0 && usher_rights_may(rights, USHER_RIGHT_LOG_OFF) },
                { "board.message", n > 0 && usher_rights_may(rights, USHER_RIGHT_SEND_MESSAGE) },
                { "board.lock", n > 0 && usher_rights_may(rights, USHER_RIGHT_MANAGE_STATIONS) },
                { "board.identify", n > 0 && usher_rights_may(rights, USHER_RIGHT_MANAGE_STATIONS) },
                { "board.rename", n == 1 && usher_rights_may(rights, USHER_RIGHT_MANAGE_STATIONS) },
                { "board.end-now", jobs[0] != NULL },
                { "board.move", n == 1 },
        };

        for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
                gtk_widget_action_set_enabled(GTK_WIDGET(board), table[i].action, table[i].enabled);
}

void usher_board_install_actions(GtkWidgetClass *class) {
        gtk_widget_class_install_action(class, "board.choose", "s", on_choose);
        gtk_widget_class_install_action(class, "board.log-off", NULL, on_log_off);
        gtk_widget_class_install_action(class, "board.message", NULL, on_message);
        gtk_widget_class_install_action(class, "board.lock", NULL, on_lock);
        gtk_widget_class_install_action(class, "board.identify", NULL, on_identify);
        gtk_widget_class_install_action(class, "board.rename", NULL, on_rename);
        gtk_widget_class_install_action(class, "board.end-now", NULL, on_end_now);
        gtk_widget_class_install_action(class, "board.move", "i", on_move);
        gtk_widget_class_install_action(class, "board.place", "(ss)", on_place);
        gtk_widget_class_add_binding_action(class, GDK_KEY_Delete, 0, "board.log-off", NULL);
        gtk_widget_class_add_binding_action(class, GDK_KEY_F2, 0, "board.rename", NULL);
        gtk_widget_class_add_binding_action(class, GDK_KEY_Left, GDK_ALT_MASK, "board.move", "i", -1);
        gtk_widget_class_add_binding_action(class, GDK_KEY_Right, GDK_ALT_MASK, "board.move", "i", 1);
}
