/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machine.h"

/* What the tests in the PC have in common: one PC for all tests of a program, since its boot is the longest
 * of them, and the words to say to it. Whatever fails fails the test.
 *
 * With $USHER_SCREENSHOTS, a folder, pictures of the stations are kept there. */

/* Of a screen of 1024x768: a notification is some 1 % of it, a blinking cursor less than a hundredth of
 * that. */
#define SCREEN_CHANGED 0.004
#define SCREEN_UNCHANGED 0.001

/* The PC; NULL while it is off. */
extern Machine *room;

/* The path of what was built for the Debian that the PC runs: the tree that is installed on it, or what lies
 * in the build folder, "plain". Free it. */
char *room_built(const char *path);

/* Boots it with that tree installed, or options->tree, until all pupils are at their desktops. */
void room_open(const MachineOptions *options);

/* Till all of them are there, after a boot that was not room_open()'s. */
void room_wait_pupils(void);
void room_close(void);

/* Runs bash in the PC as root; what it printed, without the last line break. */
char *room_run(const char *format, ...) G_GNUC_PRINTF(1, 2);
void room_assert_prints(const char *expected, const char *command);

/* Till a shell condition holds in the PC. */
void room_wait_until(guint timeout, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* In a moment, from a unit that nothing stops: with nobody to wait for the agent is gone before it can
 * answer. */
#define ROOM_RESTART_SOON \
        "systemd-run --quiet --property=DefaultDependencies=no sh -c 'sleep 1; systemctl reboot'"

Screen *room_look(guint station);

/* Servers fade a notification in after they have taken it: till the station looks other than before, and
 * stays so. */
void room_wait_shown(guint station, const Screen *before);

/* Till something is to be seen: a greeter's session is there before its window is. */
void room_wait_painted(guint station);

/* NAME.png of one station, NAME-0.png and so on of all. */
void room_keep_screen(guint station, const char *name);
void room_keep_screens(const char *name);

/* NAME.png of a terminal on a pupil's screen in which a command has run. */
void room_keep_terminal(guint station, const char *command, const char *name);
