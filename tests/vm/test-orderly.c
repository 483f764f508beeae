/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* No work is lost, on a PC with a real Xfce: a program that is registered with the session manager saves its
 * text when Usher ends the session, and loses it when the session is simply terminated. On the way,
 * everything that users see. */

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "room.h"

#define STATIONS 2
#define ANNA 0 /* speaks German, has no session manager */
#define BEN 1  /* has Xfce */

#define GRACE_SEC 20
#define END_SEC 60
#define GREETER_SEC 20

static char *tree;

static void shell(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void shell(const char *format, ...) {
        g_autofree char *command = NULL, *errors = NULL;
        const char *argv[] = { "sh", "-c", NULL, NULL };
        g_autoptr(GError) error = NULL;
        int status;
        va_list ap;

        va_start(ap, format);
        command = g_strdup_vprintf(format, ap);
        va_end(ap);

        argv[2] = command;
        (void) g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &errors,
                        &status, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(errors, ==, "");
        g_assert_cmpint(status, ==, 0);
}

/* The PC under test, with a session manager for Ben and the program with unsaved work. */
static void make_tree(void) {
        g_autofree char *built = room_built("tree"), *essay = room_built("plain/tests/vm/xsmp-essay");

        tree = g_dir_make_tmp("usher-orderly-XXXXXX", NULL);
        g_assert_nonnull(tree);
        g_assert_cmpint(g_chmod(tree, 0755), ==, 0);
        shell("cp -a '%s'/. '" MACHINE_SOURCE_DIR "'/trees/slow/. '" MACHINE_SOURCE_DIR
              "'/trees/xfce/. '%s' && cp '%s' '%s'/usr/local/bin",
                        built, tree, essay, tree);
}

/* How often Ben's program has registered by now. */
static void wait_work(guint times) {
        room_wait_until(MACHINE_BOOT_SEC, "test $(journalctl -q -t xsmp-essay | grep -c Registered) -eq %u",
                        times);
}

static char *session_at(guint station) {
        return room_run("loginctl show-seat --value -p ActiveSession %s", machine_seats[station]);
}

static void set_up(void) {
        make_tree();
        room_open(&(MachineOptions) { .stations = STATIONS, .tree = tree });
        wait_work(1);
}

/* The time of the last such journal record, in µs since boot. */
static guint64 journal_time(const char *match, const char *text) {
        g_autofree char *t =
                        room_run("journalctl -o json --output-fields=MESSAGE %s | grep '%s' | tail -n 1 "
                                 "| grep -o '__MONOTONIC_TIMESTAMP\":\"[0-9]*' | grep -o '[0-9]*$'",
                                        match, text);

        g_assert_cmpstr(t, !=, "");
        return g_ascii_strtoull(t, NULL, 10);
}

static void test_saves(void) {
        g_autofree char *session = session_at(BEN), *essay = NULL, *phases = NULL;
        g_autoptr(Screen) before = room_look(BEN);
        guint64 saved, ended, removed;

        g_free(room_run("systemctl enable usher-seat-repair@.service && "
                        "mv /usr/sbin/lightdm-gtk-greeter /usr/sbin/lightdm-gtk-greeter.away"));
        room_keep_screen(BEN, "before");
        g_free(room_run("usherctl log-off %s --grace=%u --message='Class is over'", machine_seats[BEN],
                        GRACE_SEC));
        room_wait_until(GRACE_SEC, "usherctl --no-legend jobs | grep ben | grep -q desktop");
        room_wait_shown(BEN, before);
        room_keep_screen(BEN, "first-warning");
        room_wait_until(GRACE_SEC,
                        "test $(busctl get-property org.usher1 $(busctl get-property org.usher1 /org/usher1 "
                        "org.usher1.Manager Jobs | cut -d'\"' -f2) org.usher1.Job Remaining | cut -d' ' "
                        "-f2) -lt 6000000");
        room_keep_screen(BEN, "reminder");

        room_wait_until(GRACE_SEC + END_SEC, "! loginctl show-session %s", session);
        essay = room_run("cat /home/ben/essay.txt");
        g_assert_nonnull(strstr(essay, "quicksilver"));

        saved = journal_time("-t xsmp-essay", "Saved the essay");
        ended = journal_time("-t xsmp-essay", "Told to end");
        removed = journal_time("-t usherd USER_ID=ben", "Log-off of session");
        g_test_message("saved at %.1f s, asked to end at %.1f s, the session's end recorded at %.1f s",
                        (double) saved / G_USEC_PER_SEC, (double) ended / G_USEC_PER_SEC,
                        (double) removed / G_USEC_PER_SEC);
        g_assert_cmpuint(saved, <=, ended);
        g_assert_cmpuint(ended, <, removed);

        /* The desktop logged out by itself: TerminateSession was not needed. */
        phases = room_run("journalctl -o cat --output-fields=USHER_PHASES -t usherd USER_ID=ben");
        g_test_message("%s", phases);
        g_assert_nonnull(strstr(phases, "asking"));
        g_assert_null(strstr(phases, "terminating"));
}

/* The greeter crashes after Ben's log-off, and the display manager gives up. The station reports it, and the
 * optional repair restarts the display manager, which logs Ben in as after boot, while Anna works on. */
static void test_login_screen_is_repaired(void) {
        g_autofree char *anna = session_at(ANNA), *after = NULL;

        room_wait_until(GREETER_SEC + 15, "usherctl --no-legend list | grep '%s ' | grep -q no-login-screen",
                        machine_seats[BEN]);
        wait_work(2);
        g_free(room_run("journalctl -q -u usher-seat-repair@%s | grep -q 'Restoring %s for'",
                        machine_seats[BEN], machine_seats[BEN]));
        room_wait_until(10, "usherctl --no-legend list | grep '%s ' | grep -q ' ok '", machine_seats[BEN]);
        after = session_at(ANNA);
        g_assert_cmpstr(after, ==, anna);

        /* It does not affect sessions that are there. */
        g_free(room_run("systemctl start usher-seat-repair@seat0.service && loginctl show-session %s",
                        anna));
        g_free(room_run("mv /usr/sbin/lightdm-gtk-greeter.away /usr/sbin/lightdm-gtk-greeter"));
}

/* A warning in German, its cancellation, and a message. */
static void test_what_people_see(void) {
        g_autoptr(Screen) before = room_look(ANNA), cancelled = NULL;

        g_free(room_run("usherctl log-off %s --grace=60 --message='Die Stunde ist um'",
                        machine_seats[ANNA]));
        room_wait_until(20, "usherctl --no-legend jobs | grep anna | grep -q desktop");
        room_wait_shown(ANNA, before);
        room_keep_screen(ANNA, "german");
        g_free(room_run("usherctl cancel"));
        room_wait_until(20, "! usherctl --no-legend jobs | grep -q .");
        room_wait_shown(ANNA, before);
        cancelled = room_look(ANNA);
        room_keep_screen(ANNA, "cancelled");
        g_free(room_run("usherctl message %s 'Bring your exercise books to the front'",
                        machine_seats[ANNA]));
        room_wait_until(20, "journalctl -q -t usherd USHER_SHOWN=desktop USER_ID=anna | grep -q Message");
        room_wait_shown(ANNA, cancelled);
        room_keep_screen(ANNA, "message");
}

/* The same without Usher: SIGTERM in the middle of a sentence. */
static void test_terminated(void) {
        g_autofree char *session = session_at(BEN);

        g_free(room_run("rm /home/ben/essay.txt; loginctl terminate-session %s", session));
        room_wait_until(END_SEC * 2, "! loginctl show-session %s", session);
        g_free(room_run("test ! -e /home/ben/essay.txt"));

        room_wait_until(GREETER_SEC,
                        "test \"$(loginctl show-session --value -p Class "
                        "$(loginctl show-seat --value -p ActiveSession %s))\" = greeter",
                        machine_seats[BEN]);
        room_wait_painted(BEN);
        room_keep_screen(BEN, "after");
}

int main(int argc, char *argv[]) {
        int r;

        g_test_init(&argc, &argv, NULL);
        set_up();
        g_test_add_func("/orderly/what-people-see", test_what_people_see);
        g_test_add_func("/orderly/saves", test_saves);
        g_test_add_func("/orderly/login-screen-is-repaired", test_login_screen_is_repaired);
        g_test_add_func("/orderly/terminated", test_terminated);
        r = g_test_run();

        room_close();
        shell("rm -rf '%s'", tree);
        return r;
}
