/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usherd on a real multiseat PC: real hubs, real desktops, real screens. All tests share one PC, since its
 * boot takes longest. The single log-off comes first, while no screen shows a notification about a cancelled
 * one. */

#include <string.h>

#include "room.h"

#define STATIONS 3
#define ANNA 0
#define BEN 1
#define CARLA 2

/* The limits of a log-off: ten seconds from the deadline to the end, twenty to the login screen. */
#define GRACE_SEC 14
#define END_SEC 10
#define GREETER_SEC 20

static char *property(guint station, const char *name) {
        g_autofree char *path = room_run("busctl call org.usher1 /org/usher1 org.usher1.Manager GetStation "
                                         "s %s | cut -d'\"' -f2",
                        machine_seats[station]);

        return room_run("busctl get-property org.usher1 %s org.usher1.Station %s", path, name);
}

static void test_stations_and_hubs(void) {
        room_keep_screens("before");

        for (guint i = 0; i < STATIONS; i++) {
                g_autofree char *health = property(i, "Health"), *hubs = property(i, "Hubs");
                g_autofree char *user = property(i, "ActiveUser"), *displays = property(i, "Displays");
                g_autofree char *hub = NULL, *by_hub = NULL, *by_session = NULL, *by_id = NULL;

                g_assert_cmpstr(health, ==, "s \"ok\"");
                g_assert_nonnull(strstr(user, machine_pupils[i]));
                g_assert_nonnull(strstr(hubs, "/org/usher1/hub/"));
                g_assert_nonnull(strstr(displays, "/drm/card"));

                /* From a hub to its station, and from a session. */
                hub = room_run("busctl --json=short call org.usher1 /org/usher1 "
                               "org.usher1.Manager ListHubs | grep -o "
                               "'\"[^\"]*\",\"station\",\"[^\"]*\",\"%s\"' | cut -d'\"' -f2",
                                machine_seats[i]);
                g_assert_cmpstr(hub, !=, "");
                by_id = room_run("busctl call org.usher1 /org/usher1 org.usher1.Manager GetStation s %s",
                                machine_seats[i]);
                by_hub = room_run(
                                "busctl call org.usher1 /org/usher1 org.usher1.Manager GetStationByHub s %s",
                                hub);
                g_assert_cmpstr(by_hub, ==, by_id);
                by_session = room_run("busctl call org.usher1 /org/usher1 org.usher1.Manager "
                                      "GetStationBySession s "
                                      "$(loginctl show-seat --value -p ActiveSession %s)",
                                machine_seats[i]);
                g_assert_cmpstr(by_session, ==, by_id);
        }
}

static void test_pupil_is_refused_for_others(void) {
        g_autoptr(GError) error = NULL;
        g_autofree char *refused = NULL, *own = NULL;

        refused = machine_shell_as(room, machine_pupils[ANNA], &error,
                        "usherctl --no-ask-password log-off %s; test $? -eq 1", machine_seats[CARLA]);
        g_assert_no_error(error);
        room_assert_prints("", "usherctl --no-legend jobs");

        own = machine_shell_as(room, machine_pupils[ANNA], &error,
                        "usherctl --no-ask-password log-off %s --grace=60", machine_seats[ANNA]);
        g_assert_no_error(error);
        room_assert_prints("1", "usherctl --no-legend jobs | grep -c anna");
        g_free(room_run("usherctl cancel"));
        room_assert_prints("", "usherctl --no-legend jobs");
}

static void test_cancelled_for_all_ends_nobody(void) {
        g_autofree char *before = room_run("loginctl --no-legend list-sessions"), *after = NULL;

        g_free(room_run("usherctl log-off-all --grace=30"));
        room_wait_until(20, "test $(usherctl --no-legend jobs | wc -l) -ge 2");
        g_free(room_run("usherctl cancel"));
        room_assert_prints("", "usherctl --no-legend jobs");

        after = room_run("loginctl --no-legend list-sessions");
        g_assert_cmpstr(after, ==, before);
}

