/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The PC itself, before Usher is on it: if these fail, look here first. They also say what we lean on: who is
 * logged in where, that a desktop shows notifications, that the greeter comes back, that a hub takes its keyboard
 * with it.
 *
 * With $USHER_SCREENSHOTS, a folder, pictures of the stations are kept there. */

#include <string.h>

#include "machine.h"

#define STATIONS 3
#define ANNA 0
#define BEN 1
#define CARLA 2

#define GREETER_SEC 60

static Machine *machine;

static Machine *the_machine(void) {
        g_autoptr(GError) error = NULL;

        if (machine)
                return machine;

        machine = machine_start(&(MachineOptions) { .stations = STATIONS }, &error);
        g_assert_no_error(error);
        (void) machine_wait_boot(machine, &error);
        g_assert_no_error(error);
        (void) machine_wait_desktops(machine, &error);
        g_assert_no_error(error);
        return machine;
}

static char *run(const char *format, ...) G_GNUC_PRINTF(1, 2);
static char *run(const char *format, ...) {
        g_autofree char *command = NULL;
        g_autoptr(GError) error = NULL;
        char *out;
        va_list ap;

        va_start(ap, format);
        command = g_strdup_vprintf(format, ap);
        va_end(ap);

        out = machine_shell(the_machine(), &error, "%s", command);
        g_assert_no_error(error);
        return g_strchomp(out);
}

