/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Asks for the name of a station. */

#include <adwaita.h>

#include "stations/context.h"

void usher_rename_dialog_present(GtkWidget *parent, UsherContext *context, UsherStation *station);
