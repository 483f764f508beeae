/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How text reaches people. Text from outside may hold anything: these functions escape all of it, so that no
 * caller can forget to. */

#include <stdarg.h>

#include "common/macro.h"

/* Text from outside as it may be shown: escaped, and where the locale is not UTF-8, with a '?' for each
 * character that is not ASCII. (On a terminal that does not know UTF-8 the second byte of a character may be
 * a control character, and libsmartcols 2.38 hangs when it measures what the locale cannot read.) Returns
 * NULL when out of memory. */
char *output_safe(const char *text);

/* Writes a line to |f|. */
void output_line(FILE *f, const char *format, ...) _printf_(2, 3);

/* Writes a part of a line. */
void output_text(FILE *f, const char *text);

/* Logs an error. %m is the text of |error|. Returns -|error|. */
int output_error(int error, const char *format, ...) _printf_(2, 3);
int output_errorv(int error, const char *format, va_list ap) _printf_(2, 0);

typedef enum Color {
        COLOR_NONE,
        COLOR_GOOD,
        COLOR_CHANGING,
        COLOR_BAD,
        COLOR_TITLE,
        _COLOR_MAX,
} Color;

/* The sequence that starts a colour, or NULL for none, and the one that ends it. */
const char *color_start(Color color);
#define COLOR_END "\033[0m"

/* $SYSTEMD_COLORS and $NO_COLOR decide, else whether stdout is a terminal. */
bool output_has_colors(void);

/* Whether stdout is a terminal that understands cursor movements. */
bool output_is_terminal(void);
bool output_is_utf8(void);
size_t output_columns(void);
size_t output_rows(void);

/* How many bytes of s do not begin a character: printf() pads by bytes. */
size_t utf8_extra(const char *s);
