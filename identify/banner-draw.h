/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A sign: what a station is called, as large as there is room for, and its id in small letters. It is drawn
 * on any surface of cairo, with the source that is set. */

#include <cairo.h>

typedef struct BannerText {
        const char *name; /* the label, or the id */
        const char *id;   /* NULL: not shown */
} BannerText;

/* Draws into a box of that size whose corner is at 0, 0; nothing is drawn outside of it. Returns -EINVAL for
 * a text that is empty or no UTF-8, -ENOMEM. */
int banner_draw(cairo_t *cr, double width, double height, const BannerText *text);
