/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* A multiseat PC in QEMU, for tests. Station i is one screen, and one hub with a keyboard and a mouse on it.
 * Anna, Ben and Carla are logged in at the first three stations; a fourth shows the greeter. Tina, a
 * teacher, is at none. Every password is the user name in small letters.
 *
 * Functions that can fail explain it in their GError. All timeouts are in seconds. */

#define MACHINE_STATIONS_MAX 4
#define MACHINE_PUPILS_MAX 3

/* For quick commands, on a PC without KVM. */
#define MACHINE_COMMAND_SEC 60

/* The boot to three desktops takes about 20 s without KVM on an idle machine. */
#define MACHINE_BOOT_SEC 120

typedef struct Machine Machine;
typedef struct Screen Screen;

typedef struct MachineOptions {
        guint stations;         /* 1 to 4; 0 means three */
        const char *tree;       /* made by `meson install --destdir`, and installed at boot; NULL: nothing */
        const char *serial_log; /* the destination of the PC's serial line; NULL: a temporary file */
        bool console;           /* the serial line is this terminal; Ctrl-A X ends the PC */
        bool no_restart;        /* a restart ends the PC, like a power-off */
        const char *kernel_arguments; /* more options; NULL: none */
} MachineOptions;

extern const char *const machine_seats[MACHINE_STATIONS_MAX]; /* logind's names of the stations */
extern const char *const machine_pupils[MACHINE_PUPILS_MAX];  /* who is logged in there after boot */

/* ---- the PC itself: machine.c ---- */

Machine *machine_start(const MachineOptions *options, GError **error);
Machine *machine_stop(Machine *m);
guint machine_stations(const Machine *m);

/* Waits until systemd has finished booting. */
bool machine_wait_boot(Machine *m, GError **error);

/* Waits until every pupil has a desktop with an essay on it. */
bool machine_wait_desktops(Machine *m, GError **error);

/* Waits until the PC is off; with no_restart, *ret_restart says whether it was a restart. */
bool machine_wait_off(Machine *m, guint timeout, bool *ret_restart, GError **error);

/* Waits until a PC that was asked to restart boots again. machine_wait_boot() comes next. */
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

/* Runs bash as root, and returns all of its output; an exit status other than 0 is an error with that
 * output. */
char *machine_shell(Machine *m, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same as a user with a session: as a child of the user's own service manager, with the desktop's
 * environment. */
char *machine_shell_as(Machine *m, const char *user, GError **error, const char *format, ...)
                G_GNUC_PRINTF(4, 5);

/* Polls a shell condition. On failure the error names the condition, and the end of the PC's journal is
 * printed. */
bool machine_wait_until(Machine *m, guint timeout, GError **error, const char *format, ...)
                G_GNUC_PRINTF(4, 5);

/* ---- hardware: machine-hardware.c ---- */

/* Unplugs a station's hub with everything on it, or plugs it into the same port again. */
bool machine_unplug_hub(Machine *m, guint station, GError **error);
bool machine_plug_hub(Machine *m, guint station, GError **error);

/* A second hub with a second keyboard on it, plugged into a station's hub: a keyboard with ports, or the hub
 * of the next table. It goes with the station's hub. */
bool machine_plug_chained_hub(Machine *m, guint station, GError **error);
bool machine_unplug_chained_hub(Machine *m, guint station, GError **error);

/* Types on the keyboard of a station: letters, digits, some signs, \n and \t. */
bool machine_type(Machine *m, guint station, const char *text, GError **error);

/* Presses the power button for a moment. */
bool machine_powerdown(Machine *m, GError **error);

/* ---- screens: machine-screen.c ---- */

/* Saves the picture of a station's screen as PNG. */
bool machine_screenshot(Machine *m, guint station, const char *path, GError **error);

/* The same, for analysis in this program. */
Screen *machine_look(Machine *m, guint station, GError **error);
Screen *screen_free(Screen *s);

/* The fraction of pixels that differ, 0.0 to 1.0; screens of different sizes differ completely. */
double screen_difference(const Screen *a, const Screen *b);

/* The fraction of pixels with the most frequent colour: 1.0 is an empty screen. */
double screen_emptiness(const Screen *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Screen, screen_free)
