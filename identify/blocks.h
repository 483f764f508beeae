/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A banner for a text terminal. Each character is two dots, one above the other, made of the block
 * characters that every console font has. */

#include "identify/banner-draw.h"

/* Returns that many rows of that many columns, each with \r\n at its end. Returns NULL when out of memory or
 * if the text cannot be drawn. */
char *blocks_draw(const BannerText *text, unsigned columns, unsigned rows);
