/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <ctype.h>

#include "cli/json.h"
#include "common/text.h"

/* Raised when a member changes its meaning or goes away; new members do not raise it. */
#define SCHEMA_VERSION 1

void json_compact(char *text) {
        bool in_string = false;
        char *out = text;

        for (const char *p = text; *p; p++) {
                if (in_string && *p == '\\' && p[1])
                        *out++ = *p++;
                else if (*p == '"')
                        in_string = !in_string;
                else if (!in_string && isspace((unsigned char) *p))
                        continue;
                *out++ = *p;
        }

        *out = '\0';
}

char *json_harden(const char *text) {
        char *hardened, *out;
        size_t n;

        /* At most six bytes for one. */
        hardened = out = malloc(strlen(text) * 6 + 1);
        if (!hardened)
                return NULL;

        for (const char *p = text; *p; p += n) {
                uint32_t c = text_decode(p, &n);

                if ((c >= 0x7f && c < 0xa0) || text_is_reordering(c))
                        out += sprintf(out, "\\u%04x", (unsigned) c);
                else
                        out = mempcpy(out, p, n);
        }

        *out = '\0';
        return hardened;
}

char *json_string(const char *s) {
        _cleanup_free_ char *quoted = NULL;
        char *out;

        quoted = out = malloc(strlen(s) * 6 + 3);
        if (!quoted)
                return NULL;

        *out++ = '"';
        for (; *s; s++)
                if (*s == '"' || *s == '\\')
                        out += sprintf(out, "\\%c", *s);
                else if ((unsigned char) *s < 0x20)
                        out += sprintf(out, "\\u%04x", (unsigned) *s);
                else
                        *out++ = *s;
        (void) strcpy(out, "\"");

        return json_harden(quoted);
}

/* The text between the first |open| and the last |close|, without blanks around it. */
static char *inside(const char *text, char open, char close) {
        const char *begin = strchr(text, open), *end = strrchr(text, close);

        if (!begin || !end || end <= begin)
                return strdup("");

        for (begin++; begin < end && isspace((unsigned char) *begin);)
                begin++;
        while (end > begin && isspace((unsigned char) end[-1]))
                end--;

        return strndup(begin, end - begin);
}

char *json_document(const char *const *tables, size_t n, JsonMode mode) {
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        fprintf(f, "{\n   \"version\": %i", SCHEMA_VERSION);
        for (size_t i = 0; i < n; i++) {
                _cleanup_free_ char *table = inside(tables[i], '{', '}');

                if (!table) {
                        fclose(f);
                        return NULL;
                }
                fprintf(f, ",\n   %s", table);
        }
        fputs("\n}\n", f);

        if (fclose(f) != 0)
                return NULL;

        if (mode == JSON_SHORT) {
                json_compact(text); /* shorter by two newlines at least */
                (void) strcat(text, "\n");
        }

        return json_harden(text);
}

char *json_row(const char *table, const char *first) {
        _cleanup_free_ char *rows = NULL, *row = NULL, *line = NULL;

        rows = inside(table, '[', ']');
        if (!rows)
                return NULL;
        row = inside(rows, '{', '}');
        if (!row)
                return NULL;
        json_compact(row);

        if (asprintf(&line, "{%s%s%s}", first, isempty(first) || isempty(row) ? "" : ",", row) < 0) {
                line = NULL;
                return NULL;
        }

        return json_harden(line);
}
