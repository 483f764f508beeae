/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODEPOINT_INVALID UINT32_MAX

/* Valid UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(const char *s);

/* Decodes the character at s and sets its length. An invalid byte is CODEPOINT_INVALID, of length 1. */
uint32_t text_decode(const char *s, size_t *ret_length);

/* Whether a character changes the order or the lines of the text around it: bidirectional marks, embeddings
 * and isolates, and the line and paragraph separators of Unicode. */
bool text_is_reordering(uint32_t c);

/* For a terminal, a table or a log line: control characters (C0, DEL, C1), bidirectional controls, line and
 * paragraph separators and invalid bytes become visible as \xNN or \uNNNN; '\n' and '\t' stay only if
 * keep_newlines is set. Printable text is unchanged. Returns NULL when out of memory. */
char *text_escape_terminal(const char *s, bool keep_newlines);

/* For the body of a notification whose server knows body-markup: & < > " ' become entities. The result has
 * no control characters but newlines and tabs. Returns NULL when out of memory. */
char *text_escape_markup(const char *s);

/* For text of a device that is sent over D-Bus or written to the journal: the same text, with each invalid
 * byte and control character as \xNN, at most max bytes, cut between characters. */
char *text_sanitize(const char *s, size_t max);

/* The longest prefix of s, in bytes, that has at most max bytes and ends between two characters. */
size_t text_prefix(const char *s, size_t max);
