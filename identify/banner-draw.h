/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A banner: the name of a station, as large as possible, and its id in small letters; or the time left and
 * what it is left for. It is drawn on any cairo surface. */

#include <cairo.h>

typedef enum BannerPlace {
        BANNER_MIDDLE, /* of the screen, where everybody looks first */
        BANNER_TOP,    /* out of the way of the windows that the user still works in */
} BannerPlace;

typedef struct BannerText {
        const char *name; /* large: the label, the id or the time left */
        const char *id;   /* small, NULL where it is not shown */
        BannerPlace place;
} BannerText;

typedef struct BannerBox {
        int x, y, width, height;
} BannerBox;

/* Where the banner is on a monitor of that size, in pixels from its top left corner. */
BannerBox banner_box(int width, int height, BannerPlace place);

/* Draws the text, with the source that is set, into a box of that size at 0, 0, and nothing outside of it.
 * Returns 0, -EINVAL for a text that is empty or not UTF-8, or -ENOMEM. */
int banner_draw(cairo_t *cr, double width, double height, const BannerText *text);

/* Draws the whole banner, with its colours. The same as banner_draw() otherwise. */
int banner_paint(cairo_t *cr, double width, double height, const BannerText *text);
