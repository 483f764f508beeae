/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How words reach people. Whatever stands in them came from outside: these functions escape all of it, so
 * that no caller can forget to. */

#include <stdarg.h>

#include "common/macro.h"

typedef struct Command Command;

/* Text from outside as it may be shown: escaped, and where the locale is not UTF-8, a '?' for each character
 * that is not ASCII. (To a terminal that does not know UTF-8 the second byte of one may be a control
 * character; and libsmartcols 2.38 does not return from measuring what the locale cannot read.) NULL when
 * out of memory. */
char *output_safe(const char *text);

/* A line on |f|. */
void say(FILE *f, const char *format, ...) _printf_(2, 3);

/* A part of a line. */
void say_part(FILE *f, const char *text);

/* A line in the log. %m is the text of |error|. Returns -|error|. */
int complain(int error, const char *format, ...) _printf_(2, 3);
int complainv(int error, const char *format, va_list ap) _printf_(2, 0);

typedef enum Color {
        COLOR_NONE,
        COLOR_GOOD,
        COLOR_CHANGING,
        COLOR_BAD,
        COLOR_TITLE,
        _COLOR_MAX,
} Color;

/* The sequence that starts a colour, or NULL for none; and the one that ends it. */
const char *color_start(Color color);
#define COLOR_END "\033[0m"

/* $SYSTEMD_COLORS and $NO_COLOR decide, else whether stdout is a terminal. */
bool output_has_colors(void);

/* Whether stdout is a terminal that understands cursor movements. */
bool output_is_terminal(void);
bool output_is_utf8(void);
size_t output_columns(void);
size_t output_rows(void);

/* How many bytes of s are no characters of their own: printf() pads by bytes. */
size_t utf8_extra(const char *s);

/* Writes text to stdout, through a pager where it does not fit on the screen. */
int output_page(const Command *c, const char *text);
