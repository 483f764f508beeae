/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/seat-id.h"
#include "common/text.h"
#include "feature/label-check.h"

/* Characters that are invisible at the beginning or the end of a line, so that two labels would look the
 * same. The joiners among them have a meaning within words of some languages, where they are allowed. */
static const char *const spaces[] = {
        " ",
        "\u00a0",
        "\u00ad",
        "\u1680",
        "\u2000",
        "\u2001",
        "\u2002",
        "\u2003",
        "\u2004",
        "\u2005",
        "\u2006",
        "\u2007",
        "\u2008",
        "\u2009",
        "\u200a",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u202f",
        "\u205f",
        "\u2060",
        "\u3000",
        "\ufeff",
};

static bool is_bordered(const char *s) {
        size_t n = strlen(s);

        for (size_t i = 0; i < ELEMENTSOF(spaces); i++) {
                size_t k = strlen(spaces[i]);

                if (startswith(s, spaces[i]) || (n >= k && streq(s + n - k, spaces[i])))
                        return true;
        }

        return false;
}

/* s must be valid UTF-8. */
static size_t count_characters(const char *s) {
        size_t n = 0;

        for (; *s; s++)
                n += ((unsigned char) *s & 0xc0) != 0x80;

        return n;
}

LabelVerdict label_check(const char *label) {
        _cleanup_free_ char *escaped = NULL;

        if (!label[0])
                return LABEL_EMPTY;

        /* This comes before anything that allocates memory for the text. */
        if (strlen(label) > LABEL_CHARACTERS_MAX * 4)
                return text_is_utf8(label) ? LABEL_TOO_LONG : LABEL_NOT_TEXT;

        escaped = text_escape_terminal(label, false);
        if (!escaped)
                return -ENOMEM;
        if (!streq(escaped, label))
                return LABEL_NOT_TEXT;

        if (count_characters(label) > LABEL_CHARACTERS_MAX)
                return LABEL_TOO_LONG;
        if (is_bordered(label))
                return LABEL_BORDERED;

        return seat_id_is_valid(label) ? LABEL_IS_AN_ID : LABEL_GOOD;
}

const char *label_verdict_explain(LabelVerdict v) {
        static const char *const sentences[_LABEL_VERDICT_MAX] = {
                [LABEL_NOT_TEXT] = "A label is text without control characters.",
                [LABEL_TOO_LONG] = "A label has at most 64 characters.",
                [LABEL_BORDERED] = "A label does not begin or end with a space.",
                [LABEL_IS_AN_ID] = "A label must not look like a station's id (seat...).",
        };

        return (int) v < 0 || v >= _LABEL_VERDICT_MAX ? NULL : sentences[v];
}
