/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A hub in the tree, as it is when the row is made. */

#include <adwaita.h>

#include "stations/context.h"

GtkWidget *usher_hub_row_new(UsherContext *context, UsherHub *hub, guint depth);
