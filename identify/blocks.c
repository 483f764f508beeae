/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/macro.h"
#include "identify/blocks.h"

/* Larger terminals are not drawn on in full. */
#define COLUMNS_MAX 500U
#define ROWS_MAX 200U

/* How much of a dot the letters must cover, of 255. */
#define COVERED 128

static void surface_destroyp(cairo_surface_t **surface) {
        cairo_surface_destroy(*surface);
}

static cairo_surface_t *draw(const BannerText *text, int width, int height) {
        cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
        cairo_font_options_t *options = cairo_font_options_create();
        cairo_t *cr = cairo_create(surface);
        int r;

        /* A dot is either on or off. */
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_NONE);
        cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
        cairo_surface_set_fallback_resolution(surface, 72, 72);
        cairo_set_source_rgba(cr, 1, 1, 1, 1);
        cairo_set_font_options(cr, options);
        r = banner_draw(cr, width, height, text);
        cairo_destroy(cr);
        cairo_font_options_destroy(options);
        if (r < 0 || cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
                cairo_surface_destroy(surface);
                return NULL;
        }

        cairo_surface_flush(surface);
        return surface;
}

static bool is_covered(cairo_surface_t *surface, unsigned x, unsigned y) {
        const unsigned char *dots = cairo_image_surface_get_data(surface);

        return dots[y * (unsigned) cairo_image_surface_get_stride(surface) + x] >= COVERED;
}

static const char *character(bool upper, bool lower) {
        if (upper)
                return lower ? "█" : "▀";

        return lower ? "▄" : " ";
}

char *blocks_draw(const BannerText *text, unsigned columns, unsigned rows) {
        _cleanup_(surface_destroyp) cairo_surface_t *surface = NULL;
        char *lines = NULL;
        size_t size;
        FILE *f;

        columns = MIN_OF(columns, COLUMNS_MAX);
        rows = MIN_OF(rows, ROWS_MAX);
        if (columns == 0 || rows == 0)
                return NULL;

        surface = draw(text, (int) columns, (int) (2 * rows));
        if (!surface)
                return NULL;

        f = open_memstream(&lines, &size);
        if (!f)
                return NULL;

        for (unsigned y = 0; y < rows; y++) {
                for (unsigned x = 0; x < columns; x++)
                        fputs(character(is_covered(surface, x, 2 * y), is_covered(surface, x, 2 * y + 1)),
                                        f);
                fputs("\r\n", f);
        }

        if (fclose(f) != 0) {
                free(lines);
                return NULL;
        }

        return lines;
}
