/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "ctl.h"

/* The environment makes the output the same everywhere. */
static char **parse(const char *line) {
        g_auto(GStrv) words = NULL;
        g_autoptr(GError) error = NULL;
        GStrvBuilder *b = g_strv_builder_new();
        char **argv;

        g_shell_parse_argv(line, NULL, &words, &error);
        g_assert_no_error(error);
        g_strv_builder_add_many(b, "env", "LC_ALL=C.UTF-8", "TERM=linux", "NO_COLOR=1", NULL);
        g_strv_builder_addv(b, (const char **) words);
        argv = g_strv_builder_end(b);
        g_strv_builder_unref(b);
        return argv;
}

BoxResult *ctl_run(Usher *u, const char *user, BoxSession *session, const char *line) {
        g_autofree char *printable = g_strescape(line, NULL);
        g_auto(GStrv) argv = parse(line);
        g_autoptr(GError) error = NULL;
        BoxResult *result = box_run_as(u->box, user, session, (const char *const *) argv, &error);

        g_assert_no_error(error);
        g_test_message("%s: %d\n%s%s", printable, result->status, result->output, result->errors);
        return result;
}

char *ctl_print(Usher *u, const char *line, int status) {
        g_autoptr(BoxResult) result = ctl_run(u, "root", NULL, line);

        g_assert_cmpstr(result->errors, ==, "");
        g_assert_cmpint(result->status, ==, status);
        return g_steal_pointer(&result->output);
}

char *ctl_complain(Usher *u, const char *line, int status) {
        g_autoptr(BoxResult) result = ctl_run(u, "root", NULL, line);

        g_assert_cmpstr(result->output, ==, "");
        g_assert_cmpint(result->status, ==, status);
        return g_steal_pointer(&result->errors);
}

BoxProgram *ctl_start(const char *user, BoxSession *session, bool terminal, const char *line) {
        g_auto(GStrv) argv = parse(line);
        g_autoptr(GError) error = NULL;
        BoxProgram *program = box_program_start(user, session, terminal, (const char *const *) argv, &error);

        g_assert_no_error(error);
        return program;
}
