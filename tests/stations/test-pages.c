/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pages beside the stations: hubs and history. */

#include "classroom.h"

#include <string.h>

static void test_hubs(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        classroom_show_page(c, "hubs");
        WAIT_FOR(shows(c, "Four Ports"));
        g_assert_true(shows(c, "Hub of a station · \u2068Window left\u2069"));
        classroom_picture(c, "hubs");
}

/* Attaching is undone by attaching to the station before. */
static void test_attach(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        classroom_show_page(c, "hubs");
        WAIT_FOR(shows(c, "Four Ports"));
        act(c, "hubs.attach", g_variant_new("(ss)", c->left_hub, "seat-right"));
        WAIT_FOR(shows(c, "The hub belongs to"));
        g_assert_nonnull(strstr(fake_deeds(&c->f.logind->fake), "AttachDevice('seat-right'"));
        classroom_picture(c, "attached");
        press(c, "_Undo");
        WAIT_FOR(strstr(fake_deeds(&c->f.logind->fake), "AttachDevice('seat-left'"));
}

static void test_history(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL, *other = NULL;

        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        classroom_show_page(c, "history");
        WAIT_FOR(shows(c, "Nothing Yet"));
        job = fixture_log_off(&c->f, "seat-left", NULL);
        other = fixture_log_off(&c->f, "seat-right", NULL);
        fake_logind_remove_session(c->f.logind, "2");
        WAIT_FOR(shows(c, "Logged out in time"));
        g_assert_true(shows(c, "\u2068Ada Lovelace\u2069 at \u2068Window left\u2069"));
        g_variant_unref(usher_call(c->f.root, other, "Job.Cancel", NULL));
        WAIT_FOR(shows(c, "\u2068Ben <b>Bold</b> & Co\u2069 at"));
        classroom_picture(c, "history");
}

int main(int argc, char *argv[]) {
        classroom_init(&argc, &argv);
        classroom_add("/pages/hubs", test_hubs);
        classroom_add("/pages/attach", test_attach);
        classroom_add("/pages/history", test_history);
        return g_test_run();
}
