/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A banner: the name of a station, as large as possible, and its id in small letters. It is drawn on any
 * cairo surface. */

#include <cairo.h>

typedef struct BannerText {
        const char *name; /* the label, or the id */
        const char *id;   /* NULL where it is not shown */
} BannerText;

typedef struct BannerBox {
        int x, y, width, height;
} BannerBox;

/* Where the banner is on a monitor of that size, in pixels from its top left corner. */
BannerBox banner_box(int width, int height);

/* Draws the text, with the source that is set, into a box of that size at 0, 0, and nothing outside of it.
 * Returns 0, -EINVAL for a text that is empty or not UTF-8, or -ENOMEM. */
int banner_draw(cairo_t *cr, double width, double height, const BannerText *text);

/* Draws the whole banner, with its colours. The same as banner_draw() otherwise. */
int banner_paint(cairo_t *cr, double width, double height, const BannerText *text);
