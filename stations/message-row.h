/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A row for a text to people, with a menu of those used before. It notifies of the property "text". */

#include <adwaita.h>

#define USHER_TYPE_MESSAGE_ROW (usher_message_row_get_type())
G_DECLARE_FINAL_TYPE(UsherMessageRow, usher_message_row, USHER, MESSAGE_ROW, AdwEntryRow)

/* Fills the menu. */
void usher_message_row_set_settings(UsherMessageRow *row, GSettings *settings);

/* Without the space around it. */
const char *usher_message_row_get_text(UsherMessageRow *row);

/* Puts the text in front of those used before. */
void usher_message_row_remember(UsherMessageRow *row);
