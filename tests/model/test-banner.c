/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What usher-identify draws: as large as the screen allows, and no larger. */

#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "identify/blocks.h"

#define WIDTH 880
#define HEIGHT 300
#define AROUND 50
#define ID "seat-pci-pci-0000_00_11_0"

/* Fontconfig keeps its fonts in memory to the end. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
        return "leak:libfontconfig";
}

/* The bounds of the ink, in pixels of the box; right and bottom are behind the last pixel. */
typedef struct {
        int left, top, right, bottom;
        guint covered;
} Ink;

static bool is_ink(cairo_surface_t *surface, int x, int y) {
        const guint8 *data = cairo_image_surface_get_data(surface);

        return data[y * cairo_image_surface_get_stride(surface) + x] > 0;
}

static Ink measure(cairo_surface_t *surface) {
        Ink ink = { .left = G_MAXINT, .top = G_MAXINT, .right = G_MININT, .bottom = G_MININT };

        for (int y = 0; y < HEIGHT + 2 * AROUND; y++)
                for (int x = 0; x < WIDTH + 2 * AROUND; x++) {
                        if (!is_ink(surface, x, y))
                                continue;
                        ink.left = MIN(ink.left, x - AROUND);
                        ink.top = MIN(ink.top, y - AROUND);
                        ink.right = MAX(ink.right, x - AROUND + 1);
                        ink.bottom = MAX(ink.bottom, y - AROUND + 1);
                        ink.covered++;
                }

        return ink;
}

/* Draws with a margin around the box, so that ink outside of it is found. */
static cairo_surface_t *draw(const char *name, const char *id) {
        cairo_surface_t *surface =
                        cairo_image_surface_create(CAIRO_FORMAT_A8, WIDTH + 2 * AROUND, HEIGHT + 2 * AROUND);
        cairo_t *cr = cairo_create(surface);

        cairo_translate(cr, AROUND, AROUND);
        cairo_set_source_rgba(cr, 1, 1, 1, 1);
        g_assert_cmpint(banner_draw(cr, WIDTH, HEIGHT, &(BannerText) { .name = name, .id = id }), ==, 0);
        cairo_destroy(cr);
        cairo_surface_flush(surface);
        return surface;
}

static Ink ink_of(const char *name, const char *id) {
        cairo_surface_t *surface = draw(name, id);
        Ink ink = measure(surface);

        cairo_surface_destroy(surface);
        return ink;
}

static void test_a_short_name_fills_the_banner(void) {
        Ink ink = ink_of("Station 3", NULL);

        g_assert_cmpint(ink.right - ink.left, >, WIDTH * 7 / 10);
        g_assert_cmpint(ABS((ink.left + ink.right) / 2 - WIDTH / 2), <, WIDTH / 20);

        ink = ink_of("3", NULL);
        g_assert_cmpint(ink.bottom - ink.top, >, HEIGHT / 2);
}

/* 64 characters are the longest label there is. */
static void test_nothing_is_cut_off(void) {
        static const char *const names[] = {
                "3",
                "Station 3",
                "Fenster rechts, die zweite Reihe von vorn, neben der Heizung, 17",
                "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
                "窓側",
                "محطة رقم ٣",
                "स्टेशन ३",
                "A\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308 g\u0323\u0324\u0325",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                Ink ink = ink_of(names[i], ID);

                g_test_message("%s: %i,%i to %i,%i", names[i], ink.left, ink.top, ink.right, ink.bottom);
                g_assert_cmpuint(ink.covered, >, 0);
                g_assert_cmpint(ink.left, >=, 0);
                g_assert_cmpint(ink.top, >=, 0);
                g_assert_cmpint(ink.right, <=, WIDTH);
                g_assert_cmpint(ink.bottom, <=, HEIGHT);
        }
}

/* A word that would be tiny in one line is broken: the ink is then much more than a thin line in the
 * middle. */
static void test_a_long_word_is_broken(void) {
        Ink ink = ink_of("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", NULL);

        g_assert_cmpint(ink.bottom - ink.top, >, HEIGHT / 2);
}

static void test_the_id_stands_below(void) {
        Ink without = ink_of("3", NULL), with = ink_of("3", ID);

        g_assert_cmpint(with.bottom, >, HEIGHT * 8 / 10);
        g_assert_cmpint(with.right - with.left, >, 2 * (without.right - without.left));
        g_assert_cmpint(with.bottom - with.top, >, HEIGHT / 2);
}

/* At the top the box is out of the way of a dialog in the middle, and its small text can be read from afar.
 */
static void test_boxes(void) {
        static const struct {
                int width, height;
        } sizes[] = { { 1280, 720 }, { 1920, 1080 }, { 3840, 2160 }, { 1080, 1920 }, { 1, 1 } };

        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                int width = sizes[i].width, height = sizes[i].height;
                BannerBox middle = banner_box(width, height, BANNER_MIDDLE),
                          top = banner_box(width, height, BANNER_TOP);

                g_assert_cmpint(ABS(middle.x + middle.width + middle.x - width), <=, 1);
                g_assert_cmpint(ABS(middle.y + middle.height + middle.y - height), <=, 1);
                g_assert_cmpint(top.x, ==, middle.x);
                g_assert_cmpint(top.y, >=, 0);
                g_assert_cmpint(top.y + top.height, <=, MAX(height / 3, 1));
                g_assert_cmpint(top.width, >=, 1);
        }
}

