/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Cards are arranged as the room is by dragging one to the place of another. */

#include "stations/card.h"

void usher_card_drag_init(UsherCard *card);
