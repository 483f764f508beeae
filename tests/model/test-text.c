/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib.h>

#include "common/text.h"

/* Octal escapes where a hexadecimal one would swallow the next letter. */
static const char *const not_utf8[] = {
        "\x80",             /* a continuation byte without a start */
        "a\xff",            /* never a byte of UTF-8 */
        "\xc3",             /* cut short */
        "\xe2\x82",         /* as above */
        "\xf0\x9f\x98",     /* as above */
        "\xc0\xaf",         /* '/' in too many bytes */
        "\xe0\x80\xaf",     /* as above */
        "\xf0\x80\x80\xaf", /* as above */
        "\xc1\xbf",         /* DEL in too many bytes */
        "\xed\xa0\x80",     /* half of a surrogate pair */
        "\xed\xbf\xbf",     /* the other half */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf8\x88\x80\x80\x80",
        "\xc3(",
};

static const char *const utf8[] = {
        "",
        "plain",
        "größer",
        "窓の左",
        "مرحبا",
        "😀",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "\x7f",
        "\xc2\x80",
};

static void test_utf8(void) {
        for (gsize i = 0; i < G_N_ELEMENTS(utf8); i++) {
                g_assert_true(text_is_utf8(utf8[i]));
                g_assert_true(g_utf8_validate(utf8[i], -1, NULL));
        }

        for (gsize i = 0; i < G_N_ELEMENTS(not_utf8); i++) {
                g_assert_false(text_is_utf8(not_utf8[i]));
                g_assert_false(g_utf8_validate(not_utf8[i], -1, NULL));
        }
}

/* For all short strings of the significant bytes, and for random ones, the result agrees with GLib's. */
static void test_utf8_like_glib(void) {
        static const char bytes[] = "a\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xec\xed\xee\xef\xf0"
                                    "\xf1\xf4\xf5\xff";
        char s[5] = {};

        for (gsize i = 0; i < sizeof(bytes) - 1; i++)
                for (gsize j = 0; j < sizeof(bytes) - 1; j++)
                        for (gsize k = 0; k < sizeof(bytes) - 1; k++)
                                for (gsize l = 0; l < sizeof(bytes); l++) {
                                        s[0] = bytes[i], s[1] = bytes[j], s[2] = bytes[k], s[3] = bytes[l];
                                        g_assert_cmpint(text_is_utf8(s), ==, g_utf8_validate(s, -1, NULL));
                                }
}

static void check_terminal(const char *s, gboolean keep_newlines, const char *expected) {
        char *safe = text_escape_terminal(s, keep_newlines);

        g_assert_cmpstr(safe, ==, expected);
        free(safe);
}

static void test_terminal(void) {
        check_terminal("", FALSE, "");
        check_terminal("größer 窓 😀 \"<&>\" \\ 100%s%n", FALSE, "größer 窓 😀 \"<&>\" \\ 100%s%n");

        /* Colours, window titles, links, the clipboard; the bell, backspace, delete. */
        check_terminal("\033[31mred", FALSE, "\\x1b[31mred");
        check_terminal("\033]0;title\007", FALSE, "\\x1b]0;title\\x07");
        check_terminal("\033]52;c;aGk=\033\\", FALSE, "\\x1b]52;c;aGk=\\x1b\\");
        check_terminal("a\bb\177c\rd", FALSE, "a\\x08b\\x7fc\\x0dd");

        /* CSI as one character, U+009B, and as a single byte of Latin-1. */
        check_terminal("\xc2\x9b"
                       "31m",
                        FALSE, "\\x9b31m");
        check_terminal("\x9b"
                       "31m",
                        FALSE, "\\x9b31m");
        check_terminal("\xff\xfe", FALSE, "\\xff\\xfe");
        check_terminal("\xe2\x82", FALSE, "\\xe2\\x82");

        /* Characters that change the direction of text, and line ends of Unicode. */
        check_terminal("a\xe2\x80\xae"
                       "b",
                        FALSE, "a\\u202eb");
        check_terminal("\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", FALSE,
                        "\\u2066\\u2069\\u200e\\u200f\\u061c");
        check_terminal("a\xe2\x80\xa8z\xe2\x80\xa9", FALSE, "a\\u2028z\\u2029");
}

static void test_newlines(void) {
        check_terminal("a\nb\tc\r", TRUE, "a\nb\tc\\x0d");
        check_terminal("a\nb\tc\r", FALSE, "a\\x0ab\\x09c\\x0d");
}

static void test_markup(void) {
        char *safe;

        safe = text_escape_markup("<a href=\"x\">'&amp;'</a>\n\033[1m\xff\xe2\x80\xae");
        g_assert_cmpstr(safe, ==,
                        "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/a&gt;\n\\x1b[1m\\xff\\u202e");
        free(safe);

        /* The longest escape of one byte. */
        safe = text_escape_markup("\"\"\"\"\"\"\"\"");
        g_assert_cmpuint(strlen(safe), ==, 8 * strlen("&quot;"));
        free(safe);
}

static void check_sanitize(const char *s, gsize max, const char *expected) {
        char *safe = text_sanitize(s, max);

        g_assert_cmpstr(safe, ==, expected);
        g_assert_cmpuint(strlen(safe), <=, max);
        g_assert_true(text_is_utf8(safe));
        free(safe);
}

static void test_sanitize(void) {
        check_sanitize("USB2.0 Hub", 128, "USB2.0 Hub");
        check_sanitize("a\nb\x1b\xff", 128, "a\\x0ab\\x1b\\xff");
        check_sanitize("größer", 3, "gr");
        check_sanitize("größer", 4, "grö");
        check_sanitize("\n\n\n", 6, "\\x0a\\x");
        check_sanitize("anything", 0, "");
        check_sanitize("", 0, "");
}

static void test_prefix(void) {
        g_assert_cmpuint(text_prefix("", 0), ==, 0);
        g_assert_cmpuint(text_prefix("abc", 10), ==, 3);
        g_assert_cmpuint(text_prefix("abc", 2), ==, 2);
        g_assert_cmpuint(text_prefix("😀😀", 7), ==, 4);
        g_assert_cmpuint(text_prefix("😀😀", 8), ==, 8);
        g_assert_cmpuint(text_prefix("😀😀", 3), ==, 0);
        g_assert_cmpuint(text_prefix("\xf0\x9f\x98", 2), ==, 2);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/text/utf8", test_utf8);
        g_test_add_func("/text/utf8-like-glib", test_utf8_like_glib);
        g_test_add_func("/text/terminal", test_terminal);
        g_test_add_func("/text/terminal-newlines", test_newlines);
        g_test_add_func("/text/markup", test_markup);
        g_test_add_func("/text/sanitize", test_sanitize);
        g_test_add_func("/text/prefix", test_prefix);

        return g_test_run();
}
