/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What can be done with the machine and with all stations. */

#include "stations/window.h"

void usher_window_install_actions(GtkWidgetClass *class);

/* Switches the actions on and off, by the state of the room and by what polkit says. */
void usher_window_update_actions(UsherWindow *window);
