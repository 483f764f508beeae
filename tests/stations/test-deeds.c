/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a teacher does with stations, one or all. */

#include "classroom.h"

#include <string.h>

static void open_lesson(Classroom *c) {
        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
}

static void choose(Classroom *c, const char *seat) {
        act(c, "board.choose", g_variant_new_string(seat));
}

static void test_message(Classroom *c, gconstpointer data) {
        g_autoptr(GVariant) notices = NULL;
        g_autofree char *text = NULL;
        g_auto(GStrv) before = NULL;

        open_lesson(c);
        choose(c, "seat-left");
        act(c, "board.message", NULL);
        WAIT_FOR(find_text(GTK_WIDGET(c->window), "_Send"));
        g_assert_false(gtk_widget_is_sensitive(find_text(GTK_WIDGET(c->window), "_Send")));
        type_text(c, "Message", " Please <b>look</b> up_now ");
        classroom_picture(c, "message-dialog");
        press(c, "_Send");
        WAIT_FOR(shows(c, "Message sent"));

        notices = usher_call(c->f.root, MANAGER, "Manager.ListNotices", NULL);
        text = g_variant_print(notices, FALSE);
        g_assert_nonnull(strstr(text, "'seat-left'"));
        g_assert_nonnull(strstr(text, "'Please <b>look</b> up_now'"));
        g_assert_null(strstr(text, "'seat-right'"));

        before = g_settings_get_strv(c->context->settings, "messages");
        g_assert_cmpstr(before[0], ==, "Please <b>look</b> up_now");
        g_assert_null(before[1]);
        act(c, "win.message-all", NULL);
        WAIT_FOR(dialog_of(c));
        WAIT_FOR(find_text(GTK_WIDGET(c->window), "Messages Used Before"));
}

/* Everybody but the teacher, after one question, with the words of the teacher. */
static void test_log_off_all(Classroom *c, gconstpointer data) {
        g_autofree char *jobs = NULL, *nologin = NULL;

        open_lesson(c);
        press(c, "win.log-off-all");
        WAIT_FOR(dialog_of(c));
        type_text(c, "Message", "Class is over");
        press(c, "_Log Off All");
        WAIT_FOR(shows(c, "Logging off 5 people"));
        jobs = fixture_jobs(&c->f);
        g_assert_cmpstr(jobs, ==, "1 2 3 4 5");
        WAIT_FOR(g_list_model_get_n_items(usher_room_get_jobs(c->context->room)) == 5);
        classroom_picture(c, "log-off-all");

        press(c, "_Cancel");
        WAIT_FOR(g_list_model_get_n_items(usher_room_get_jobs(c->context->room)) == 0);
        WAIT_FOR(shows(c, "Cancelled"));
}

static void test_log_off_the_selected(Classroom *c, gconstpointer data) {
        GtkSelectionModel *stations;
        g_autofree char *left = NULL, *right = NULL;

        open_lesson(c);
        stations = GTK_SELECTION_MODEL(usher_board_get_stations(classroom_board(c)));
        gtk_selection_model_select_item(stations, 1, TRUE);
        gtk_selection_model_select_item(stations, 2, FALSE);
        WAIT_FOR(shows(c, "2 selected"));
        press(c, "board.log-off");
        WAIT_FOR(shows(c, "Log Off 2 Stations"));
        press(c, "_Log Off");
        WAIT_FOR(shows(c, "Logging off 2 people"));
        left = usher_get_text(c->f.root, "/org/usher1/station/seat_2d4", "Jobs");
        right = usher_get_text(c->f.root, "/org/usher1/station/seat_2d5", "Jobs");
        g_assert_cmpstr(left, !=, "[]");
        g_assert_cmpstr(right, !=, "[]");
}

static void test_end_now(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL;

        open_lesson(c);
        job = fixture_log_off(&c->f, "seat-left", NULL);
        WAIT_FOR(shows(c, "Log-off in"));
        choose(c, "seat-left");
        act(c, "board.end-now", NULL);
        assert_result(&c->f, job, "done");
        WAIT_FOR(!shows(c, "Ada Lovelace"));
}

