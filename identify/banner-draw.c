/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <pango/pangocairo.h>

#include "common/macro.h"
#include "common/text.h"
#include "identify/banner-draw.h"

/* Parts of the box. At the top the box is lower, and its small text says what the number means. */
#define MARGIN 0.05
#define ID_PART 0.14
#define ID_PART_TOP 0.26
#define GAP 0.04

/* In pixels. Letters this small cannot be read from a distance, but they are better than no banner. */
#define SIZE_MIN 4

/* A long word is broken if its letters would otherwise be smaller than this part of the box. */
#define UNBROKEN_MIN_PART 0.2

/* Parts of a monitor. The rest of it still shows the desktop. */
#define MONITOR_WIDTH_PART 0.86
#define MONITOR_HEIGHT_PART 0.40
#define MONITOR_HEIGHT_PART_TOP 0.30
#define MONITOR_TOP_PART 0.02

/* White on dark blue. */
#define INK 1, 1, 1
#define PAPER 0.07, 0.16, 0.31
#define EDGE 0.95, 0.75, 0.20
#define EDGE_PIXELS 6

static void layout_freep(PangoLayout **layout) {
        if (*layout)
                g_object_unref(*layout);
}

static void set_size(PangoLayout *layout, int size) {
        PangoFontDescription *font = pango_font_description_copy(pango_layout_get_font_description(layout));

        pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
        pango_layout_set_font_description(layout, font);
        pango_font_description_free(font);
}

static bool fits(PangoLayout *layout, int size, int width, int height) {
        PangoRectangle ink, logical;

        set_size(layout, size);
        pango_layout_get_pixel_extents(layout, &ink, &logical);
        return logical.width <= width && logical.height <= height && ink.width <= width &&
                        ink.height <= height;
}

/* Finds the largest letters with which the text fits into the box. */
static int fit(PangoLayout *layout, PangoWrapMode wrap, int width, int height) {
        int low = SIZE_MIN, high = MAX_OF(height, SIZE_MIN);

        pango_layout_set_width(layout, width * PANGO_SCALE);
        pango_layout_set_wrap(layout, wrap);

        while (low < high) {
                int middle = low + (high - low + 1) / 2;

                if (fits(layout, middle, width, height))
                        low = middle;
                else
                        high = middle - 1;
        }

        set_size(layout, low);
        return low;
}

static void draw_in_the_middle(
                cairo_t *cr, PangoLayout *layout, double x, double y, double width, double height) {
        PangoRectangle logical;

        pango_layout_get_pixel_extents(layout, NULL, &logical);
        cairo_save(cr);
        cairo_rectangle(cr, x, y, width, height);
        cairo_clip(cr);
        cairo_move_to(cr, x, y + (height - logical.height) / 2 - logical.y);
        pango_cairo_show_layout(cr, layout);
        cairo_restore(cr);
}

static int draw_text(cairo_t *cr,
                const char *text,
                const char *font_name,
                double x,
                double y,
                double width,
                double height) {

        _cleanup_(layout_freep) PangoLayout *layout = pango_cairo_create_layout(cr);
        PangoFontDescription *font;

        if (!layout)
                return -ENOMEM;

        font = pango_font_description_from_string(font_name);
        pango_layout_set_font_description(layout, font);
        pango_font_description_free(font);
        pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
        pango_layout_set_text(layout, text, -1);

        if (fit(layout, PANGO_WRAP_WORD, (int) width, (int) height) < height * UNBROKEN_MIN_PART)
                (void) fit(layout, PANGO_WRAP_WORD_CHAR, (int) width, (int) height);

        draw_in_the_middle(cr, layout, x, y, width, height);
        return 0;
}

int banner_draw(cairo_t *cr, double width, double height, const BannerText *text) {
        double x = width * MARGIN, y = height * MARGIN, w = width - 2 * x, h = height - 2 * y, small = 0;
        int r;

        if (isempty(text->name) || !text_is_utf8(text->name) || (text->id && !text_is_utf8(text->id)))
                return -EINVAL;

        if (text->id) {
                small = height * (text->place == BANNER_TOP ? ID_PART_TOP : ID_PART);
                h -= small + height * GAP;
        }

        r = draw_text(cr, text->name, "Sans Bold", x, y, w, h);
        if (r >= 0 && text->id)
                r = draw_text(cr, text->id, "Sans", x, height - y - small, w, small);
        if (r < 0)
                return r;

        return cairo_status(cr) == CAIRO_STATUS_SUCCESS ? 0 : -ENOMEM;
}

BannerBox banner_box(int width, int height, BannerPlace place) {
        BannerBox box = {
                .width = MAX_OF((int) (width * MONITOR_WIDTH_PART), 1),
                .height = MAX_OF((int) (height *
                                                 (place == BANNER_TOP ? MONITOR_HEIGHT_PART_TOP :
                                                                        MONITOR_HEIGHT_PART)),
                                1),
        };

        box.x = (width - box.width) / 2;
        box.y = place == BANNER_TOP ? (int) (height * MONITOR_TOP_PART) : (height - box.height) / 2;
        return box;
}

int banner_paint(cairo_t *cr, double width, double height, const BannerText *text) {
        cairo_set_source_rgb(cr, PAPER);
        cairo_paint(cr);
        cairo_set_source_rgb(cr, EDGE);
        cairo_set_line_width(cr, 2 * EDGE_PIXELS);
        cairo_rectangle(cr, 0, 0, width, height);
        cairo_stroke(cr);
        cairo_set_source_rgb(cr, INK);
        return banner_draw(cr, width, height, text);
}
