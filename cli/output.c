/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <langinfo.h>

#include "cli/output.h"
#include "common/log.h"
#include "common/terminal.h"
#include "common/text.h"

static const char *const color_table[_COLOR_MAX] = {
        [COLOR_GOOD] = "\033[32m",
        [COLOR_CHANGING] = "\033[33m",
        [COLOR_BAD] = "\033[1;31m",
        [COLOR_TITLE] = "\033[1m",
};

const char *color_start(Color color) {
        return color < _COLOR_MAX ? color_table[color] : NULL;
}

char *output_safe(const char *text) {
        char *safe, *out;

        safe = text_escape_terminal(text, false);
        if (!safe || output_is_utf8())
                return safe;

        out = safe;
        for (const unsigned char *p = (const unsigned char *) safe; *p; p++)
                if (*p < 0x80)
                        *out++ = (char) *p;
                else if (*p >= 0xc0)
                        *out++ = '?';
        *out = '\0';

        return safe;
}

void output_text(FILE *f, const char *text) {
        _cleanup_free_ char *safe = NULL;

        safe = output_safe(text);
        if (safe)
                fputs(safe, f);
        else
                (void) log_oom();
}

void output_line(FILE *f, const char *format, ...) {
        _cleanup_free_ char *text = NULL;
        va_list ap;
        int r;

        va_start(ap, format);
        r = vasprintf(&text, format, ap);
        va_end(ap);
        if (r < 0) {
                text = NULL;
                (void) log_oom();
                return;
        }

        output_text(f, text);
        fputc('\n', f);
}

int output_errorv(int error, const char *format, va_list ap) {
        _cleanup_free_ char *text = NULL, *safe = NULL;
        int r;

        error = abs(error);
        errno = error;
        r = vasprintf(&text, format, ap);
        if (r < 0) {
                text = NULL;
                return log_oom();
        }

        safe = output_safe(text);
        if (!safe)
                return log_oom();

        (void) log_error("%s", safe);
        return -error;
}

int output_error(int error, const char *format, ...) {
        va_list ap;
        int r;

        va_start(ap, format);
        r = output_errorv(error, format, ap);
        va_end(ap);

        return r;
}

/* Returns 1 for yes, 0 for no, else -EINVAL. "16", "256" and "24bit" are $SYSTEMD_COLORS' own words for
 * yes. */
static int parse_switch(const char *s) {
        static const char *const yes[] = { "1", "yes", "y", "true", "t", "on", "16", "256", "24bit" };
        static const char *const no[] = { "0", "no", "n", "false", "f", "off" };

        for (size_t i = 0; i < ELEMENTSOF(yes); i++)
                if (strcasecmp(yes[i], s) == 0)
                        return 1;
        for (size_t i = 0; i < ELEMENTSOF(no); i++)
                if (strcasecmp(no[i], s) == 0)
                        return 0;

        return -EINVAL;
}

bool output_has_colors(void) {
        const char *e = getenv("SYSTEMD_COLORS");
        int r;

        r = e ? parse_switch(e) : -EINVAL;
        if (r >= 0)
                return r;
        if (!isempty(getenv("NO_COLOR")))
                return false;

        return output_is_terminal();
}

bool output_is_terminal(void) {
        const char *e = getenv("TERM");

        return isatty(STDOUT_FILENO) && !isempty(e) && !streq(e, "dumb");
}

bool output_is_utf8(void) {
        return streq(nl_langinfo(CODESET), "UTF-8");
}

/* A size from the environment, as scripts set it, else from the terminal. */
static size_t choose_size(const char *variable, size_t from_terminal) {
        const char *e = getenv(variable);
        unsigned long n;

        n = e ? strtoul(e, NULL, 10) : 0;
        if (n > 0 && n <= 10000)
                return n;

        return from_terminal;
}

size_t output_columns(void) {
        unsigned columns = 80, rows = 24;

        (void) terminal_get_size(STDOUT_FILENO, &columns, &rows);
        return choose_size("COLUMNS", columns);
}

size_t output_rows(void) {
        unsigned columns = 80, rows = 24;

        (void) terminal_get_size(STDOUT_FILENO, &columns, &rows);
        return choose_size("LINES", rows);
}

size_t utf8_extra(const char *s) {
        size_t n = 0;

        for (; *s; s++)
                n += (*s & 0xc0) == 0x80;

        return n;
}
