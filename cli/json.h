/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"

/* libsmartcols writes one table as one JSON object with one array, over many lines. These functions turn
 * such texts into the format of usherctl(1). All return NULL when out of memory. */

/* One document of several tables: {"version":1,"stations":[…],"jobs":[…]}. */
char *json_document(const char *const *tables, size_t n, JsonMode mode);

/* The first row of a table as an object on one line, with |first| (members of JSON, with their commas)
 * before the row's own. */
char *json_row(const char *table, const char *first);

/* A string of JSON with its quotes. */
char *json_string(const char *s);

/* Removes the blanks between tokens, in place. */
void json_compact(char *text);

/* Writes characters that a terminal obeys (DEL, C1, bidirectional controls) as \uNNNN. They only occur in
 * strings, where both forms mean the same. */
char *json_harden(const char *text);
