/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Makes text from outside safe for its destination. A terminal obeys control characters and reorders text
 * between bidirectional controls (CVE-2021-42574, CVE-2024-28085); a notification server obeys markup.
 * Neither ever gets the text of a person or a device unchanged. */

#include "common/macro.h"
#include "common/text.h"

uint32_t text_decode(const char *s, size_t *ret_length) {
        static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
        const uint8_t *p = (const uint8_t *) s;
        uint32_t c;
        size_t n;

        *ret_length = 1;

        if (p[0] < 0x80)
                return p[0];
        else if ((p[0] & 0xe0) == 0xc0)
                n = 2, c = p[0] & 0x1f;
        else if ((p[0] & 0xf0) == 0xe0)
                n = 3, c = p[0] & 0x0f;
        else if ((p[0] & 0xf8) == 0xf0)
                n = 4, c = p[0] & 0x07;
        else
                return CODEPOINT_INVALID;

        for (size_t i = 1; i < n; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return CODEPOINT_INVALID;
                c = c << 6 | (p[i] & 0x3f);
        }

        if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
                return CODEPOINT_INVALID;

        *ret_length = n;
        return c;
}

static bool is_control(uint32_t c) {
        return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

bool text_is_reordering(uint32_t c) {
        return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
                        (c >= 0x2066 && c <= 0x2069);
}

bool text_is_utf8(const char *s) {
        size_t n;

        for (; *s; s += n)
                if (text_decode(s, &n) == CODEPOINT_INVALID)
                        return false;

        return true;
}

typedef enum Escape {
        ESCAPE_CONTROL = 1 << 0,
        ESCAPE_REORDERING = 1 << 1,
        ESCAPE_MARKUP = 1 << 2,
        KEEP_NEWLINES = 1 << 3,
} Escape;

static const char *entity(uint32_t c) {
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                return NULL;
        }
}

/* The only loop over a text. |out| has room for the longest escapes: six bytes for each byte of input. */
static void escape_into(const char *s, Escape flags, char *out) {
        size_t n;

        for (; *s; s += n) {
                uint32_t c = text_decode(s, &n);

                if (c == CODEPOINT_INVALID)
                        out += sprintf(out, "\\x%02x", (unsigned) (uint8_t) *s);
                else if ((flags & KEEP_NEWLINES) && (c == '\n' || c == '\t'))
                        *out++ = (char) c;
                else if ((flags & ESCAPE_CONTROL) && is_control(c))
                        out += sprintf(out, "\\x%02x", (unsigned) c);
                else if ((flags & ESCAPE_REORDERING) && text_is_reordering(c))
                        out += sprintf(out, "\\u%04x", (unsigned) c);
                else if ((flags & ESCAPE_MARKUP) && entity(c))
                        out = stpcpy(out, entity(c));
                else {
                        memcpy(out, s, n);
                        out += n;
                }
        }

        *out = '\0';
}

static char *escape(const char *s, Escape flags) {
        char *buffer;

        buffer = malloc(strlen(s) * 6 + 1);
        if (!buffer)
                return NULL;

        escape_into(s, flags, buffer);
        return buffer;
}

char *text_escape_terminal(const char *s, bool keep_newlines) {
        return escape(s, ESCAPE_CONTROL | ESCAPE_REORDERING | (keep_newlines ? KEEP_NEWLINES : 0));
}

char *text_escape_markup(const char *s) {
        return escape(s, ESCAPE_CONTROL | ESCAPE_REORDERING | ESCAPE_MARKUP | KEEP_NEWLINES);
}

char *text_sanitize(const char *s, size_t max) {
        char *safe;

        safe = escape(s, ESCAPE_CONTROL);
        if (safe)
                safe[text_prefix(safe, max)] = '\0';

        return safe;
}

size_t text_prefix(const char *s, size_t max) {
        size_t done = 0, n;

        while (s[done]) {
                (void) text_decode(s + done, &n);
                if (done + n > max)
                        break;
                done += n;
        }

        return done;
}
