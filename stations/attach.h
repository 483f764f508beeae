/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Attaches a hub to a station, with a toast that attaches it to where it was. */

#include <adwaita.h>

#include "stations/context.h"

/* Ids of a hub and of a station. */
void usher_attach(GtkWidget *widget, UsherContext *context, const char *hub, const char *station);
