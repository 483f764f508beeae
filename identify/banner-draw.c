/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <pango/pangocairo.h>

#include "common/macro.h"
#include "common/text.h"
#include "identify/banner-draw.h"

/* Parts of the box. */
#define MARGIN 0.05
#define NAME_PART 0.72
#define ID_PART 0.14

/* In pixels. Letters this small cannot be read from a distance, but they are better than no banner. */
#define SIZE_MIN 4

/* A long word is broken if its letters would otherwise be smaller than this part of the box. */
#define UNBROKEN_MIN_PART 0.2

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
        double x = width * MARGIN, y = height * MARGIN, w = width - 2 * x;
        int r;

        if (isempty(text->name) || !text_is_utf8(text->name) || (text->id && !text_is_utf8(text->id)))
                return -EINVAL;

        r = draw_text(cr, text->name, "Sans Bold", x, y, w, text->id ? height * NAME_PART : height - 2 * y);
        if (r >= 0 && text->id)
                r = draw_text(cr, text->id, "Sans", x, height - y - height * ID_PART, w, height * ID_PART);
        if (r < 0)
                return r;

        return cairo_status(cr) == CAIRO_STATUS_SUCCESS ? 0 : -ENOMEM;
}
