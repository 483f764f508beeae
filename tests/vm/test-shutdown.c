/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shutdowns and modes of a real multiseat PC: systemd's own restart, the power button, every seat folded into one and out
 * again. The tests of /vm/shutdown share one PC and each leaves it started anew, with three pupils at their desktops.
 *
 * With $USHER_SCREENSHOTS, a folder, pictures of the stations are kept there. */

#include <string.h>

#include "machine.h"

#define STATIONS 3

/* [Shutdown] GraceSec= of this PC, and what an orderly end may take after it, on two cores without KVM. */
#define GRACE_SEC 16
#define END_SEC 60

#define GREETER_SEC 60

/* Of a screen of 1024x768, as in test-logoff.c. */
#define CHANGED 0.004

static Machine *machine;

static char *run(const char *format, ...) G_GNUC_PRINTF(1, 2);
static char *run(const char *format, ...) {
        g_autofree char *command = NULL;
        g_autoptr(GError) error = NULL;
        char *out;
        va_list ap;

        va_start(ap, format);
        command = g_strdup_vprintf(format, ap);
        va_end(ap);

        out = machine_shell(machine, &error, "%s", command);
        g_assert_no_error(error);
        return g_strchomp(out);
}

static void assert_prints(const char *expected, const char *command) {
        g_autofree char *out = run("%s", command);

        g_assert_cmpstr(out, ==, expected);
}