static void test_rename(Classroom *c, gconstpointer data) {
        open_lesson(c);
        choose(c, "seat-left");
        act(c, "board.rename", NULL);
        WAIT_FOR(dialog_of(c));
        type_text(c, "Name", "Window right");
        press(c, "_Rename");
        /* usherd's words: another station has it. */
        WAIT_FOR(shows(c, "already"));

        act(c, "board.rename", NULL);
        WAIT_FOR(dialog_of(c));
        type_text(c, "Name", "A_<i>Corner</i>");
        press(c, "_Rename");
        WAIT_FOR(shows(c, "A_<i>Corner</i>"));
}

static void test_lock(Classroom *c, gconstpointer data) {
        open_lesson(c);
        choose(c, "seat-left");
        act(c, "board.lock", NULL);
        WAIT_FOR(shows(c, "Screen locked"));
        g_assert_cmpuint(fake_count(&c->f.logind->fake, "LockSession") +
                                        fake_count(&c->f.logind->fake, "Lock"),
                        ==, 1);
}

/* A refusal says who may. */
static void test_refused(Classroom *c, gconstpointer data) {
        open_lesson(c);
        choose(c, "seat-left");
        fake_polkit_answer(c->f.polkit, NULL, TEACHER, FAKE_POLKIT_NO);
        act(c, "board.lock", NULL);
        WAIT_FOR(shows(c, "usher-operators"));
        classroom_picture(c, "refused");
}

static const char *name_at(Classroom *c, guint position) {
        g_autoptr(UsherStation) station =
                        g_list_model_get_item(usher_board_get_stations(classroom_board(c)), position);

        return usher_station_get_name(station);
}

static void test_arranging(Classroom *c, gconstpointer data) {
        open_lesson(c);
        g_assert_cmpstr(name_at(c, 0), ==, "Teacher's desk");
        g_assert_cmpstr(name_at(c, 1), ==, "Station 4");
        g_assert_cmpstr(name_at(c, 4), ==, "Station 10");
        choose(c, "seat-5");
        act(c, "board.move", g_variant_new_int32(-1));
        g_assert_cmpstr(name_at(c, 1), ==, "Station 5");
        act(c, "board.move", g_variant_new_int32(-1));
        act(c, "board.move", g_variant_new_int32(-1));
        g_assert_cmpstr(name_at(c, 0), ==, "Station 5");
        g_assert_cmpstr(name_at(c, 1), ==, "Teacher's desk");

        /* Another window, later, has the same order. */
        gtk_window_destroy(GTK_WINDOW(c->window));
        c->window = usher_window_new(NULL, c->context);
        gtk_window_present(GTK_WINDOW(c->window));
        g_assert_cmpstr(name_at(c, 0), ==, "Station 5");
}

static void test_search(Classroom *c, gconstpointer data) {
        open_lesson(c);
        act(c, "win.search", NULL);
        usher_board_set_search(classroom_board(c), "hOPP");
        WAIT_FOR(g_list_model_get_n_items(usher_board_get_stations(classroom_board(c))) == 1);
        g_assert_cmpstr(name_at(c, 0), ==, "Station 4");
        usher_board_set_search(classroom_board(c), "nobody has this name");
        WAIT_FOR(shows(c, "Nothing Found"));
        usher_board_set_search(classroom_board(c), "");
        WAIT_FOR(shows(c, "Window left"));
}

static void test_restart(Classroom *c, gconstpointer data) {
        open_lesson(c);
        act(c, "win.restart", NULL);
        WAIT_FOR(dialog_of(c));
        classroom_picture(c, "restart-dialog");
        press(c, "_Restart");
        WAIT_FOR(shows(c, "Logging off 6 people"));
        act(c, "win.cancel-all", NULL);
        WAIT_FOR(g_list_model_get_n_items(usher_room_get_jobs(c->context->room)) == 0);
}

int main(int argc, char *argv[]) {
        classroom_init(&argc, &argv);
        classroom_add("/deeds/message", test_message);
        classroom_add("/deeds/log-off-all", test_log_off_all);
        classroom_add("/deeds/log-off-the-selected", test_log_off_the_selected);
        classroom_add("/deeds/end-now", test_end_now);
        classroom_add("/deeds/rename", test_rename);
        classroom_add("/deeds/lock", test_lock);
        classroom_add("/deeds/refused", test_refused);
        classroom_add("/deeds/arranging", test_arranging);
        classroom_add("/deeds/search", test_search);
        classroom_add("/deeds/restart", test_restart);
        return g_test_run();
}