static void wait_until(guint timeout, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void wait_until(guint timeout, const char *format, ...) {
        g_autofree char *condition = NULL;
        g_autoptr(GError) error = NULL;
        va_list ap;

        va_start(ap, format);
        condition = g_strdup_vprintf(format, ap);
        va_end(ap);

        (void) machine_wait_until(the_machine(), timeout, &error, "%s", condition);
        g_assert_no_error(error);
}

static Screen *look(guint station) {
        g_autoptr(GError) error = NULL;
        Screen *s;

        s = machine_look(the_machine(), station, &error);
        g_assert_no_error(error);
        return s;
}

static void keep_screens(const char *name) {
        const char *folder = g_getenv("USHER_SCREENSHOTS");

        for (guint i = 0; folder && i < STATIONS; i++) {
                g_autofree char *path = g_strdup_printf("%s/%s-%u.png", folder, name, i);
                g_autoptr(GError) error = NULL;

                (void) machine_screenshot(the_machine(), i, path, &error);
                g_assert_no_error(error);
        }
}

/* Till a station shows something else; a program has done its part before its window is painted. */
static void wait_changed(guint station, const Screen *before) {
        gint64 deadline = g_get_monotonic_time() + GREETER_SEC * G_USEC_PER_SEC;

        for (;;) {
                g_autoptr(Screen) now = look(station);

                if (screen_difference(before, now) > 0.004)
                        return;

                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
                g_usleep(G_USEC_PER_SEC / 5);
        }
}

static void assert_session(guint station, const char *expected) {
        g_autofree char *session = NULL;

        session = run("s=$(loginctl show-seat --value -p ActiveSession %s);"
                      "for p in Name Class Type State; do loginctl show-session --value -p $p $s; done | paste -sd' '",
                      machine_seats[station]);
        g_assert_cmpstr(session, ==, expected);
}

static void test_three_desktops(void) {
        g_autoptr(Screen) anna = NULL, ben = NULL, carla = NULL;

        the_machine();
        assert_session(ANNA, "anna user x11 active");
        assert_session(BEN, "ben user x11 active");
        assert_session(CARLA, "carla user x11 active");

        for (guint i = 0; i < STATIONS; i++) {
                g_autofree char *manager = run("pgrep --uid %s --exact --count openbox", machine_pupils[i]);

                g_assert_cmpstr(manager, ==, "1");
        }

        anna = look(ANNA);
        ben = look(BEN);
        carla = look(CARLA);
        keep_screens("desktops");
        g_assert_cmpfloat(screen_emptiness(anna), <, 0.5);
        g_assert_cmpfloat(screen_emptiness(ben), <, 0.5);
        g_assert_cmpfloat(screen_emptiness(carla), <, 0.5);
        g_assert_cmpfloat(screen_difference(anna, ben), >, 0.5);
        g_assert_cmpfloat(screen_difference(ben, carla), >, 0.5);
        g_assert_cmpfloat(screen_difference(anna, carla), >, 0.5);
}

static void test_notifications(void) {
        for (guint i = 0; i < STATIONS; i++) {
                g_autoptr(Screen) before = look(i);
                g_autoptr(GError) error = NULL;
                g_autofree char *out = NULL;

                out = machine_shell_as(the_machine(), machine_pupils[i], &error, "notify-send -t 3000 Usher 'For %s'",
                                       machine_pupils[i]);
                g_assert_no_error(error);
                wait_changed(i, before);
        }
}

static void test_hub_takes_its_keyboard(void) {
        static const char *const keyboard = "loginctl seat-status %s | grep -q 'USB Keyboard'";
        g_autofree char *there = g_strdup_printf(keyboard, machine_seats[CARLA]);
        g_autofree char *elsewhere = g_strdup_printf(keyboard, machine_seats[BEN]);
        g_autoptr(Screen) before = NULL;
        g_autoptr(GError) error = NULL;

        wait_until(GREETER_SEC, "%s", there);

        (void) machine_unplug_hub(machine, CARLA, &error);
        g_assert_no_error(error);
        wait_until(GREETER_SEC, "! %s && %s", there, elsewhere);
        assert_session(CARLA, "carla user x11 active");

        (void) machine_plug_hub(machine, CARLA, &error);
        g_assert_no_error(error);
        wait_until(GREETER_SEC, "%s", there);

        /* The X server has it a little later than logind: type until something appears. */
        before = look(CARLA);
        for (guint i = 0; i < 20; i++) {
                g_autoptr(Screen) now = NULL;

                (void) machine_type(machine, CARLA, "Ten lamps.\n", &error);
                g_assert_no_error(error);
                g_usleep(G_USEC_PER_SEC / 2);
                now = look(CARLA);
                if (screen_difference(before, now) > 0.0005)
                        return;
        }
        g_assert_not_reached();
}

/* Till a station has painted something, and stays so; a blinking cursor does not count. */
static void wait_quiet(guint station) {
        gint64 deadline = g_get_monotonic_time() + GREETER_SEC * G_USEC_PER_SEC;
        Screen *before = look(station);

        for (;;) {
                bool quiet;
                Screen *now;

                g_usleep(G_USEC_PER_SEC);
                now = look(station);
                quiet = screen_emptiness(now) < 0.99 && screen_difference(before, now) < 0.0005;
                screen_free(before);
                before = now;
                if (quiet)
                        break;

                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        }

        screen_free(before);
}

/* lightdm logs pupils in by itself once after boot. Whoever is logged off then finds the greeter, and can log in as
 * a person does. The greeter's session is "opening" for a while before it is "active". */
static void test_greeter_comes_back(void) {
        static const char *const wait_for =
                "[[ $(loginctl show-session -p Name -p Class -p State $(loginctl show-seat --value -p ActiveSession %s)) == "
                "Name=%s*Class=%s*State=active ]]";
        g_autofree char *greeter = g_strdup_printf(wait_for, machine_seats[BEN], "lightdm", "greeter");
        g_autofree char *teacher = g_strdup_printf(wait_for, machine_seats[BEN], "tina", "user");
        g_autoptr(GError) error = NULL;

        g_free(run("loginctl terminate-session $(loginctl show-seat --value -p ActiveSession %s)", machine_seats[BEN]));
        wait_until(GREETER_SEC, "%s", greeter);
        wait_quiet(BEN);
        keep_screens("greeter");

        (void) machine_type(machine, BEN, "tina\n", &error);
        g_assert_no_error(error);
        wait_quiet(BEN);
        (void) machine_type(machine, BEN, "tina\n", &error);
        g_assert_no_error(error);
        wait_until(GREETER_SEC, "%s", teacher);
        wait_quiet(BEN);
        keep_screens("teacher");
}

int main(int argc, char **argv) {
        int r;

        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/vm/three-desktops", test_three_desktops);
        g_test_add_func("/vm/notifications", test_notifications);
        g_test_add_func("/vm/hub-takes-its-keyboard", test_hub_takes_its_keyboard);
        g_test_add_func("/vm/greeter-comes-back", test_greeter_comes_back);
        r = g_test_run();

        machine_stop(machine);
        return r;
}