static void wait_until(guint timeout, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void wait_until(guint timeout, const char *format, ...) {
        g_autofree char *condition = NULL;
        g_autoptr(GError) error = NULL;
        va_list ap;

        va_start(ap, format);
        condition = g_strdup_vprintf(format, ap);
        va_end(ap);

        (void) machine_wait_until(machine, timeout, &error, "%s", condition);
        g_assert_no_error(error);
}

static void wait_restart(guint timeout) {
        g_autoptr(GError) error = NULL;

        (void) machine_wait_restart(machine, timeout, &error);
        g_assert_no_error(error);
}

static void wait_boot(bool desktops) {
        g_autoptr(GError) error = NULL;

        (void) machine_wait_boot(machine, &error);
        g_assert_no_error(error);
        if (!desktops)
                return;

        (void) machine_wait_desktops(machine, &error);
        g_assert_no_error(error);
        wait_until(MACHINE_BOOT_SEC, "test $(usherctl --no-legend list | grep -c in-use) -eq 3");
}

/* In a moment, from a unit that nothing stops: with nobody to wait for the agent is gone before it can answer. */
#define RESTART_SOON "systemd-run --quiet --property=DefaultDependencies=no sh -c 'sleep 1; systemctl reboot'"

static void the_machine(void) {
        g_autoptr(GError) error = NULL;

        if (machine)
                return;

        machine = machine_start(&(MachineOptions) { .stations = STATIONS, .tree = g_getenv("USHER_TREE") }, &error);
        g_assert_no_error(error);
        wait_boot(true);

        /* The agent, our ear in there, is to stay as long as the people do. */
        g_free(run("mkdir -p /etc/usher /etc/systemd/system/qemu-guest-agent.service.d;"
                   "printf '[Unit]\\nBefore=usher-shutdown.service\\n' > /etc/systemd/system/qemu-guest-agent.service.d/late.conf;"
                   "printf '[Shutdown]\\nGraceSec=%u\\n' > /etc/usher/usherd.conf;"
                   "systemctl daemon-reload; systemctl reload usherd", GRACE_SEC));
}

static void keep_screens(const char *name) {
        const char *folder = g_getenv("USHER_SCREENSHOTS");

        for (guint i = 0; folder && i < STATIONS; i++) {
                g_autofree char *path = g_strdup_printf("%s/%s-%u.png", folder, name, i);
                g_autoptr(GError) error = NULL;

                (void) machine_screenshot(machine, i, path, &error);
                g_assert_no_error(error);
        }
}

static Screen *look(guint station) {
        g_autoptr(GError) error = NULL;
        Screen *s = machine_look(machine, station, &error);

        g_assert_no_error(error);
        return s;
}

/* A warning on each screen, before the time is over. */
static void wait_warnings(Screen *const *before, gint64 until) {
        for (guint i = 0; i < STATIONS; i++)
                for (;;) {
                        g_autoptr(Screen) now = look(i);

                        if (screen_difference(before[i], now) > CHANGED)
                                break;

                        if (g_get_monotonic_time() > until) {
                                g_autofree char *journal = run("usherctl jobs; journalctl -b --no-pager | tail -60");

                                g_error("No warning on screen %u in time.\n%s", i, journal);
                        }
                        g_usleep(G_USEC_PER_SEC / 5);
                }
}

/* Everybody is warned on screen and still there when hardly any of the grace is left. Returns when it began. */
static gint64 assert_held_up(Screen *const *before, gint64 begin, const char *name) {
        wait_warnings(before, begin + (GRACE_SEC - 2) * G_USEC_PER_SEC);
        keep_screens(name);
        assert_prints("3", "usherctl --no-legend jobs | grep -c ' warning .* desktop '");

        while (g_get_monotonic_time() < begin + (GRACE_SEC - 3) * G_USEC_PER_SEC)
                g_usleep(G_USEC_PER_SEC / 10);
        assert_prints("3", "for u in anna ben carla; do pgrep --uid $u --exact openbox; done | wc -l");
        return begin;
}

static void test_restart_is_held_up_until_everybody_is_gone(void) {
        Screen *before[STATIONS];
        gint64 begin;

        the_machine();
        for (guint i = 0; i < STATIONS; i++)
                before[i] = look(i);

        begin = g_get_monotonic_time();
        g_free(run("systemctl reboot"));
        assert_held_up(before, begin, "restart");

        /* Who is impatient is not held up, and does no harm. */
        assert_prints("over", "timeout 10 systemctl reboot 2>/dev/null; [ $? -ne 124 ] && echo over");

        wait_restart(GRACE_SEC + END_SEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, GRACE_SEC * G_USEC_PER_SEC);
        g_test_message("from the command to the reset: %.1f s, %u s of them grace",
                       (g_get_monotonic_time() - begin) / (double) G_USEC_PER_SEC, GRACE_SEC);

        wait_boot(true);
        assert_prints("active", "systemctl is-active usher-shutdown");
        for (guint i = 0; i < STATIONS; i++)
                screen_free(before[i]);
}

static void assert_seats(const char *expected) {
        g_autofree char *seats = run("loginctl --no-legend list-seats | xargs");

        g_assert_cmpstr(seats, ==, expected);
}

static void wait_greeter(const char *seat) {
        wait_until(GREETER_SEC,
                   "test \"$(loginctl show-session --value -p Class $(loginctl show-seat --value -p ActiveSession %s))\" = greeter",
                   seat);
}

static void test_console_and_back(void) {
        g_autofree char *stations = NULL;
        gint64 begin;

        the_machine();
        stations = run("loginctl --no-legend list-seats | xargs");
        g_assert_nonnull(strstr(stations, machine_seats[2]));

        /* The stations of this PC log their pupils in by themselves when they appear: not now. */
        g_free(run("cp /etc/lightdm/lightdm.conf.d/50-stations.conf /root;"
                   "sed -i /^autologin/d /etc/lightdm/lightdm.conf.d/50-stations.conf"));

        g_free(run("usherctl mode console --grace=5"));
        assert_prints("3", "usherctl --no-legend jobs | grep -c mode-switch");
        wait_until(60, "test $(usherctl mode) = console");
        assert_seats("seat0");
        wait_greeter("seat0");
        keep_screens("console");

        begin = g_get_monotonic_time();
        g_free(run("usherctl mode station"));
        wait_until(60, "test $(usherctl mode) = station");
        assert_seats(stations);
        for (guint i = 0; i < STATIONS; i++)
                wait_greeter(machine_seats[i]);
        g_test_message("from console mode to greeters on all stations: %.1f s",
                       (g_get_monotonic_time() - begin) / (double) G_USEC_PER_SEC);
        keep_screens("station");

        /* A switch that fails is undone, and says so. */
        g_free(run("mkdir -p /run/systemd/system/usher-console.service.d;"
                   "printf '[Service]\\nExecStart=false\\n' > /run/systemd/system/usher-console.service.d/fail.conf;"
                   "systemctl daemon-reload; usherctl mode console"));
        wait_until(60, "journalctl -b -u usherd | grep -q 'failed and was undone'");
        assert_prints("station", "usherctl mode");
        assert_prints("", "ls /run/udev/rules.d");
        assert_seats(stations);

        g_free(run("mv /root/50-stations.conf /etc/lightdm/lightdm.conf.d/;" RESTART_SOON));
        wait_restart(END_SEC);
        wait_boot(true);
}

/* The last one, for the PC is off then. */
static void test_power_button_and_a_dead_usherd(void) {
        g_autoptr(GError) error = NULL;
        Screen *before[STATIONS];
        gint64 begin;

        the_machine();
        for (guint i = 0; i < STATIONS; i++)
                before[i] = look(i);

        begin = g_get_monotonic_time();
        (void) machine_powerdown(machine, &error);
        g_assert_no_error(error);
        assert_held_up(before, begin, "power-off");

        g_free(run("systemctl kill --signal=KILL usherd"));
        (void) machine_wait_off(machine, GRACE_SEC + 2 * END_SEC, NULL, &error);
        g_assert_no_error(error);

        /* Not even then anybody has less than was promised. */
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, GRACE_SEC * G_USEC_PER_SEC);
        for (guint i = 0; i < STATIONS; i++)
                screen_free(before[i]);
        g_clear_pointer(&machine, machine_stop);
}