static void test_log_off_one(void) {
        g_autoptr(Screen) ben = NULL, anna = NULL, ben_warned = NULL, anna_meanwhile = NULL;
        g_autofree char *job = NULL, *session = NULL;
        gint64 asked, gone, took;

        session = room_run("loginctl show-seat --value -p ActiveSession %s", machine_seats[BEN]);
        ben = room_look(BEN);
        anna = room_look(ANNA);

        took = g_get_monotonic_time();
        job = room_run("t=$(date +%%s%%N); busctl call org.usher1 /org/usher1 org.usher1.Manager LogOff "
                       "'sa{sv}' %s "
                       "2 grace u %d message s 'Class is over'; echo $(( ($(date +%%s%%N) - t) / 1000000 ))",
                        machine_seats[BEN], GRACE_SEC);
        asked = g_get_monotonic_time();
        g_assert_nonnull(strstr(job, "ao 1 \"/org/usher1/job/"));
        g_test_message("the call took %s ms, with busctl's own start", strrchr(job, '\n') + 1);
        g_assert_cmpint(atoi(strrchr(job, '\n') + 1), <, 1000);

        room_wait_until(GRACE_SEC, "usherctl --no-legend jobs | grep -q desktop");
        room_wait_shown(BEN, ben);
        ben_warned = room_look(BEN);
        anna_meanwhile = room_look(ANNA);
        room_keep_screens("warned");
        g_test_message("changed: %.4f of the warned screen, %.4f of its peer's",
                        screen_difference(ben, ben_warned), screen_difference(anna, anna_meanwhile));
        g_assert_cmpfloat(screen_difference(ben, ben_warned), >, SCREEN_CHANGED);
        g_assert_cmpfloat(screen_difference(anna, anna_meanwhile), <, SCREEN_UNCHANGED);

        room_wait_until(GRACE_SEC + END_SEC + 5, "! loginctl show-session %s", session);
        gone = g_get_monotonic_time();
        g_assert_cmpint(gone - took, >=, GRACE_SEC * G_USEC_PER_SEC);
        g_assert_cmpint(gone - asked, <=, (GRACE_SEC + END_SEC) * G_USEC_PER_SEC);

        room_wait_until(GREETER_SEC,
                        "test \"$(loginctl show-session --value -p Class "
                        "$(loginctl show-seat --value -p ActiveSession %s))\" = greeter",
                        machine_seats[BEN]);
        g_test_message("the session was gone %.1f s after the deadline, the greeter there %.1f s later",
                        (double) (gone - asked) / G_USEC_PER_SEC - GRACE_SEC,
                        (double) (g_get_monotonic_time() - gone) / G_USEC_PER_SEC);
        room_wait_painted(BEN);
        room_keep_screens("logged-off");

        room_assert_prints("2", "usherctl --no-legend list | grep -c in-use");
        room_assert_prints("USHER_RESULT=done",
                        "journalctl --output=export --output-fields=USHER_RESULT SYSLOG_IDENTIFIER=usherd "
                        "USER_ID=ben "
                        "| grep USHER_RESULT");
}

static char *as_carla(const char *command) {
        g_autoptr(GError) error = NULL;
        char *said = machine_shell_as(room, machine_pupils[CARLA], &error, "%s", command);

        g_assert_no_error(error);
        return said;
}

/* Waits until a film covers the screen and notifications of an earlier log-off are gone. */
static Screen *wait_full_screen(guint station) {
        gint64 deadline = g_get_monotonic_time() + MACHINE_COMMAND_SEC * G_USEC_PER_SEC;

        for (;;) {
                g_autoptr(Screen) s = room_look(station);

                if (screen_emptiness(s) > 0.99)
                        return g_steal_pointer(&s);
                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        }
}

