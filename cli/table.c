/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <libsmartcols/libsmartcols.h>

#include "cli/json.h"
#include "cli/table.h"

struct Table {
        struct libscols_table *scols;
        const Column *columns;
        size_t n_columns;
        bool json;
};

Table *table_free(Table *t) {
        if (!t)
                return NULL;

        scols_unref_table(t->scols);
        free(t);
        return NULL;
}

/* A column with no right to be shown is hidden, not left out: cells keep their numbers. */
static int add_column(Table *t, const Column *column) {
        struct libscols_column *cl;
        int flags = 0;

        if (column->flags & COLUMN_RIGHT)
                flags |= SCOLS_FL_RIGHT;
        if (column->flags & COLUMN_TREE)
                flags |= SCOLS_FL_TREE;
        if (column->flags & COLUMN_CUT)
                flags |= SCOLS_FL_TRUNC;
        if ((column->flags & COLUMN_JSON_ONLY) && !t->json)
                flags |= SCOLS_FL_HIDDEN;

        cl = scols_table_new_column(t->scols, column->name, 0, flags);
        if (!cl)
                return -ENOMEM;

        /* What is no text goes into JSON as it is: a list is written as one here. */
        if (column->flags & (COLUMN_NUMBER | COLUMN_LIST))
                return scols_column_set_json_type(cl, SCOLS_JSON_NUMBER);
        return 0;
}

int table_new(const Command *c, const char *name, const Column *columns, size_t n, Table **ret) {
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        t = calloc(1, sizeof(*t));
        if (!t)
                return -ENOMEM;
        *t = (Table) { .columns = columns, .n_columns = n, .json = c->json != JSON_OFF };

        t->scols = scols_new_table();
        if (!t->scols)
                return -ENOMEM;

        if (scols_table_set_name(t->scols, name) < 0 || scols_table_enable_json(t->scols, t->json) < 0 ||
                        scols_table_enable_noencoding(t->scols, true) < 0 ||
                        scols_table_enable_noheadings(t->scols, !c->legend) < 0)
                return -ENOMEM;

        if (!t->json && output_has_colors())
                (void) scols_table_enable_colors(t->scols, true);
        if (!output_is_utf8())
                (void) scols_table_enable_ascii(t->scols, true);

        /* Only a terminal is narrow: a file or a pipe gets whole names. */
        (void) scols_table_set_termforce(
                        t->scols, output_is_terminal() ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
        if (output_is_terminal())
                (void) scols_table_set_termwidth(t->scols, output_columns());

        for (size_t i = 0; i < n; i++) {
                r = add_column(t, columns + i);
                if (r < 0)
                        return r;
        }

        *ret = TAKE_PTR(t);
        return 0;
}

bool table_is_json(const Table *t) {
        return t->json;
}

/* A hidden heading still makes its column as wide as itself. */
void table_hide_headings(Table *t) {
        (void) scols_table_enable_noheadings(t->scols, true);
        for (size_t i = 0; i < t->n_columns; i++) {
                struct libscols_column *cl = scols_table_get_column(t->scols, i);

                (void) scols_cell_set_data(scols_column_get_header(cl), NULL);
        }
}

void table_hide_column(Table *t, size_t column) {
        if (!t->json)
                (void) scols_column_set_flags(scols_table_get_column(t->scols, column), SCOLS_FL_HIDDEN);
}

void table_reduce_width(Table *t, size_t columns) {
        (void) scols_table_reduce_termwidth(t->scols, columns);
}

int table_add(Table *t, struct libscols_line *parent, struct libscols_line **ret) {
        struct libscols_line *line;

        line = scols_table_new_line(t->scols, parent);
        if (!line)
                return -ENOMEM;

        *ret = line;
        return 0;
}

int table_set(Table *t, struct libscols_line *line, size_t column, const char *text) {
        _cleanup_free_ char *safe = NULL;

        assert(column < t->n_columns);

        if (t->json)
                return scols_line_set_data(line, column, text);

        safe = output_safe(isempty(text) ? "-" : text);
        if (!safe)
                return -ENOMEM;

        return scols_line_set_data(line, column, safe);
}

int table_set_number(Table *t, struct libscols_line *line, size_t column, uint64_t number) {
        char text[24];

        (void) snprintf(text, sizeof(text), "%" PRIu64, number);
        return table_set(t, line, column, text);
}

static int write_item(Table *t, size_t column, FILE *f, const char *item) {
        _cleanup_free_ char *text = NULL;

        if (!t->json || (t->columns[column].flags & COLUMN_NUMBER))
                return fputs(item, f) < 0 ? -ENOMEM : 0;

        text = json_string(item);
        return !text || fputs(text, f) < 0 ? -ENOMEM : 0;
}

/* For people the items stand side by side. */
int table_set_list(Table *t, struct libscols_line *line, size_t column, const char *const *list, size_t n) {
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        int r = 0;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f)
                return -ENOMEM;

        fputs(t->json ? "[" : "", f);
        for (size_t i = 0; i < n && r >= 0; i++) {
                fputs(i > 0 ? "," : "", f);
                r = write_item(t, column, f, list[i]);
        }
        fputs(t->json ? "]" : "", f);

        if (fclose(f) != 0)
                return -ENOMEM;
        return r < 0 ? r : table_set(t, line, column, text);
}

int table_set_color(Table *t, struct libscols_line *line, size_t column, Color color) {
        if (t->json || !color_start(color))
                return 0;

        return scols_cell_set_color(scols_line_get_cell(line, column), color_start(color));
}

size_t table_n_rows(const Table *t) {
        return scols_table_get_nlines(t->scols);
}

int table_format(Table *t, char **ret) {
        _cleanup_free_ char *text = NULL;
        size_t n;
        int r;

        r = scols_print_table_to_string(t->scols, &text);
        if (r < 0)
                return r;

        /* With a newline after the last row, unless there is none. */
        n = text ? strlen(text) : 0;
        while (n > 0 && text[n - 1] == '\n')
                n--;
        if (asprintf(ret, "%.*s%s", (int) n, strempty(text), n > 0 ? "\n" : "") < 0)
                return -ENOMEM;

        return 0;
}

int table_show(Table *t, const Command *c, const char *singular, const char *plural) {
        _cleanup_free_ char *text = NULL, *whole = NULL;
        size_t n = table_n_rows(t);
        int r;

        r = table_format(t, &text);
        if (r < 0)
                return complain(r, "Failed to make the table: %m");

        if (t->json)
                whole = json_document(&(const char *) { text }, 1, c->json);
        else if (!c->legend)
                whole = TAKE_PTR(text);
        else if (n == 0)
                r = asprintf(&whole, "No %s.\n", plural);
        else
                r = asprintf(&whole, "%s\n%zu %s listed.\n", text, n, n == 1 ? singular : plural);
        if (r < 0 || !whole)
                return complain(ENOMEM, "Out of memory.");

        return output_page(c, whole);
}
