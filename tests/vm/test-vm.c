/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machine.h"

/* Usher on a real multiseat PC: everything here is Debian's own kernel, udev, logind, polkit, lightdm and Xorg.
 *
 * With $USHER_SCREENSHOTS, a folder, the tests keep pictures of the stations there. */

#define STATIONS 3

static Machine *start_with_desktops(const MachineOptions *options) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Machine) m = NULL;

        m = machine_start(options, &error);
        g_assert_no_error(error);

        (void) machine_wait_boot(m, &error);
        g_assert_no_error(error);

        (void) machine_wait_desktops(m, &error);
        g_assert_no_error(error);
        return g_steal_pointer(&m);
}

static void keep_screens(Machine *m, const char *name) {
        const char *folder = g_getenv("USHER_SCREENSHOTS");

        for (guint i = 0; folder && i < machine_stations(m); i++) {
                g_autofree char *path = g_strdup_printf("%s/%s-%u.png", folder, name, i);
                g_autoptr(GError) error = NULL;

                (void) machine_screenshot(m, i, path, &error);
                g_assert_no_error(error);
        }
}

static void assert_session(Machine *m, const char *seat, const char *user) {
        g_autofree char *session = NULL;
        g_autoptr(GError) error = NULL;

        session = machine_shell(m, &error,
                                "loginctl show-session --value -p Class -p Type -p State -p Name "
                                "$(loginctl show-seat -p ActiveSession --value %s) | sort | paste -sd' '", seat);
        g_assert_no_error(error);
        g_strchomp(session);
        g_assert_cmpstr(session, ==, g_intern_string(g_strconcat("active ", user, " user x11", NULL)));
}

static void test_three_desktops(void) {
        Screen *screens[STATIONS];
        g_autoptr(GError) error = NULL;
        g_autoptr(Machine) m = NULL;

        m = start_with_desktops(&(MachineOptions) { .stations = STATIONS });
        keep_screens(m, "three-desktops");
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/vm/three-desktops", test_three_desktops);
        return g_test_run();
}
