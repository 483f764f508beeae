/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The hubs as a tree, with what they are and whose they are. */

#include <adwaita.h>

#include "stations/context.h"

#define USHER_TYPE_HUBS_PAGE (usher_hubs_page_get_type())
G_DECLARE_FINAL_TYPE(UsherHubsPage, usher_hubs_page, USHER, HUBS_PAGE, AdwBin)

void usher_hubs_page_set_context(UsherHubsPage *page, UsherContext *context);
