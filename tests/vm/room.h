/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machine.h"

/* What the tests in the PC have in common: one PC for all tests of a program, since its boot takes longest,
 * and helpers to talk to it. Any failure fails the test.
 *
 * If $USHER_SCREENSHOTS names a folder, pictures of the stations are saved there. */

/* Of a screen of 1024x768: a notification covers about 1 %, a blinking cursor less than a hundredth of
 * that. */
#define SCREEN_CHANGED 0.004
#define SCREEN_UNCHANGED 0.001

/* The PC; NULL while it is off. */
extern Machine *room;

/* The path of what was built for the PC's Debian release: the tree that is installed on it, or a path in the
 * build folder, "plain". The caller frees it. */
char *room_built(const char *path);

/* Boots it with that tree installed, or options->tree, and waits until all pupils have their desktops. */
void room_open(const MachineOptions *options);

/* Waits until all of them are there, after a boot other than room_open()'s. */
void room_wait_pupils(void);
void room_close(void);

/* Wait until a PC that was asked to restart boots again, and until it has booted. */
void room_wait_restart(guint timeout);
void room_wait_boot(void);

/* Runs bash in the PC as root; returns its output without the last line break. */
char *room_run(const char *format, ...) G_GNUC_PRINTF(1, 2);
void room_assert_prints(const char *expected, const char *command);

/* Waits until a shell condition is true in the PC. */
void room_wait_until(guint timeout, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Runs it a moment later, from a unit that nothing stops: if nothing delays the shutdown, the agent is gone
 * before it can answer. */
#define ROOM_RESTART_SOON \
        "systemd-run --quiet --property=DefaultDependencies=no sh -c 'sleep 1; systemctl reboot'"

Screen *room_look(guint station);

/* Servers fade a notification in: waits until the station looks different and then stays the same. */
void room_wait_shown(guint station, const Screen *before);

/* Waits until the screen shows something: a greeter's session exists before its window does. */
void room_wait_painted(guint station);

/* Saves NAME.png of one station, NAME-0.png and so on of all. */
void room_keep_screen(guint station, const char *name);
void room_keep_screens(const char *name);

/* Saves NAME.png of a terminal on a pupil's screen in which a command has run. */
void room_keep_terminal(guint station, const char *command, const char *name);
