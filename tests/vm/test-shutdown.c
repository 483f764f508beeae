/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shutdowns and modes of a real multiseat PC: systemd's own restart, the power button, all seats merged into
 * one and separated again. They share one PC, in this order: each test leaves three pupils at their
 * desktops, except the last one, which leaves the PC switched off. */

#include <string.h>

#include "room.h"

#define STATIONS 3

/* [Shutdown] GraceSec= of this PC, and the time that an orderly end may take after it, on two cores without
 * KVM. */
#define GRACE_SEC 24
#define END_SEC 60

#define GREETER_SEC 60

static void open_three_stations(void) {
        room_open(&(MachineOptions) { .stations = STATIONS });

        /* The agent, through which the tests look into the PC, must stay as long as the users. */
        g_free(room_run("mkdir -p /etc/usher /etc/systemd/system/qemu-guest-agent.service.d;"
                        "printf '[Unit]\\nBefore=usher-shutdown.service\\n'"
                        " > /etc/systemd/system/qemu-guest-agent.service.d/late.conf;"
                        "printf '[Shutdown]\\nGraceSec=%u\\n' > /etc/usher/usherd.conf;"
                        "systemctl daemon-reload; systemctl reload usherd",
                        GRACE_SEC));
}

/* A warning on each screen before the time is over. */
static void wait_warnings(Screen *const *before, gint64 until) {
        for (guint i = 0; i < STATIONS; i++)
                for (;;) {
                        g_autoptr(Screen) now = room_look(i);

                        if (screen_difference(before[i], now) > SCREEN_CHANGED)
                                break;

                        if (g_get_monotonic_time() > until) {
                                g_autofree char *journal = room_run(
                                                "usherctl jobs; journalctl -b --no-pager | tail -60");

                                g_error("No warning on screen %u in time.\n%s", i, journal);
                        }
                }
}

/* Everybody is warned on screen, and still logged in when the grace period is almost over. */
static void assert_held_up(Screen *const *before, gint64 begin, const char *name) {
        wait_warnings(before, begin + (GRACE_SEC - 2) * G_USEC_PER_SEC);
        room_keep_screens(name);
        room_assert_prints("3", "usherctl --no-legend jobs | grep -c ' warning .* desktop '");

        do
                room_assert_prints("3",
                                "for u in anna ben carla; do pgrep --uid $u --exact openbox; done | wc -l");
        while (g_get_monotonic_time() < begin + (GRACE_SEC - 4) * G_USEC_PER_SEC);
}

static void test_restart_is_held_up_until_everybody_is_gone(void) {
        Screen *before[STATIONS];
        gint64 begin;

        for (guint i = 0; i < STATIONS; i++)
                before[i] = room_look(i);

        begin = g_get_monotonic_time();
        g_free(room_run("systemctl reboot"));
        assert_held_up(before, begin, "restart");

        /* A second, impatient restart returns at once and does no harm. */
        room_assert_prints("over", "timeout 10 systemctl reboot 2>/dev/null; [ $? -ne 124 ] && echo over");

        room_wait_restart(GRACE_SEC + END_SEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, GRACE_SEC * G_USEC_PER_SEC);
        g_test_message("from the command to the reset: %.1f s, including %u s of grace",
                        (g_get_monotonic_time() - begin) / (double) G_USEC_PER_SEC, GRACE_SEC);

        room_wait_boot();
        room_wait_pupils();
        room_assert_prints("active", "systemctl is-active usher-shutdown");
        for (guint i = 0; i < STATIONS; i++)
                screen_free(before[i]);
}

static void assert_seats(const char *expected) {
        g_autofree char *seats = room_run("loginctl --no-legend list-seats | xargs");

        g_assert_cmpstr(seats, ==, expected);
}

static void wait_greeter(const char *seat) {
        room_wait_until(GREETER_SEC,
                        "test \"$(loginctl show-session --value -p Class $(loginctl show-seat --value -p "
                        "ActiveSession %s))\" = greeter",
                        seat);
}

static void test_console_and_back(void) {
        g_autofree char *stations = NULL;
        gint64 begin;

        stations = room_run("loginctl --no-legend list-seats | xargs");
        g_assert_nonnull(strstr(stations, machine_seats[2]));

        /* The stations of this PC log their pupils in automatically when they appear: not now. */
        g_free(room_run("cp /etc/lightdm/lightdm.conf.d/50-stations.conf /root;"
                        "sed -i /^autologin/d /etc/lightdm/lightdm.conf.d/50-stations.conf"));

        g_free(room_run("usherctl mode console --grace=5"));
        room_assert_prints("3", "usherctl --no-legend jobs | grep -c mode-switch");
        room_wait_until(60, "test $(usherctl mode) = console");
        assert_seats("seat0");
        wait_greeter("seat0");
        room_keep_screens("console");

        begin = g_get_monotonic_time();
        g_free(room_run("usherctl mode station"));
        room_wait_until(60, "test $(usherctl mode) = station");
        assert_seats(stations);
        for (guint i = 0; i < STATIONS; i++)
                wait_greeter(machine_seats[i]);
        g_test_message("from console mode to greeters on all stations: %.1f s",
                        (g_get_monotonic_time() - begin) / (double) G_USEC_PER_SEC);
        room_keep_screens("station");

        /* A switch that fails is undone and reported. */
        g_free(room_run("mkdir -p /run/systemd/system/usher-console.service.d;"
                        "printf '[Service]\\nExecStart=false\\n' > "
                        "/run/systemd/system/usher-console.service.d/fail.conf;"
                        "systemctl daemon-reload; usherctl mode console"));
        room_wait_until(60, "journalctl -b -u usherd | grep -q 'it was undone'");
        room_assert_prints("station", "usherctl mode");
        room_assert_prints("", "ls /run/udev/rules.d");
        assert_seats(stations);

        g_free(room_run("mv /root/50-stations.conf /etc/lightdm/lightdm.conf.d/; systemctl restart "
                        "lightdm"));
        room_wait_pupils();
}

/* The last one, because the PC is off afterwards. */
static void test_power_button_and_a_dead_usherd(void) {
        g_autoptr(GError) error = NULL;
        Screen *before[STATIONS];
        gint64 begin;

        for (guint i = 0; i < STATIONS; i++)
                before[i] = room_look(i);

        begin = g_get_monotonic_time();
        (void) machine_powerdown(room, &error);
        g_assert_no_error(error);
        assert_held_up(before, begin, "power-off");

        g_free(room_run("systemctl kill --signal=KILL usherd"));
        (void) machine_wait_off(room, GRACE_SEC + 2 * END_SEC, NULL, &error);
        g_assert_no_error(error);

        /* Even then nobody gets less than the promised grace period. */
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, GRACE_SEC * G_USEC_PER_SEC);
        for (guint i = 0; i < STATIONS; i++)
                screen_free(before[i]);
        room_close();
}

int main(int argc, char **argv) {
        int r;

        g_test_init(&argc, &argv, NULL);
        if (g_test_slow())
                g_test_add_func("/vm/shutdown/console-and-back", test_console_and_back);
        g_test_add_func("/vm/shutdown/restart-is-held-up-until-everybody-is-gone",
                        test_restart_is_held_up_until_everybody_is_gone);
        g_test_add_func("/vm/shutdown/power-button-and-a-dead-usherd", test_power_button_and_a_dead_usherd);

        open_three_stations();
        r = g_test_run();
        room_close();
        return r;
}
