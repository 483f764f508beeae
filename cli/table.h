/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A table, for people or as JSON, from one description of its columns. What people see is escaped here; JSON
 * holds exactly what usherd sent. */

#include "cli/command.h"
#include "cli/output.h"

struct libscols_line;

typedef enum ColumnFlags {
        COLUMN_RIGHT = 1 << 0,
        COLUMN_TREE = 1 << 1,
        COLUMN_CUT = 1 << 2, /* where the terminal is narrow */
        COLUMN_JSON_ONLY = 1 << 3,
        COLUMN_NUMBER = 1 << 4, /* in JSON */
        COLUMN_LIST = 1 << 5,   /* in JSON, see table_set_list() */
} ColumnFlags;

typedef struct Column {
        const char *name; /* the heading; the member of JSON is the same in small letters */
        unsigned flags;
} Column;

typedef struct Table Table;

/* |name| is the member that holds the rows in JSON. */
int table_new(const Command *c, const char *name, const Column *columns, size_t n, Table **ret);
Table *table_free(Table *t);
DEFINE_CLEANUP(Table *, table_free);

bool table_is_json(const Table *t);
void table_hide_headings(Table *t);

/* Hides a column from people; JSON keeps it. */
void table_hide_column(Table *t, size_t column);

/* Leaves room beside the table. */
void table_reduce_width(Table *t, size_t columns);

/* Adds a row, below |parent| in a tree. The setters below set the cells of the row that was added last. When
 * memory runs out, these functions remember that and table_format() fails; nobody else needs to check. */
struct libscols_line *table_add(Table *t, struct libscols_line *parent);

/* Each sets one cell; a column that is not shown is passed over. */
void table_set(Table *t, size_t column, const char *text);
void table_set_color(Table *t, size_t column, const char *text, Color color);
void table_set_number(Table *t, size_t column, uint64_t number);
void table_set_list(Table *t, size_t column, const char *const *list, size_t n);

/* For a setter that ran out of memory before it could call one of these. */
void table_set_failed(Table *t);

size_t table_n_rows(const Table *t);

/* The table as text: for people, or the JSON that json.h takes. */
int table_format(Table *t, char **ret);

/* Prints the whole output of a listing: the table with "3 stations listed.", or the JSON document. */
int table_show(Table *t, const Command *c, const char *singular, const char *plural);
