/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/card-drag.h"

/* What is dragged: a station, and only within this program. */
static GdkContentProvider *on_prepare(GtkDragSource *source, double x, double y, UsherCard *card) {
        UsherStation *station = usher_card_get_station(card);

        return station ? gdk_content_provider_new_typed(USHER_TYPE_STATION, station) : NULL;
}

static void on_begin(GtkDragSource *source, GdkDrag *drag, UsherCard *card) {
        g_autoptr(GdkPaintable) picture = gtk_widget_paintable_new(GTK_WIDGET(card));
        g_autoptr(GdkPaintable) still = gdk_paintable_get_current_image(picture);

        gtk_drag_source_set_icon(source, still, 0, 0);
}

static gboolean on_drop(GtkDropTarget *target, const GValue *value, double x, double y, UsherCard *card) {
        UsherStation *dragged = g_value_get_object(value), *here = usher_card_get_station(card);

        if (!dragged || !here || dragged == here)
                return FALSE;

        return gtk_widget_activate_action(GTK_WIDGET(card), "board.place", "(ss)",
                        usher_station_get_id(dragged), usher_station_get_id(here));
}

void usher_card_drag_init(UsherCard *card) {
        GtkDragSource *source = gtk_drag_source_new();
        GtkDropTarget *target = gtk_drop_target_new(USHER_TYPE_STATION, GDK_ACTION_MOVE);

        gtk_drag_source_set_actions(source, GDK_ACTION_MOVE);
        g_signal_connect(source, "prepare", G_CALLBACK(on_prepare), card);
        g_signal_connect(source, "drag-begin", G_CALLBACK(on_begin), card);
        g_signal_connect(target, "drop", G_CALLBACK(on_drop), card);
        gtk_widget_add_controller(GTK_WIDGET(card), GTK_EVENT_CONTROLLER(source));
        gtk_widget_add_controller(GTK_WIDGET(card), GTK_EVENT_CONTROLLER(target));
}
