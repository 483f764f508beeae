/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib.h>

#include "feature/label-check.h"

static void assert_all(const char *const *labels, LabelVerdict expected) {
        for (; *labels; labels++) {
                if (label_check(*labels) != expected)
                        g_test_message("'%s'", *labels);
                g_assert_cmpint(label_check(*labels), ==, expected);
        }
}

static char *repeat(const char *what, guint n) {
        GString *s = g_string_new(NULL);

        while (n-- > 0)
                g_string_append(s, what);

        return g_string_free(s, FALSE);
}

static void test_any_language(void) {
        static const char *const labels[] = {
                "Station 3",
                "1",
                "Fenster links",
                "Fenêtre (à gauche)",
                "Ученик 7",
                "窓側の席",
                "مقعد ٣",
                "पंक्ति १",
                /* A joiner within a word is part of its spelling. */
                "می\u200cخواهم",
                "🪑 by the door",
                "%s%n $(id); \"'<b>&",
                "Seat 3",
                "../../etc/shadow",
                NULL,
        };

        assert_all(labels, LABEL_GOOD);
}

static void test_no_controls(void) {
        static const char *const labels[] = {
                "a\nb",
                "a\tb",
                "\x1b[31mred",
                "a\x7f",
                "a\xc2\x9b"
                "31m",
                "a\u202e"
                "b",
                "a\u2066"
                "b",
                "a\u200f",
                "a\u2028"
                "b",
                "\xff\xfe",
                "\xc3\x28",
                "\xed\xa0\x80",
                NULL,
        };

        assert_all(labels, LABEL_NOT_TEXT);
}

static void test_no_space_at_the_ends(void) {
        static const char *const labels[] = {
                " a",
                "a ",
                " ",
                "\u00a0"
                "a",
                "a\u3000",
                "\u200b",
                "a\ufeff",
                "\u200d"
                "a",
                NULL,
        };

        assert_all(labels, LABEL_BORDERED);
}

static void test_characters_are_counted(void) {
        g_autofree char *most = repeat("窓", 64), *more = repeat("窓", 65), *four = repeat("🪑", 64);
        g_autofree char *huge = repeat("x", 100000), *bad = repeat("\xff", 1000);

        g_assert_cmpint(label_check(most), ==, LABEL_GOOD);
        g_assert_cmpint(label_check(four), ==, LABEL_GOOD);
        g_assert_cmpint(label_check(more), ==, LABEL_TOO_LONG);
        g_assert_cmpint(label_check(huge), ==, LABEL_TOO_LONG);
        g_assert_cmpint(label_check(bad), ==, LABEL_NOT_TEXT);
}

static void test_no_id(void) {
        static const char *const labels[] = { "seat0", "seat-pci-pci-0000_00_11_0", "seat-tomorrow", "seat3",
                NULL };

        assert_all(labels, LABEL_IS_AN_ID);
        g_assert_cmpint(label_check(""), ==, LABEL_EMPTY);
}

static void test_every_refusal_has_a_sentence(void) {
        for (LabelVerdict v = LABEL_NOT_TEXT; v < _LABEL_VERDICT_MAX; v++)
                g_assert_nonnull(label_verdict_explain(v));

        g_assert_null(label_verdict_explain(LABEL_GOOD));
        g_assert_null(label_verdict_explain(LABEL_EMPTY));
        g_assert_null(label_verdict_explain(_LABEL_VERDICT_MAX));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/label/any-language", test_any_language);
        g_test_add_func("/label/no-controls", test_no_controls);
        g_test_add_func("/label/no-space-at-the-ends", test_no_space_at_the_ends);
        g_test_add_func("/label/characters-are-counted", test_characters_are_counted);
        g_test_add_func("/label/no-id", test_no_id);
        g_test_add_func("/label/every-refusal-has-a-sentence", test_every_refusal_has_a_sentence);

        return g_test_run();
}
