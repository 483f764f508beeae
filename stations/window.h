/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "stations/context.h"

#define USHER_TYPE_WINDOW (usher_window_get_type())
G_DECLARE_FINAL_TYPE(UsherWindow, usher_window, USHER, WINDOW, AdwApplicationWindow)

/* application may be NULL. */
UsherWindow *usher_window_new(GtkApplication *application, UsherContext *context);

/* Takes the toast. */
void usher_window_add_toast(UsherWindow *window, AdwToast *toast);

UsherContext *usher_window_get_context(UsherWindow *window);
void usher_window_start_search(UsherWindow *window);