static guint covered_below(const BannerText *text, int y) {
        cairo_surface_t *surface =
                        cairo_image_surface_create(CAIRO_FORMAT_A8, WIDTH + 2 * AROUND, HEIGHT + 2 * AROUND);
        cairo_t *cr = cairo_create(surface);
        guint covered = 0;

        cairo_translate(cr, AROUND, AROUND);
        cairo_set_source_rgba(cr, 1, 1, 1, 1);
        g_assert_cmpint(banner_draw(cr, WIDTH, HEIGHT, text), ==, 0);
        cairo_destroy(cr);
        cairo_surface_flush(surface);
        for (; y < HEIGHT; y++)
                for (int x = 0; x < WIDTH; x++)
                        covered += is_ink(surface, x + AROUND, y + AROUND);
        cairo_surface_destroy(surface);
        return covered;
}

static void test_the_small_text_is_larger_at_the_top(void) {
        BannerText text = { .name = "0:09", .id = "Log-off at 14:05" };
        guint middle = covered_below(&text, HEIGHT * 7 / 10);

        text.place = BANNER_TOP;
        g_assert_cmpuint(covered_below(&text, HEIGHT * 7 / 10), >, 2 * middle);
}

static void test_bad_text_draws_nothing(void) {
        static const BannerText bad[] = { { .name = "" }, { .name = NULL }, { .name = "\xff" },
                { .name = "3", .id = "\xc3" } };

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                cairo_surface_t *surface = cairo_image_surface_create(
                                CAIRO_FORMAT_A8, WIDTH + 2 * AROUND, HEIGHT + 2 * AROUND);
                cairo_t *cr = cairo_create(surface);

                g_assert_cmpint(banner_draw(cr, WIDTH, HEIGHT, bad + i), ==, -EINVAL);
                cairo_destroy(cr);
                cairo_surface_flush(surface);
                g_assert_cmpuint(measure(surface).covered, ==, 0);
                cairo_surface_destroy(surface);
                g_assert_null(blocks_draw(bad + i, 80, 25));
        }
}

static gunichar at(char **lines, guint column, guint row) {
        return g_utf8_get_char(g_utf8_offset_to_pointer(lines[row], column));
}

static void test_blocks_fill_the_terminal(void) {
        static const struct {
                guint columns, rows;
        } sizes[] = { { 80, 24 }, { 128, 47 }, { 40, 10 }, { 1, 1 } };

        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                g_autofree char *text = blocks_draw(&(BannerText) { .name = "Station 3", .id = ID },
                                sizes[i].columns, sizes[i].rows);
                g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

                g_assert_cmpuint(g_strv_length(lines), ==, sizes[i].rows + 1);
                g_assert_cmpstr(lines[sizes[i].rows], ==, "");
                for (guint y = 0; y < sizes[i].rows; y++)
                        g_assert_cmpint(g_utf8_strlen(lines[y], -1), ==, sizes[i].columns);
        }
}

/* A letter that is a vertical bar has the shape of one. */
static void test_blocks_are_the_letters(void) {
        g_autofree char *text = blocks_draw(&(BannerText) { .name = "|" }, 80, 24);
        g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
        guint bar = 0;

        g_test_message("\n%s", text);
        for (guint y = 0; y < 24; y++) {
                bar += at(lines, 39, y) == 0x2588 || at(lines, 40, y) == 0x2588;
                g_assert_cmpuint(at(lines, 10, y), ==, ' ');
                g_assert_cmpuint(at(lines, 70, y), ==, ' ');
        }
        g_assert_cmpuint(bar, >=, 12);
}

/* An absurd size, as a terminal could report. */
static void test_blocks_have_a_limit(void) {
        g_autofree char *text = blocks_draw(&(BannerText) { .name = "3" }, 65535, 65535);

        g_assert_nonnull(text);
        g_assert_cmpuint(strlen(text), <, 1024 * 1024);
        g_assert_null(blocks_draw(&(BannerText) { .name = "3" }, 0, 24));
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/banner/a-short-name-fills-the-banner", test_a_short_name_fills_the_banner);
        g_test_add_func("/banner/nothing-is-cut-off", test_nothing_is_cut_off);
        g_test_add_func("/banner/a-long-word-is-broken", test_a_long_word_is_broken);
        g_test_add_func("/banner/the-id-stands-below", test_the_id_stands_below);
        g_test_add_func("/banner/boxes", test_boxes);
        g_test_add_func("/banner/the-small-text-is-larger-at-the-top",
                        test_the_small_text_is_larger_at_the_top);
        g_test_add_func("/banner/bad-text-draws-nothing", test_bad_text_draws_nothing);
        g_test_add_func("/banner/blocks-fill-the-terminal", test_blocks_fill_the_terminal);
        g_test_add_func("/banner/blocks-are-the-letters", test_blocks_are_the_letters);
        g_test_add_func("/banner/blocks-have-a-limit", test_blocks_have_a_limit);

        return g_test_run();
}
