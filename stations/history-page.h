/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The log-offs that have ended: who, where, how, and who asked for it. */

#include <adwaita.h>

#include "stations/context.h"

#define USHER_TYPE_HISTORY_PAGE (usher_history_page_get_type())
G_DECLARE_FINAL_TYPE(UsherHistoryPage, usher_history_page, USHER, HISTORY_PAGE, AdwBin)

void usher_history_page_set_context(UsherHistoryPage *page, UsherContext *context);
