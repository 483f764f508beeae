/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The order of the stations on the board: as the user has arranged them, others after them by name. */

#include <gtk/gtk.h>

/* Sorts UsherStation. Tells its users when the setting "order" changes. */
GtkSorter *usher_order_new(GSettings *settings);

/* Puts the station that is at one position of the list at another, and keeps the order of all. */
void usher_order_move(GSettings *settings, GListModel *stations, guint from, guint to);
