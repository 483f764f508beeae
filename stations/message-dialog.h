/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Asks for a text, and sends it to stations. */

#include <adwaita.h>

#include "stations/context.h"

/* paths: of the stations; NULL: all. */
void usher_message_dialog_present(GtkWidget *parent, UsherContext *context, const char *const *paths);
