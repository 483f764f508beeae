/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The window in the language that LANGUAGE names: run once for each. */

#include "classroom.h"

#include <libintl.h>

static void test_language(Classroom *c, gconstpointer data) {
        g_autofree char *board = g_strdup_printf("language-%s", g_getenv("LANGUAGE"));
        g_autofree char *dialog = g_strdup_printf("language-%s-dialog", g_getenv("LANGUAGE"));
        g_autofree char *job = NULL;

        g_assert_cmpstr(gettext("In use"), !=, "In use");
        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        WAIT_FOR(shows(c, gettext("In use")));
        g_assert_false(shows(c, "In use"));
        g_assert_false(shows(c, "Stations"));
        job = fixture_log_off(&c->f, "seat-left", "{'grace': <uint32 300>}");
        classroom_picture(c, board);
        press(c, "win.log-off-all");
        WAIT_FOR(find_text(GTK_WIDGET(c->window), gettext("Warning Time")));
        classroom_picture(c, dialog);
}

int main(int argc, char *argv[]) {
        classroom_init(&argc, &argv);
        g_assert_nonnull(g_getenv("USHER_LOCALES"));
        bindtextdomain("usher", g_getenv("USHER_LOCALES"));
        bind_textdomain_codeset("usher", "UTF-8");
        textdomain("usher");
        classroom_add("/languages/all-of-it", test_language);
        return g_test_run();
}
