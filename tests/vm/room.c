/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "room.h"

/* In one of some forty boots the third desktop did not start, without Usher installed: the display manager
 * had not begun it. That says nothing about Usher, so the PC boots again, and this is logged. */
#define BOOT_TRIES 2

#define PAINT_SEC 60
#define SHOW_SEC 20

/* A screen that is the same this many times, each a tenth of a second or more apart, has settled. */
#define STEADY_LOOKS 5

Machine *room;

static bool try_open(const MachineOptions *options, GError **error) {
        room = machine_start(options, error);

        return room && machine_wait_boot(room, error) && machine_wait_desktops(room, error);
}

char *room_built(const char *path) {
        const char *folder = g_getenv("USHER_BUILT");

        if (!folder)
                g_error("USHER_BUILT is not set. ./check vm sets it, as choose_suite of tests/lib/suite "
                        "does.");
        return g_build_filename(folder, path, NULL);
}

void room_open(const MachineOptions *options) {
        MachineOptions o = *options;
        g_autoptr(GError) error = NULL;
        g_autofree char *tree = NULL;

        if (!o.tree)
                o.tree = tree = room_built("tree");

        for (unsigned i = 1; !try_open(&o, &error); i++) {
                room = machine_stop(room);
                if (i == BOOT_TRIES)
                        break;

                g_printerr("# The PC did not boot, trying again: %s\n", error->message);
                g_clear_error(&error);
        }
        g_assert_no_error(error);
        room_wait_pupils();
}

/* A notification server starts with the first notification, which takes long on a PC without KVM. In a real
 * lesson it has been running for long. */
static void warm_up(void) {
        for (guint i = 0; i < MIN(machine_stations(room), MACHINE_PUPILS_MAX); i++) {
                g_autoptr(GError) error = NULL;
                g_autofree char *out = machine_shell_as(room, machine_pupils[i], &error,
                                "busctl --user --timeout=50 call org.freedesktop.Notifications "
                                "/org/freedesktop/Notifications "
                                "org.freedesktop.Notifications GetCapabilities");

                g_assert_no_error(error);
        }
}

void room_wait_pupils(void) {
        g_autoptr(GError) error = NULL;

        (void) machine_wait_desktops(room, &error);
        g_assert_no_error(error);
        room_wait_until(MACHINE_BOOT_SEC, "test $(usherctl --no-legend list | grep -c in-use) -eq %u",
                        MIN(machine_stations(room), MACHINE_PUPILS_MAX));
        warm_up();
}

void room_wait_restart(guint timeout) {
        g_autoptr(GError) error = NULL;

        (void) machine_wait_restart(room, timeout, &error);
        g_assert_no_error(error);
}

void room_wait_boot(void) {
        g_autoptr(GError) error = NULL;

        (void) machine_wait_boot(room, &error);
        g_assert_no_error(error);
}

void room_close(void) {
        room = machine_stop(room);
}

char *room_run(const char *format, ...) {
        g_autofree char *command = NULL;
        g_autoptr(GError) error = NULL;
        char *out;
        va_list ap;

        va_start(ap, format);
        command = g_strdup_vprintf(format, ap);
        va_end(ap);

        out = machine_shell(room, &error, "%s", command);
        g_assert_no_error(error);
        return g_strchomp(out);
}

void room_assert_prints(const char *expected, const char *command) {
        g_autofree char *out = room_run("%s", command);

        g_assert_cmpstr(out, ==, expected);
}

void room_wait_until(guint timeout, const char *format, ...) {
        g_autofree char *condition = NULL;
        g_autoptr(GError) error = NULL;
        va_list ap;

        va_start(ap, format);
        condition = g_strdup_vprintf(format, ap);
        va_end(ap);

        (void) machine_wait_until(room, timeout, &error, "%s", condition);
        g_assert_no_error(error);
}

Screen *room_look(guint station) {
        g_autoptr(GError) error = NULL;
        Screen *s = machine_look(room, station, &error);

        g_assert_no_error(error);
        return s;
}

void room_wait_shown(guint station, const Screen *before) {
        gint64 deadline = g_get_monotonic_time() + SHOW_SEC * G_USEC_PER_SEC;
        g_autoptr(Screen) last = room_look(station);

        for (unsigned same = 0; same < STEADY_LOOKS;) {
                g_autoptr(Screen) now = room_look(station);

                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
                if (screen_difference(before, now) > SCREEN_CHANGED &&
                                screen_difference(last, now) < SCREEN_UNCHANGED)
                        same++;
                else
                        same = 0;

                screen_free(last);
                last = g_steal_pointer(&now);
        }
}

void room_wait_painted(guint station) {
        gint64 deadline = g_get_monotonic_time() + PAINT_SEC * G_USEC_PER_SEC;
        double emptiness;

        do {
                g_autoptr(Screen) s = room_look(station);

                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
                emptiness = screen_emptiness(s);
        } while (emptiness > 0.99);
}

void room_keep_screen(guint station, const char *name) {
        g_autofree char *path = NULL;
        g_autoptr(GError) error = NULL;

        if (!g_getenv("USHER_SCREENSHOTS"))
                return;

        path = g_strdup_printf("%s/%s.png", g_getenv("USHER_SCREENSHOTS"), name);
        (void) machine_screenshot(room, station, path, &error);
        g_assert_no_error(error);
}

void room_keep_screens(const char *name) {
        for (guint i = 0; i < machine_stations(room); i++) {
                g_autofree char *one = g_strdup_printf("%s-%u", name, i);

                room_keep_screen(i, one);
        }
}

void room_keep_terminal(guint station, const char *command, const char *name) {
        g_autofree char *opened = NULL, *closed = NULL;
        g_autoptr(GError) error = NULL;

        if (!g_getenv("USHER_SCREENSHOTS"))
                return;

        /* A terminal that reports its state has drawn everything before that request. */
        opened = machine_shell_as(room, machine_pupils[station], &error,
                        "systemd-run --user --quiet --unit=picture "
                        "xterm -T '%s' -geometry 72x16+40+150 -fa 'DejaVu Sans Mono' -fd 'Droid Sans "
                        "Fallback' -fs 14 "
                        "-bg white -fg '#202020' -e bash -c '%s; printf \"\\033[5n\"; read -rsd n; "
                        "touch $XDG_RUNTIME_DIR/drawn; read'",
                        command, command);
        g_assert_no_error(error);
        room_wait_until(SHOW_SEC, "test -e /run/user/$(id -u %s)/drawn", machine_pupils[station]);
        room_keep_screen(station, name);
        closed = machine_shell_as(room, machine_pupils[station], &error,
                        "systemctl --user stop picture; rm $XDG_RUNTIME_DIR/drawn");
        g_assert_no_error(error);
}