static double timed_restart(void) {
        gint64 begin = g_get_monotonic_time();

        g_free(run(RESTART_SOON));
        wait_restart(END_SEC);
        return (g_get_monotonic_time() - begin) / (double) G_USEC_PER_SEC;
}

static void test_with_nobody_logged_in_it_costs_nothing(void) {
        g_autoptr(GError) error = NULL;
        double with, without;

        g_assert_null(machine);
        machine = machine_start(&(MachineOptions) {
                                        .stations = 1,
                                        .tree = g_getenv("USHER_TREE"),
                                        .kernel_arguments = "systemd.unit=multi-user.target",
                                }, &error);
        g_assert_no_error(error);
        wait_boot(false);
        assert_prints("active", "systemctl is-active usher-shutdown");
        with = timed_restart();

        wait_boot(false);
        g_free(run("systemctl disable --quiet usherd; systemctl stop usherd usher-shutdown;"
                   "cd /lib/systemd/system; rm -r usher* session-.scope.d/usher.conf user@.service.d/usher.conf;"
                   "systemctl daemon-reload"));
        without = timed_restart();

        g_test_message("from a second before the command to the reset: %.2f s with Usher, %.2f s without", with, without);
        g_assert_cmpfloat(with, <, 1.5 * without + 1);
        g_clear_pointer(&machine, machine_stop);
}

int main(int argc, char **argv) {
        int r;

        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/vm/shutdown/with-nobody-logged-in-it-costs-nothing",
                        test_with_nobody_logged_in_it_costs_nothing);
        g_test_add_func("/vm/shutdown/restart-is-held-up-until-everybody-is-gone",
                        test_restart_is_held_up_until_everybody_is_gone);
        g_test_add_func("/vm/shutdown/console-and-back", test_console_and_back);
        g_test_add_func("/vm/shutdown/power-button-and-a-dead-usherd", test_power_button_and_a_dead_usherd);

        r = g_test_run();
        machine_stop(machine);
        return r;
}
