/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What Usher costs a shutdown that has nobody to warn: a PC with it and without it, restarted in turn. */

#include "room.h"

/* A wait for users would take this much longer. */
#define GRACE_SEC 24

/* The time that a restart may take on two cores without KVM. */
#define END_SEC 60

static double timed_restart(void) {
        gint64 begin = g_get_monotonic_time();

        g_free(room_run(ROOM_RESTART_SOON));
        room_wait_restart(END_SEC);
        return (g_get_monotonic_time() - begin) / (double) G_USEC_PER_SEC;
}

static void test_with_nobody_logged_in_it_costs_nothing(void) {
        g_autoptr(GError) error = NULL;
        g_autofree char *built = room_built("tree");
        double with, without;

        room = machine_start(
                        &(MachineOptions) {
                                        .stations = 1,
                                        .tree = built,
                                        .kernel_arguments = "systemd.unit=multi-user.target",
                        },
                        &error);
        g_assert_no_error(error);
        room_wait_boot();
        room_assert_prints("active", "systemctl is-active usher-shutdown");
        with = timed_restart();

        room_wait_boot();
        g_free(room_run("systemctl disable --quiet usherd; systemctl stop usherd usher-shutdown;"
                        "cd /lib/systemd/system; rm -r usher* session-.scope.d/usher.conf "
                        "user@.service.d/usher.conf;"
                        "systemctl daemon-reload"));
        without = timed_restart();

        g_test_message("from a second before the command to the reset: %.2f s with Usher, %.2f s without",
                        with, without);

        /* Nobody is logged in, so there is no grace period to wait for. The message has both times. */
        g_assert_cmpfloat(with, <, without + GRACE_SEC);
        room_close();
}

int main(int argc, char **argv) {
        int r;

        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/vm/shutdown/with-nobody-logged-in-it-costs-nothing",
                        test_with_nobody_logged_in_it_costs_nothing);
        r = g_test_run();
        room_close();
        return r;
}
