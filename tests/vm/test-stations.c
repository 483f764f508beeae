/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Stations and hubs as in a school, on a PC with four of them: which device belongs where, what is missing,
 * and how it is put right. The hubs are real to everything in the PC, and logind moves them. All tests share
 * one PC; each puts back what it moved. The last one restarts it.
 *
 * If $USHER_SCREENSHOTS names a folder, pictures of the stations and the output of usherctl are saved there.
 */

#include <string.h>

#include "room.h"

#define STATIONS 4
#define ANNA 0
#define BEN 1
#define CARLA 2
#define NOBODY 3

/* The time for the kernel, udev, logind and usherd, on a PC without KVM. */
#define SOON_SEC 30

/* As a fraction of the screen; a notification is a hundredth. */
#define SIGN_AT_LEAST 0.2

static const char *const labels[STATIONS] = { "Teacher", "Window left", "Fenster rechts", "窓側" };

/* Four labelled stations, all in good health. */
static void the_room(void) {
        if (room)
                return;

        room_open(&(MachineOptions) { .stations = STATIONS });
        room_wait_until(MACHINE_BOOT_SEC, "test $(usherctl --no-legend list | grep -c ' ok ') -eq %d",
                        STATIONS);
        for (guint i = 0; i < STATIONS; i++)
                g_free(room_run("usherctl label %s '%s'", machine_seats[i], labels[i]));
}

