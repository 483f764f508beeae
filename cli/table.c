/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <libsmartcols/libsmartcols.h>

#include "cli/json.h"
#include "cli/table.h"
#include "common/log.h"

struct Table {
        struct libscols_table *scols;
        const Column *columns;
        size_t n_columns;
        bool json;
        struct libscols_line *row; /* the one that was added last */
        int error;                 /* the first, negative */
};

Table *table_free(Table *t) {
        if (!t)
                return NULL;

        scols_unref_table(t->scols);
        free(t);
        return NULL;
}

/* A column for JSON only is hidden from people, not left out: the other columns keep their numbers. */
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

        /* libsmartcols puts a number into JSON without quotes. Lists are written that way too. */
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

        /* Cut names on a terminal only: a file or a pipe gets them whole. */
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

/* A heading that is only hidden still makes its column as wide as itself. */
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

void table_set_failed(Table *t) {
        t->error = -ENOMEM;
}

static void table_check(Table *t, int r) {
        if (r < 0 && t->error == 0)
                t->error = r;
}

struct libscols_line *table_add(Table *t, struct libscols_line *parent) {
        t->row = scols_table_new_line(t->scols, parent);
        if (!t->row)
                table_set_failed(t);

        return t->row;
}

void table_set(Table *t, size_t column, const char *text) {
        _cleanup_free_ char *safe = NULL;

        assert(column < t->n_columns);

        if (!t->row)
                return;
        if (t->json) {
                table_check(t, scols_line_set_data(t->row, column, text));
                return;
        }

        safe = output_safe(isempty(text) ? "-" : text);
        table_check(t, safe ? scols_line_set_data(t->row, column, safe) : -ENOMEM);
}

void table_set_color(Table *t, size_t column, const char *text, Color color) {
        table_set(t, column, text);
        if (t->row && !t->json && color_start(color))
                table_check(t,
                                scols_cell_set_color(
                                                scols_line_get_cell(t->row, column), color_start(color)));
}

void table_set_number(Table *t, size_t column, uint64_t number) {
        char text[24];

        (void) snprintf(text, sizeof(text), "%" PRIu64, number);
        table_set(t, column, text);
}

static int write_json_list(FILE *f, const char *const *list, size_t n, bool numbers) {
        fputs("[", f);
        for (size_t i = 0; i < n; i++) {
                _cleanup_free_ char *quoted = NULL;

                fputs(i > 0 ? "," : "", f);
                if (numbers) {
                        fputs(list[i], f);
                        continue;
                }

                quoted = json_string(list[i]);
                if (!quoted)
                        return -ENOMEM;
                fputs(quoted, f);
        }
        fputs("]", f);

        return 0;
}

void table_set_list(Table *t, size_t column, const char *const *list, size_t n) {
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f) {
                table_set_failed(t);
                return;
        }

        if (t->json)
                table_check(t, write_json_list(f, list, n, t->columns[column].flags & COLUMN_NUMBER));
        else
                for (size_t i = 0; i < n; i++)
                        fprintf(f, "%s%s", i > 0 ? "," : "", list[i]);

        if (fclose(f) != 0)
                table_set_failed(t);
        else
                table_set(t, column, text);
}

size_t table_n_rows(const Table *t) {
        return scols_table_get_nlines(t->scols);
}

int table_format(Table *t, char **ret) {
        _cleanup_free_ char *text = NULL;
        size_t n;
        int r;

        if (t->error < 0)
                return t->error;

        r = scols_print_table_to_string(t->scols, &text);
        if (r < 0)
                return r;

        /* One newline after the last row, none where there are no rows. */
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
                return output_error(r, "Failed to format the table: %m");

        if (t->json)
                whole = json_document(&(const char *) { text }, 1, c->json);
        else if (!c->legend)
                whole = TAKE_PTR(text);
        else if (n == 0)
                r = asprintf(&whole, "No %s.\n", plural);
        else
                r = asprintf(&whole, "%s\n%zu %s listed.\n", text, n, n == 1 ? singular : plural);
        if (r < 0 || !whole)
                return log_oom();

        return pager_print(c, whole);
}
