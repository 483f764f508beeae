/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pages beside the stations: hubs and history. */

#include "classroom.h"

#include <string.h>

#include "tests/bus/fake-associate.h"

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

/* "Which is which" goes from station to station and passes over one that has gone meanwhile. */
static void test_which_is_which(Classroom *c, gconstpointer data) {
        FakeAssociate *keyboards = fake_associate_new();
        g_autofree char *keyboard = NULL;

        fake_logind_add_seat(c->f.logind, "seat-5x");
        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        classroom_show_page(c, "hubs");
        press(c, "hubs.which");
        fake_associate_accept(keyboards);
        fake_associate_tell(keyboards, "ready\n");
        WAIT_FOR(shows(c, "Station 1 of 8"));
        g_assert_nonnull(find_text(GTK_WIDGET(dialog_of(c)), "Teacher's desk"));
        classroom_picture(c, "which-is-which");

        press(c, "_Skip This Station");
        WAIT_FOR(shows(c, "Station 2 of 8"));
        keyboard = g_strconcat(c->left_keyboard, "/1-0:1.0/input/input0", NULL);
        fake_associate_enter(keyboards, keyboard);
        WAIT_FOR(shows(c, "Station 3 of 8"));
        g_assert_nonnull(strstr(fake_deeds(&c->f.logind->fake), "AttachDevice("));

        fake_logind_remove_seat(c->f.logind, "seat-5x");
        WAIT_FOR(!usher_room_find_station(c->context->room, "seat-5x"));
        press(c, "_Skip This Station");
        WAIT_FOR(shows(c, "Station 5 of 8"));

        /* Who closes the dialog is not listened to any more. */
        adw_dialog_close(dialog_of(c));
        fake_associate_wait_end(keyboards);
        fake_associate_free(keyboards);
}

int main(int argc, char *argv[]) {
        classroom_init(&argc, &argv);
        classroom_add("/pages/hubs", test_hubs);
        classroom_add("/pages/attach", test_attach);
        classroom_add("/pages/history", test_history);
        classroom_add("/pages/which-is-which", test_which_is_which);
        return g_test_run();
}
