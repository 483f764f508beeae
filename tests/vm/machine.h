/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* A multiseat PC in QEMU, for tests. Station i is one screen, and one hub with a keyboard and a mouse on it.
 * Anna, Ben and Carla are logged in at the first three stations; a fourth shows the greeter. Tina, a
 * teacher, is at none. Everybody's password is their own name in small letters.
 *
 * Functions that can fail say why in their GError. All timeouts are seconds. */

#define MACHINE_STATIONS_MAX 4
#define MACHINE_PUPILS_MAX 3

/* Commands that ought to be quick, on a PC without KVM. */
#define MACHINE_COMMAND_SEC 60

/* From the first instruction to three desktops takes about 20 s without KVM on a quiet machine. */
#define MACHINE_BOOT_SEC 120

typedef struct Machine Machine;
typedef struct Screen Screen;

typedef struct MachineOptions {
        guint stations;   /* 1 to 4; 0 means three */
        const char *tree; /* what `meson install --destdir` made, to be installed at boot; NULL: nothing */
        const char *serial_log;       /* where the PC's serial line goes; NULL: into a file of our own */
        bool console;                 /* the serial line is this terminal; Ctrl-A X ends the PC */
        bool no_restart;              /* a restart ends the PC as power-off does */
        const char *kernel_arguments; /* further ones; NULL: none */
} MachineOptions;

extern const char *const machine_seats[MACHINE_STATIONS_MAX]; /* logind's names of the stations */
extern const char *const machine_pupils[MACHINE_PUPILS_MAX];  /* who is logged in there after boot */

/* ---- the PC itself: machine.c ---- */

Machine *machine_start(const MachineOptions *options, GError **error);
Machine *machine_stop(Machine *m);
guint machine_stations(const Machine *m);

/* Till systemd has started all there is to start. */
bool machine_wait_boot(Machine *m, GError **error);

/* Till every pupil has a desktop with an essay on it. */
bool machine_wait_desktops(Machine *m, GError **error);

/* Till the PC is off; with no_restart, *ret_restart says whether it wanted to come back. */
bool machine_wait_off(Machine *m, guint timeout, bool *ret_restart, GError **error);

/* Till the PC, asked to restart, starts over. machine_wait_boot() comes next. */
bool machine_wait_restart(Machine *m, guint timeout, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Machine, machine_stop)

/* ---- commands in the PC: machine-guest.c ---- */

/* Runs a program as root. Success means that it ran to its end, whatever its exit status. */
bool machine_run(Machine *m,
                guint timeout,
                const char *const *argv,
                char **ret_out,
                char **ret_err,
                int *ret_status,
                GError **error);

/* Runs bash as root, and returns all that it said; an exit status other than 0 is an error, which tells the
 * same. */
char *machine_shell(Machine *m, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same as a user who has a session: a child of that user's own service manager, with the desktop's
 * environment. */
char *machine_shell_as(Machine *m, const char *user, GError **error, const char *format, ...)
                G_GNUC_PRINTF(4, 5);

/* Asks a shell condition again and again. A failure says what was waited for, and shows the end of the PC's
 * journal. */
bool machine_wait_until(Machine *m, guint timeout, GError **error, const char *format, ...)
                G_GNUC_PRINTF(4, 5);

/* ---- hardware: machine-hardware.c ---- */

/* A station's hub with all that hangs on it. Plugged in again it sits in the same port as before. */
bool machine_unplug_hub(Machine *m, guint station, GError **error);
bool machine_plug_hub(Machine *m, guint station, GError **error);

/* A second hub with a second keyboard on it, plugged into a station's hub: a keyboard with sockets, or the
 * next table's hub. It goes with the station's hub. */
bool machine_plug_chained_hub(Machine *m, guint station, GError **error);
bool machine_unplug_chained_hub(Machine *m, guint station, GError **error);

/* Types on the keyboard of a station: letters, digits, some signs, \n and \t. */
bool machine_type(Machine *m, guint station, const char *text, GError **error);

/* Presses the power button for a moment. */
bool machine_powerdown(Machine *m, GError **error);

/* ---- screens: machine-screen.c ---- */

/* Saves what a station's screen shows, as PNG. */
bool machine_screenshot(Machine *m, guint station, const char *path, GError **error);

/* The same, to look at here. */
Screen *machine_look(Machine *m, guint station, GError **error);
Screen *screen_free(Screen *s);

/* How many of the pixels differ, 0.0 to 1.0; screens of different size differ wholly. */
double screen_difference(const Screen *a, const Screen *b);

/* How many of the pixels have the commonest colour: 1.0 is an empty screen. */
double screen_emptiness(const Screen *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Screen, screen_free)
