/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the board can do with the selected stations. */

#include "stations/board.h"

void usher_board_install_actions(GtkWidgetClass *class);

/* Switches the actions on and off, by the selection and by what polkit says. */
void usher_board_update_actions(UsherBoard *board);
