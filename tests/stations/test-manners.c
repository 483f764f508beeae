/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Narrow and wide, dark, high contrast, right to left, many stations, long names. */

#include "classroom.h"

#include <string.h>

static void open_lesson(Classroom *c, int width, int height) {
        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, width, height);
        WAIT_FOR(shows(c, "Mary Somerville"));
}

static void test_narrow(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL;

        open_lesson(c, 360, 720);
        g_assert_cmpint(gtk_widget_get_width(GTK_WIDGET(c->window)), ==, 360);
        /* The switcher of the pages is below. */
        WAIT_FOR(find_text(GTK_WIDGET(c->window), "_Hubs") || shows(c, "Hubs"));
        job = fixture_log_off(&c->f, "seat-4", NULL);
        WAIT_FOR(shows(c, "Log-off in"));
        classroom_picture(c, "narrow");
        classroom_show_page(c, "hubs");
        classroom_picture(c, "narrow-hubs");
        g_assert_cmpint(gtk_widget_get_width(GTK_WIDGET(c->window)), ==, 360);
}

static void test_narrow_dialog(Classroom *c, gconstpointer data) {
        open_lesson(c, 360, 720);
        press(c, "win.log-off-all");
        WAIT_FOR(find_text(GTK_WIDGET(c->window), "_Log Off All"));
        classroom_picture(c, "narrow-dialog");
        g_assert_cmpint(gtk_widget_get_width(GTK_WIDGET(c->window)), ==, 360);
}

static void test_dark(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL;

        adw_style_manager_set_color_scheme(adw_style_manager_get_default(), ADW_COLOR_SCHEME_FORCE_DARK);
        open_lesson(c, 960, 640);
        job = fixture_log_off(&c->f, "seat-left", NULL);
        WAIT_FOR(shows(c, "Log-off in"));
        classroom_picture(c, "dark");
        adw_style_manager_set_color_scheme(adw_style_manager_get_default(), ADW_COLOR_SCHEME_DEFAULT);
}

static void test_right_to_left(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL;

        gtk_widget_set_default_direction(GTK_TEXT_DIR_RTL);
        open_lesson(c, 960, 640);
        job = fixture_log_off(&c->f, "seat-left", NULL);
        WAIT_FOR(shows(c, "Log-off in"));
        classroom_picture(c, "right-to-left");
        gtk_widget_set_default_direction(GTK_TEXT_DIR_LTR);
}

/* A label of 64 wide characters, and a station that needs somebody. */
static void test_long_names(Classroom *c, gconstpointer data) {
        g_autoptr(GString) name = g_string_new(NULL);
        int before, after;

        for (guint i = 0; i < 64; i++)
                g_string_append(name, "界");
        open_lesson(c, 960, 640);
        before = gtk_widget_get_width(find_text(GTK_WIDGET(c->window), "Window right"));
        classroom_name(c, "seat-left", name->str);
        fake_accounts_name(c->accounts, ADA, name->str);
        WAIT_FOR(shows(c, name->str) && !shows(c, "Ada Lovelace"));
        classroom_picture(c, "long-names");
        after = gtk_widget_get_width(find_text(GTK_WIDGET(c->window), "Window right"));
        g_assert_cmpint(after, ==, before);
        g_assert_cmpint(gtk_widget_get_width(GTK_WIDGET(c->window)), ==, 960);
}

/* Health in words, with what to do. */
static void test_health(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        fixture_start(&c->f);
        classroom_name(c, "seat-left", "Window left");
        classroom_open(c, 960, 400);
        g_assert_false(shows(c, "No keyboard"));
        hubs_unplug(c->hubs, c->left_keyboard);
        WAIT_FOR(shows(c, "No keyboard. Plug one into the hub"));
        classroom_picture(c, "health");
}

static void test_sixty(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        for (guint i = 4; i <= 60; i++) {
                g_autofree char *seat = g_strdup_printf("seat-%u", i), *id = g_strdup_printf("c%u", i);

                classroom_add_seat(c, seat);
                at_station(&c->f, id, CROWD + i, seat);
        }
        classroom_open(c, 1280, 720);
        g_assert_cmpuint(g_list_model_get_n_items(usher_board_get_stations(classroom_board(c))), ==, 60);
        g_assert_nonnull(find_text(GTK_WIDGET(c->window), "Search"));
        g_variant_unref(usher_call(
                        c->f.root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 300>},)")));
        WAIT_FOR(g_list_model_get_n_items(usher_room_get_jobs(c->context->room)) == 57);
        WAIT_FOR(shows(c, "Log-off in"));
        classroom_picture(c, "sixty");
}

int main(int argc, char *argv[]) {
        classroom_init(&argc, &argv);
        classroom_add("/manners/narrow", test_narrow);
        classroom_add("/manners/narrow-dialog", test_narrow_dialog);
        classroom_add("/manners/dark", test_dark);
        classroom_add("/manners/right-to-left", test_right_to_left);
        classroom_add("/manners/long-names", test_long_names);
        classroom_add("/manners/health", test_health);
        classroom_add("/manners/sixty", test_sixty);
        return g_test_run();
}