/* Output that is saved for people to look at. */
static void keep(const char *name, const char *text) {
        const char *folder = g_getenv("USHER_SCREENSHOTS");
        g_autofree char *path = NULL;

        if (!folder)
                return;

        path = g_build_filename(folder, name, NULL);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void wait_health(guint station, const char *health) {
        room_wait_until(SOON_SEC, "usherctl --no-legend list | grep -F '%s ' | grep -q ' %s '",
                        machine_seats[station], health);
}

/* The hub that a station has, by its id; the test fails if there is not exactly one. */
static char *hub_of(guint station) {
        char *hub;

        the_room();
        hub = room_run("busctl --json=short call org.usher1 /org/usher1 org.usher1.Manager ListHubs | "
                       "grep -o '\\[\"[^\"]*\",\"station\",\"[^\"]*\",\"%s\"' | cut -d'\"' -f2",
                        machine_seats[station]);

        g_assert_cmpstr(hub, !=, "");
        g_assert_null(strchr(hub, '\n'));
        return hub;
}

static void wait_role(const char *hub, const char *role, const char *seat) {
        room_wait_until(SOON_SEC,
                        "busctl --json=short call org.usher1 /org/usher1 org.usher1.Manager ListHubs | "
                        "grep -q '\\[\"%s\",\"%s\",\"[^\"]*\",\"%s\"'",
                        hub, role, seat);
}

static void test_labels(void) {
        g_autofree char *list = NULL, *hubs = NULL, *path = NULL, *by_hub = NULL, *hub = NULL;

        the_room();
        list = room_run("usherctl list");
        hubs = room_run("usherctl hubs");
        g_test_message("%s\n%s", list, hubs);
        keep("list.txt", list);
        keep("hubs.txt", hubs);
        for (guint i = 0; i < STATIONS; i++) {
                g_assert_nonnull(strstr(list, labels[i]));
                g_assert_nonnull(strstr(hubs, labels[i]));
        }

        /* From a hub to its station in one call, and the label in every place that names a station. */
        hub = hub_of(CARLA);
        by_hub = room_run("busctl call org.usher1 /org/usher1 org.usher1.Manager GetStationByHub s %s", hub);
        path = room_run("busctl call org.usher1 /org/usher1 org.usher1.Manager GetStation s '%s'",
                        labels[CARLA]);
        g_assert_cmpstr(by_hub, ==, path);
        g_free(room_run("usherctl status '%s' | grep -q carla", labels[CARLA]));
}

static void test_hub_out_and_in(void) {
        g_autofree char *hub = hub_of(NOBODY), *again = NULL;
        g_autoptr(GError) error = NULL;

        (void) machine_unplug_hub(room, NOBODY, &error);
        g_assert_no_error(error);
        wait_health(NOBODY, "no-keyboard");
        room_wait_until(SOON_SEC,
                        "test -n \"$(journalctl --flush; journalctl -o cat -t usherd SEAT_ID=%s "
                        "USHER_HEALTH=no-keyboard)\"",
                        machine_seats[NOBODY]);
        (void) machine_plug_hub(room, NOBODY, &error);
        g_assert_no_error(error);
        wait_health(NOBODY, "ok");
        again = hub_of(NOBODY);
        g_assert_cmpstr(again, ==, hub);
}

/* A hub behind a station's hub is part of that station until it is attached elsewhere. Then the first hub
 * has two stations behind it, and both keep their devices. */
static void test_chained_hub(void) {
        g_autofree char *hub = hub_of(CARLA), *chained = g_strdup_printf("%s.3", hub), *tree = NULL;
        g_autoptr(GError) error = NULL;

        (void) machine_plug_chained_hub(room, CARLA, &error);
        g_assert_no_error(error);
        room_wait_until(SOON_SEC, "usherctl --no-legend hubs | grep -q '%s '", chained);
        room_wait_until(SOON_SEC,
                        "busctl call org.usher1 /org/usher1 org.usher1.Manager GetStationByHub s %s | grep "
                        "-q 'station/%s\"'",
                        chained, "seat_2dpci_2dpci_2d0000_5f00_5f12_5f0");

        g_free(room_run("usherctl attach %s '%s'", chained, labels[BEN]));
        wait_role(chained, "station", machine_seats[BEN]);
        tree = room_run("usherctl hubs");
        g_test_message("%s", tree);
        keep("hubs-chained.txt", tree);
        room_keep_terminal(ANNA, "usherctl hubs", "hubs");
        wait_health(CARLA, "ok");
        wait_health(BEN, "ok");

        (void) machine_unplug_chained_hub(room, CARLA, &error);
        g_assert_no_error(error);
        room_wait_until(SOON_SEC, "! usherctl --no-legend hubs | grep -q '%s '", chained);
        g_free(room_run("usherctl detach-all"));
        wait_role(hub, "station", machine_seats[CARLA]);
}

static void test_a_new_station_and_back(void) {
        g_autofree char *hub = hub_of(BEN), *rules = NULL;

        g_free(room_run("usherctl attach %s seat-new", hub));
        wait_role(hub, "station", "seat-new");
        wait_health(BEN, "no-keyboard");
        room_wait_until(SOON_SEC, "usherctl --no-legend list | grep -F 'seat-new ' | grep -q ' absent '");
        rules = room_run("cat /etc/udev/rules.d/72-seat-*.rules");
        g_assert_nonnull(strstr(rules, "seat-new"));

        g_free(room_run("usherctl detach-all"));
        wait_role(hub, "station", machine_seats[BEN]);
        wait_health(BEN, "ok");
        room_wait_until(SOON_SEC, "! usherctl --no-legend list | grep -q seat-new");
        room_assert_prints("", "ls /etc/udev/rules.d | grep 72-seat || true");
}

static void test_root_hubs_stay(void) {
        g_autofree char *said = NULL;

        the_room();
        said = room_run("usherctl attach usb1 seat-new 2>&1; test $? -eq 1");
        g_assert_nonnull(strstr(said, "root hub"));
        room_assert_prints("", "ls /etc/udev/rules.d | grep 72-seat || true");
}

/* Carla's hub was attached to the wrong station; Enter on her keyboard corrects that. */
static void test_associate(void) {
        g_autofree char *hub = hub_of(CARLA), *said = NULL, *process = NULL;
        g_autoptr(GError) error = NULL;

        g_free(room_run("usherctl attach %s seat0", hub));
        wait_role(hub, "station", "seat0");
        wait_health(CARLA, "no-keyboard");

        g_free(room_run("systemd-run --quiet --unit=associate -p StandardOutput=file:/run/said -p "
                        "StandardError=file:/run/said "
                        "usherctl associate '%s'",
                        labels[CARLA]));
        room_wait_until(SOON_SEC, "grep -q 'press Enter' /run/said");
        process = room_run("systemctl show --value -p User,MainPID usher-associate; "
                           "ps -o user= -p $(systemctl show --value -p MainPID usher-associate)");
        g_test_message("usher-associate: %s", process);
        g_assert_null(strstr(process, "root"));

        /* Other keys are ignored. */
        (void) machine_type(room, CARLA, "secret", &error);
        g_assert_no_error(error);
        (void) machine_type(room, CARLA, "\n", &error);
        g_assert_no_error(error);
        room_wait_until(SOON_SEC, "grep -q 'now belongs to this station' /run/said");
        wait_role(hub, "station", machine_seats[CARLA]);
        wait_health(CARLA, "ok");

        /* Afterwards the keyboard is no longer read. */
        room_wait_until(SOON_SEC,
                        "! systemctl is-active --quiet usher-associate.service usher-associate.socket");
        room_wait_until(SOON_SEC, "! test -e /run/usher-associate");
        said = room_run("cat /run/said; journalctl -o cat -u usher-associate");
        g_assert_null(strstr(said, "secret"));
        g_free(room_run("usherctl detach-all"));
        wait_role(hub, "station", machine_seats[CARLA]);
}

/* Identifies the station, and checks that its own screen shows the label in large letters. */
static void identify(guint station, const Screen *before, const char *picture) {
        g_autoptr(Screen) shown = NULL;

        g_free(room_run("usherctl identify '%s' || { journalctl -b -n 40 -o cat; exit 1; }",
                        labels[station]));
        shown = room_look(station);
        room_keep_screen(station, picture);
        g_assert_cmpfloat(screen_difference(before, shown), >, SIGN_AT_LEAST);
}

/* Waits until the screen looks as before the label, which was shown for at least nine seconds. */
static void wait_no_sign(guint station, const Screen *before, gint64 asked) {
        for (;;) {
                g_autoptr(Screen) now = room_look(station);
                gint64 gone = g_get_monotonic_time();

                if (screen_difference(before, now) < SCREEN_CHANGED) {
                        g_assert_cmpint(gone - asked, >, 9 * G_USEC_PER_SEC);
                        return;
                }
                g_assert_cmpint(gone - asked, <, SOON_SEC * G_USEC_PER_SEC);
        }
}

/* A desktop, and a login screen in an empty room, as when an administrator walks along the screens. No other
 * screen shows anything. */
static void test_identify(void) {
        g_autoptr(Screen) desk = NULL, login = NULL, other = NULL, untouched = NULL;
        gint64 asked;

        the_room();
        room_wait_painted(NOBODY);
        desk = room_look(BEN);
        login = room_look(NOBODY);
        other = room_look(ANNA);
        asked = g_get_monotonic_time();
        identify(BEN, desk, "identify");
        identify(NOBODY, login, "identify-login-screen");
        untouched = room_look(ANNA);
        g_assert_cmpfloat(screen_difference(other, untouched), <, SCREEN_CHANGED);

        wait_no_sign(BEN, desk, asked);
        wait_no_sign(NOBODY, login, asked);
        room_assert_prints("", "journalctl -o cat -p warning -u 'usher-identify@*'");
}

/* The user of the station can go on typing below the label. */
static void test_identify_takes_no_keys(void) {
        g_autoptr(Screen) before = NULL, after = NULL;
        g_autoptr(GError) error = NULL;

        the_room();
        before = room_look(CARLA);
        g_free(room_run("usherctl identify '%s'", labels[CARLA]));
        (void) machine_type(room, CARLA, "is as light as a feather and as strong as an ox, and it floats\n",
                        &error);
        g_assert_no_error(error);
        room_wait_until(SOON_SEC, "test -z \"$(systemctl list-units --no-legend 'usher-identify@*')\"");
        after = room_look(CARLA);
        g_assert_cmpfloat(screen_difference(before, after), >, SCREEN_UNCHANGED);
        g_assert_cmpfloat(screen_difference(before, after), <, SIGN_AT_LEAST / 2);
}

/* Without a display manager the label is on the bare console, which is as before afterwards. */
static void test_identify_the_console(void) {
        g_autoptr(Screen) screen = NULL;
        g_autofree char *before = NULL;
        gint64 asked;

        the_room();
        g_free(room_run("systemctl stop lightdm"));
        room_wait_until(SOON_SEC, "! loginctl --no-legend list-sessions | grep -q seat0");
        before = room_run("cat /sys/class/tty/tty0/active");
        screen = room_look(ANNA);
        asked = g_get_monotonic_time();
        identify(ANNA, screen, "identify-console");
        wait_no_sign(ANNA, screen, asked);
        room_wait_until(SOON_SEC, "test \"$(cat /sys/class/tty/tty0/active)\" = %s", before);
        room_assert_prints("", "journalctl -o cat -p warning -u 'usher-identify@*'");
        g_free(room_run("systemctl start lightdm"));
}

static void test_labels_after_a_restart(void) {
        g_autofree char *hub = hub_of(NOBODY), *list = NULL;
        g_autoptr(GError) error = NULL;

        g_free(room_run("usherctl attach %s seat-annex", hub));
        room_wait_until(SOON_SEC, "usherctl --no-legend list | grep -q seat-annex");
        g_free(room_run("usherctl label seat-annex 'In the annex'"));

        /* test-shutdown is about how long users are warned. */
        g_free(room_run("mkdir -p /etc/usher; printf '[Shutdown]\\nGraceSec=0\\n' > /etc/usher/usherd.conf;"
                        "systemctl reload usherd; " ROOM_RESTART_SOON));
        (void) machine_wait_restart(room, MACHINE_BOOT_SEC, &error);
        g_assert_no_error(error);
        (void) machine_wait_boot(room, &error);
        g_assert_no_error(error);
        (void) machine_wait_until(room, MACHINE_BOOT_SEC, &error,
                        "test $(usherctl --no-legend list | grep -c ' ok ') -eq 3");
        g_assert_no_error(error);

        list = room_run("usherctl list");
        g_test_message("%s", list);
        for (guint i = 0; i < STATIONS; i++)
                g_assert_nonnull(strstr(list, labels[i]));

        /* What was attached is still attached, and the station without a screen is still listed as missing
         * it. */
        g_free(room_run("usherctl --no-legend list | grep 'In the annex' | grep -q ' absent '"));
        g_free(room_run("usherctl --no-legend hubs | grep -q 'In the annex'"));
        g_free(room_run("usherctl detach-all"));
        wait_health(NOBODY, "ok");
}

int main(int argc, char **argv) {
        int r;

        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/stations/labels", test_labels);
        g_test_add_func("/stations/hub-out-and-in", test_hub_out_and_in);
        g_test_add_func("/stations/chained-hub", test_chained_hub);
        g_test_add_func("/stations/a-new-station-and-back", test_a_new_station_and_back);
        g_test_add_func("/stations/root-hubs-stay", test_root_hubs_stay);
        g_test_add_func("/stations/associate", test_associate);
        g_test_add_func("/stations/identify", test_identify);
        g_test_add_func("/stations/identify-takes-no-keys", test_identify_takes_no_keys);
        if (g_test_slow()) {
                g_test_add_func("/stations/identify-the-console", test_identify_the_console);
                g_test_add_func("/stations/labels-after-a-restart", test_labels_after_a_restart);
        }
        r = g_test_run();

        room_close();
        return r;
}
