/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A sign for a text terminal: each character is two dots, one above the other, of the blocks that every
 * console font has. */

#include "identify/banner-draw.h"

/* Returns that many lines of so many characters, with \r\n at the end of each; NULL when there is no memory
 * for it, or the text cannot be drawn. */
char *blocks_draw(const BannerText *text, unsigned columns, unsigned rows);
