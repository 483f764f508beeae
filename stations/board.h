/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The stations as cards, and what can be done with those that are selected. */

#include <adwaita.h>

#include "stations/context.h"

#define USHER_TYPE_BOARD (usher_board_get_type())
G_DECLARE_FINAL_TYPE(UsherBoard, usher_board, USHER, BOARD, AdwBin)

void usher_board_set_context(UsherBoard *board, UsherContext *context);

UsherContext *usher_board_get_context(UsherBoard *board);

/* The stations as they are shown. */
GListModel *usher_board_get_stations(UsherBoard *board);

/* All stations in their order, also those that a search does not show. */
GListModel *usher_board_get_all(UsherBoard *board);

/* The only selected station, without a new reference; NULL if none or several are. */
UsherStation *usher_board_get_only(UsherBoard *board);

/* Ids of those that are selected. */
GStrv usher_board_dup_selected(UsherBoard *board);

/* Selects one station, unless it is one of the selected. */
void usher_board_choose(UsherBoard *board, const char *id);

GtkSearchBar *usher_board_get_search_bar(UsherBoard *board);
void usher_board_set_search(UsherBoard *board, const char *text);
void usher_board_start_search(UsherBoard *board);
