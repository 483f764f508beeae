/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One station on the board. */

#include <adwaita.h>

#include "stations/context.h"

#define USHER_TYPE_CARD (usher_card_get_type())
G_DECLARE_FINAL_TYPE(UsherCard, usher_card, USHER, CARD, GtkBox)

UsherCard *usher_card_new(UsherContext *context);

/* NULL: the card is not in use. */
void usher_card_set_station(UsherCard *card, UsherStation *station);
UsherStation *usher_card_get_station(UsherCard *card);

/* The station in one sentence, for those who do not see the card. */
char *usher_card_describe(UsherCard *card);

/* Opens the menu of the card. */
void usher_card_popup(UsherCard *card);
