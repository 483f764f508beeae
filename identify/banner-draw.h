/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A banner: the name of a station, as large as possible, and its id in small letters. It is drawn on any
 * cairo surface, with the source that is set. */

#include <cairo.h>

typedef struct BannerText {
        const char *name; /* the label, or the id */
        const char *id;   /* NULL where it is not shown */
} BannerText;

/* Draws into a box of that size at 0, 0, and nothing outside of it. Returns 0, -EINVAL for a text that is
 * empty or not UTF-8, or -ENOMEM. */
int banner_draw(cairo_t *cr, double width, double height, const BannerText *text);