/* "Do not disturb" must not hide that one's own session is about to end. */
static void test_do_not_disturb_and_full_screen(void) {
        g_autoptr(Screen) full = NULL;

        g_free(as_carla("xfconf-query -c xfce4-notifyd -p /do-not-disturb --create -t bool -s true"));
        g_free(as_carla("systemd-run --user --quiet --unit=film xterm -fullscreen -bg black -fg black -e "
                        "sleep infinity"));
        full = wait_full_screen(CARLA);

        g_free(room_run("usherctl log-off %s --grace=60 --message='Class is over'", machine_seats[CARLA]));
        room_wait_until(MACHINE_COMMAND_SEC, "usherctl --no-legend jobs | grep -q desktop");
        room_wait_shown(CARLA, full);
        room_keep_screen(CARLA, "full-screen");
        g_free(room_run("usherctl cancel"));
        g_free(as_carla("systemctl --user stop film; xfconf-query -c xfce4-notifyd -p /do-not-disturb -s "
                        "false"));
}

static gint64 job_usec(const char *job, const char *name) {
        g_autofree char *value = room_run("busctl get-property org.usher1 %s org.usher1.Job %s", job, name);

        g_assert_true(g_str_has_prefix(value, "t "));
        return g_ascii_strtoll(value + 2, NULL, 10);
}

/* A PC with an empty clock battery sets its time from the network in the middle of the first lesson. */
static void test_a_clock_that_is_set(void) {
        static const char *const steps[] = { "+2 hours", "-5 hours" };
        g_autofree char *job = room_run("busctl call org.usher1 /org/usher1 org.usher1.Manager LogOff "
                                        "'sa{sv}' %s 1 grace u 60 | cut -d'\"' -f2",
                        machine_seats[CARLA]);

        for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
                g_autofree char *now = NULL, *told = NULL;
                gint64 left;

                g_free(room_run("rm -f /run/told /run/ready; "
                                "systemd-run --quiet --unit=listen -p StandardOutput=file:/run/told -p "
                                "StandardError=file:/run/ready "
                                "busctl monitor --match \"type=signal,path=%s,member=PropertiesChanged\"",
                                job));
                room_wait_until(MACHINE_COMMAND_SEC, "grep -q Monitoring /run/ready");
                g_free(room_run("date -s '%s'", steps[i]));
                room_wait_until(MACHINE_COMMAND_SEC, "grep -q Deadline /run/told");
                g_free(room_run("systemctl stop listen"));

                /* Only the wall-clock time has changed. */
                told = room_run("cat /run/told");
                g_assert_null(strstr(told, "Phase"));
                now = room_run("date +%%s%%6N");
                left = job_usec(job, "Deadline") - g_ascii_strtoll(now, NULL, 10);
                g_assert_cmpint(left, >, 0);
                g_assert_cmpint(left, <=, 60 * G_USEC_PER_SEC);
                g_assert_cmpint(ABS(left - job_usec(job, "Remaining")), <, 5 * G_USEC_PER_SEC);
        }

        room_assert_prints("1", "usherctl --no-legend jobs | grep -c carla");
        g_free(room_run("usherctl cancel; date -s '+3 hours'"));
}

int main(int argc, char *argv[]) {
        int r;

        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/vm/stations-and-hubs", test_stations_and_hubs);
        g_test_add_func("/vm/log-off-one", test_log_off_one);
        g_test_add_func("/vm/pupil-is-refused-for-others", test_pupil_is_refused_for_others);
        g_test_add_func("/vm/cancelled-for-all-ends-nobody", test_cancelled_for_all_ends_nobody);
        g_test_add_func("/vm/do-not-disturb-and-full-screen", test_do_not_disturb_and_full_screen);
        g_test_add_func("/vm/a-clock-that-is-set", test_a_clock_that_is_set);

        room_open(&(MachineOptions) { .stations = STATIONS });
        r = g_test_run();
        room_close();
        return r;
}
