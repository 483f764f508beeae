/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A window of usher-stations in front of a real usherd with fake peers: the teacher's program and the test
 * are one process, with a connection each. Each seat has a screen, and a hub with keyboard and mouse. */

#include "fake-accounts.h"
#include "stations/board.h"
#include "stations/window.h"
#include "tests/bus/fixture.h"
#include "tests/bus/hubs.h"

typedef struct Classroom {
        Fixture f;
        Hubs *hubs;
        FakeAccounts *accounts;
        const char *root;
        char *left_hub;            /* id of the hub of seat-left */
        const char *left_keyboard; /* sysfs path */
        UsherContext *context;
        UsherWindow *window;
} Classroom;

/* Every main() begins with this. */
void classroom_init(int *argc, char ***argv);

/* Adds a test. */
#define classroom_add(path, function) \
        g_test_add(path, Classroom, NULL, classroom_set_up, function, classroom_tear_down)
void classroom_set_up(Classroom *c, gconstpointer data);
void classroom_tear_down(Classroom *c, gconstpointer data);

/* Adds a seat with everything that a station needs, before usherd is started. */
void classroom_add_seat(Classroom *c, const char *seat);

/* Starts usherd, opens the window as the teacher and waits for its first picture. */
void classroom_open(Classroom *c, int width, int height);

/* The same without usherd. */
void classroom_open_window(Classroom *c, int width, int height);

void classroom_name(Classroom *c, const char *seat, const char *label);

/* Starts usherd with seven stations, people at six of them, who have names. */
void classroom_lesson(Classroom *c);

/* Gives the teacher every right. */
void classroom_allow(Classroom *c);

/* Waits until what has changed is drawn, and keeps a picture of the window: NAME.png, in USHER_PICTURES. */
void classroom_picture(Classroom *c, const char *name);

/* The widget below with that text: a label, a button, a row or an entry. NULL if none is mapped. */
GtkWidget *find_text(GtkWidget *below, const char *text);

/* Whether a label that can be seen has a text with this in it. */
gboolean shows(Classroom *c, const char *part);

/* Waits for a button that can be seen and presses it. It is found by its text, its tooltip or its action. */
void press(Classroom *c, const char *text);

/* Replaces the text of the field with this title. */
void type_text(Classroom *c, const char *title, const char *text);

/* Activates an action of the window or of the board. */
void act(Classroom *c, const char *action, GVariant *parameter);

/* Shows a page: "stations", "hubs" or "history". */
void classroom_show_page(Classroom *c, const char *name);

UsherBoard *classroom_board(Classroom *c);

/* The dialog in front; NULL if there is none. */
AdwDialog *dialog_of(Classroom *c);
