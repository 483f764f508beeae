/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usherd and its units under systemd: reloaded, started by a timer, and sandboxed. */

#include <glib/gstdio.h>
#include <string.h>

#include "ctl.h"

#define DROP_INS "/etc/usher/usherd.conf.d"
#define DROP_IN DROP_INS "/50-lesson.conf"
/* As in usher-shutdown(8). Files outside of /run vanish with the box. */
#define BELL_DIRECTORY "/run/systemd/system/usher-log-off-all@.service.d"
#define BELL BELL_DIRECTORY "/bell.conf"
#define BELL_OPTIONS \
        "[Service]\nEnvironment='USHERCTL_OPTIONS=--grace=%u \"--message=The lesson is over.\"'\n"
/* Every other second, as in an instance's name. */
#define BELL_TIMER "usher-log-off-all@\\x2a:\\x2a:0-2.timer"
#define BELL_SERVICE "usher-log-off-all@\\x2a:\\x2a:0-2.service"

static const char configuration[] =
                "[LogOff]\nGraceSec=20\nMinimumGraceSec=1\nAskSec=1\nTerminateSec=3\nKillSec=3\n";

static void write_file(const char *directory, const char *path, const char *text) {
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
        g_file_set_contents(path, text, -1, &error);
        g_assert_no_error(error);
}

static guint64 get_time(Usher *u, const char *path, const char *interface, const char *property) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) value =
                        box_get_property(u->box, "org.usher1", path, interface, property, &error);

        g_assert_no_error(error);
        return g_variant_get_uint64(value);
}

typedef struct {
        Usher *usher;
        guint64 grace;
} GraceWait;

static bool has_grace(gpointer userdata) {
        GraceWait *w = userdata;

        return get_time(w->usher, "/org/usher1", "org.usher1.Manager", "GraceUSec") == w->grace;
}

static void reload(Usher *u, guint grace_sec) {
        GraceWait w = { u, grace_sec * G_USEC_PER_SEC };

        usher_systemctl("reload", NULL, "usherd.service");
        g_assert_true(box_wait(has_grace, &w, BOX_TIMEOUT_MSEC));
}

/* New settings apply to log-offs that begin afterwards. An invalid setting is logged once, with file and
 * line, and keeps its value. */
static void test_reload(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box1", 60, NULL);
        guint64 deadline = get_time(u, jobs[0], "org.usher1.Job", "DeadlineMonotonic");
        g_autofree char *records = NULL;

        write_file(DROP_INS, DROP_IN, "[LogOff]\nGraceSec=7\n[Shutdown]\nGraceSec=soon\n");
        reload(u, 7);
        g_assert_cmpuint(get_time(u, "/org/usher1", "org.usher1.Manager", "ShutdownGraceUSec"), ==,
                        30 * G_USEC_PER_SEC);
        records = usher_journal("PRIORITY=4");
        g_assert_cmpuint(usher_count(records, "MESSAGE=" DROP_IN ":4: "), ==, 1);
        g_assert_cmpuint(usher_count(records, DROP_IN), ==, 1);

        g_assert_cmpuint(get_time(u, jobs[0], "org.usher1.Job", "DeadlineMonotonic"), ==, deadline);
        g_assert_true(box_session_is_listed(s));

        g_assert_cmpint(g_unlink(DROP_IN), ==, 0);
        reload(u, 20);
}

static void set_bell(guint grace) {
        g_autofree char *text = g_strdup_printf(BELL_OPTIONS, grace);

        write_file(BELL_DIRECTORY, BELL, text);
        usher_systemctl("daemon-reload", NULL, NULL);
}

typedef struct {
        BoxMonitor *jobs; /* of systemd */
        guint seen;
        const char *result;
} BellWait;

static bool bell_is_over(gpointer userdata) {
        BellWait *w = userdata;

        for (guint n = box_monitor_count(w->jobs, NULL); w->seen < n; w->seen++) {
                const BoxSignal *signal = box_monitor_wait(w->jobs, NULL, w->seen + 1, 0);
                const char *unit;

                g_variant_get(signal->parameters, "(u&o&s&s)", NULL, NULL, &unit, &w->result);
                if (g_str_equal(unit, BELL_SERVICE))
                        return true;
        }
        return false;
}

/* Waits until the service ends, which must be with success. */
static void assert_bell(BoxMonitor *jobs) {
        BellWait w = { .jobs = jobs };

        g_assert_true(box_wait(bell_is_over, &w, USHER_END_MSEC));
        g_assert_cmpstr(w.result, ==, "done");
}

static BoxMonitor *monitor_jobs(Usher *u) {
        return box_monitor_new(u->box, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                        "org.freedesktop.systemd1.Manager", "JobRemoved");
}

/* A scheduled log-off: at its time everybody at a station is warned, with the message of the drop-in, and
 * logged off. */
static void test_bell(Usher *u, gconstpointer unused) {
        g_autoptr(BoxMonitor) new =
                        box_monitor_new(u->box, "org.usher1", NULL, "org.usher1.Manager", "JobNew");
        g_autoptr(BoxMonitor) jobs = monitor_jobs(u);
        g_autoptr(BoxSession) pupil = usher_open(
                        u, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2", .terminal = true });
        g_autoptr(BoxSession) admin =
                        usher_open(u, &(BoxSessionOptions) { .user = "admin", .seat = "seat-box3" });
        g_autoptr(BoxSession) ssh = usher_open(u, &(BoxSessionOptions) { .user = "u4", .type = "tty" });
        gint64 begin;

        set_bell(3);
        usher_systemctl("start", NULL, BELL_TIMER);
        begin = g_get_monotonic_time();
        g_assert_nonnull(box_monitor_wait(new, NULL, 2, BOX_TIMEOUT_MSEC));
        usher_systemctl("stop", NULL, BELL_TIMER);

        g_assert_true(box_session_wait_text(pupil, "The lesson is over.", 3000));
        g_assert_nonnull(box_monitor_wait(u->removed, NULL, 2, USHER_END_MSEC));
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, 3 * G_USEC_PER_SEC);
        g_assert_true(box_session_wait_gone(pupil, 1000));
        g_assert_true(box_session_wait_gone(admin, 1000));
        g_assert_true(box_session_is_listed(ssh));
        assert_bell(jobs);
}

/* Somebody may cancel it; that does not make the unit fail. */
static void test_bell_is_called_off(Usher *u, gconstpointer unused) {
        g_autoptr(BoxMonitor) new =
                        box_monitor_new(u->box, "org.usher1", NULL, "org.usher1.Manager", "JobNew");
        g_autoptr(BoxMonitor) jobs = monitor_jobs(u);
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u5", .seat = "seat-box5" });

        set_bell(60);
        usher_systemctl("start", "--no-block", BELL_SERVICE);
        g_assert_nonnull(box_monitor_wait(new, NULL, 1, BOX_TIMEOUT_MSEC));
        g_assert_cmpuint(usher_cancel_all(u), ==, 1);
        usher_assert_removed(u, 1, s, "cancelled", BOX_TIMEOUT_MSEC);
        assert_bell(jobs);
        g_assert_true(box_session_is_listed(s));
}

static bool is_blocked(gpointer unused) {
        return g_file_test("/run/nologin", G_FILE_TEST_EXISTS);
}

static bool is_open(gpointer unused) {
        return !is_blocked(unused);
}

static guint log_off_all_and_block(Usher *u) {
        g_auto(GVariantBuilder) options = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

        g_variant_builder_add(&options, "{sv}", "grace", g_variant_new_uint32(60));
        g_variant_builder_add(&options, "{sv}", "block-logins", g_variant_new_boolean(TRUE));
        return usher_log_off_all(u, g_variant_builder_end(&options));
}

/* However usherd ended; and as soon as it is back the live job blocks logins again. */
static void test_logins_are_open_while_it_is_stopped(Usher *u, gconstpointer unused) {
        const char *directory = "/run/systemd/system/usherd.service.d";
        g_autofree char *path = g_build_filename(directory, "no-restart.conf", NULL), *killed = NULL;
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });

        g_assert_cmpuint(log_off_all_and_block(u), ==, 1);
        g_assert_true(is_blocked(NULL));
        usher_systemctl("stop", NULL, "usherd.service");
        g_assert_true(is_open(NULL));
        usher_systemctl("start", NULL, "usherd.service");
        g_assert_true(is_blocked(NULL));

        /* systemd restarts it too soon to see that logins were open, and signals for the whole unit reach
         * what it runs after usherd too. */
        write_file(directory, path, "[Service]\nRestart=no\n");
        usher_systemctl("daemon-reload", NULL, NULL);
        killed = usher_output((const char *const[]) {
                        "systemctl", "kill", "--kill-whom=main", "--signal=KILL", "usherd.service", NULL });
        g_assert_true(box_wait(is_open, NULL, BOX_TIMEOUT_MSEC));
        g_assert_cmpint(g_unlink(path), ==, 0);
        usher_systemctl("daemon-reload", NULL, NULL);
        usher_systemctl("start", NULL, "usherd.service");
        g_assert_true(is_blocked(NULL));
        usher_systemctl("kill", "--signal=KILL", "usherd.service");
        usher_systemctl("restart", NULL, "usherd.service");
        g_assert_true(is_blocked(NULL));

        g_assert_cmpuint(usher_cancel_all(u), ==, 1);
        g_assert_true(box_wait(is_open, NULL, BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_is_listed(s));
}

static bool is_not_listening(gpointer unused) {
        g_autofree char *state = usher_output((const char *const[]) { "systemctl", "show", "--value",
                        "--property=ActiveState", "usher-associate.socket", NULL });

        return g_str_equal(state, "inactive\n");
}

/* SIGINT stays pending until usherctl waits for a key. usherctl stops the socket then. */
static void test_association_is_interrupted(Usher *u, gconstpointer unused) {
        g_autoptr(BoxProgram) p = NULL;

        /* The box has no input devices. */
        g_assert_cmpint(g_mkdir_with_parents("/dev/input", 0755), ==, 0);
        p = ctl_start("root", NULL, true, "env --block-signal=INT usherctl associate seat-box1");
        g_assert_true(box_program_wait_text(p, "press Enter", BOX_TIMEOUT_MSEC));
        g_assert_true(box_program_type(p, "\003"));
        g_assert_cmpint(box_program_wait(p, BOX_TIMEOUT_MSEC), ==, 3);
        g_assert_true(box_wait(is_not_listening, NULL, BOX_TIMEOUT_MSEC));
}

/* busctl leaves the bus when it has the reply, and nobody listens for a client that is gone. Other users
 * need the privilege. */
static void test_association_of_a_client_that_is_gone(Usher *u, gconstpointer unused) {
        static const char *const begin[] = { "busctl", "--system", "--allow-interactive-authorization=no",
                "call", "org.usher1", "/org/usher1", "org.usher1.Manager", "BeginAssociation", NULL };
        g_autoptr(BoxSession) pupil =
                        usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_autoptr(BoxResult) refused = NULL, begun = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_mkdir_with_parents("/dev/input", 0755), ==, 0);
        refused = box_run_as(u->box, "u1", pupil, begin, &error);
        g_assert_no_error(error);
        g_assert_nonnull(strstr(refused->errors, "Interactive authentication required"));
        g_assert_true(is_not_listening(NULL));

        begun = box_run_as(u->box, "root", NULL, begin, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(begun->errors, ==, "");
        g_assert_cmpint(begun->status, ==, 0);
        g_assert_true(box_wait(is_not_listening, NULL, BOX_TIMEOUT_MSEC));
}

static guint count_seats(Usher *u) {
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) seats = box_list_seats(u->box, &error);

        g_assert_no_error(error);
        return g_strv_length(seats);
}

static bool is_one_seat(gpointer userdata) {
        return count_seats(userdata) == 1;
}

static bool are_many_seats(gpointer userdata) {
        return count_seats(userdata) > 1;
}

/* Its sandbox leaves what it needs: the rule is written, udevd reads it, and logind follows. */
static void test_console_mode(Usher *u, gconstpointer unused) {
        guint before = count_seats(u);

        g_assert_cmpuint(before, >, 1);
        usher_systemctl("start", NULL, "usher-console.service");
        g_assert_true(box_wait(is_one_seat, u, BOX_TIMEOUT_MSEC));
        usher_systemctl("stop", NULL, "usher-console.service");
        g_assert_true(box_wait(are_many_seats, u, BOX_TIMEOUT_MSEC));
        g_assert_false(g_file_test("/run/udev/rules.d/72-usher-console.rules", G_FILE_TEST_EXISTS));
}

/* What the rating does not show: the sandbox of usher-warn keeps the user's own files and control groups
 * from changes and hides the kernel's settings and the home directories. */
static void test_warner_is_shut_in(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_autofree char *unit = g_strdup_printf("usher-warn@%u.service", s->uid);
        g_autofree char *directory = g_strdup_printf("/run/systemd/system/%s.d", unit);
        g_autofree char *path = g_build_filename(directory, "inside.conf", NULL);
        g_autofree char *text = g_strdup_printf(
                        "[Service]\nType=oneshot\nRestart=no\nRestartForceExitStatus=\nExecStart=\n"
                        "ExecStart=/bin/sh -exc 'test -d /run/user/%1$u; "
                        "test ! -w /run/user/%1$u; test ! -w /tmp; test ! -w /var/tmp; "
                        "test ! -w /sys/fs/cgroup/user.slice/user-%1$u.slice/user@%1$u.service; "
                        "test ! -e /proc/sys; test ! -e /proc/kmsg; test ! -e /proc/1; "
                        "test ! -r /home; dmesg && exit 1; unshare --user true && exit 1; "
                        "grep NoNewPrivs:.1 /proc/self/status; "
                        "grep CapBnd:.0000000000000000 /proc/self/status'\n",
                        s->uid);

        write_file(directory, path, text);
        usher_systemctl("daemon-reload", NULL, NULL);
        usher_systemctl("start", NULL, unit);
        g_assert_cmpint(g_unlink(path), ==, 0);
        usher_systemctl("daemon-reload", NULL, NULL);
}

/* systemd has no complaint about any unit: a setting that it does not know, or a program that is not there.
 * Templates get an instance. */
static void test_units_are_correct(Usher *u, gconstpointer unused) {
        g_autofree char *out = usher_output((const char *const[]) { "sh", "-ec",
                        "cd /lib/systemd/system && systemd-analyze verify --man=no --recursive-errors=one "
                        "usherd.service "
                        "usher-*[!@].service usher-*.socket usher-warn@1000.service "
                        "usher-identify@1000.service "
                        "usher-seat-repair@seat0.service usher-no-login-screen@seat0.target "
                        "usher-log-off-all@hourly.service usher-log-off-all@hourly.timer 2>&1",
                        NULL });

        g_assert_cmpstr(out, ==, "");
}

/* The programs that systemd starts explain themselves to anybody who finds them. */
static void test_programs_tell_what_they_are(Usher *u, gconstpointer unused) {
        static const char *const programs[] = {
                "usherd",
                "usher-associate",
                "usher-countdown",
                "usher-identify",
                "usher-seat-repair",
                "usher-shutdown",
                "usher-warn",
        };

        for (guint i = 0; i < G_N_ELEMENTS(programs); i++) {
                g_autofree char *path = g_build_filename("/usr/libexec", programs[i], NULL);
                g_autofree char *help = usher_output((const char *const[]) { path, "--help", NULL });
                g_autofree char *version = usher_output((const char *const[]) { path, "--version", NULL });
                const char *wrong[] = { path, "now", NULL };
                g_autoptr(GError) error = NULL;
                int status;

                g_assert_true(g_str_has_prefix(help, programs[i]));
                g_assert_nonnull(strstr(help, "--version"));
                g_assert_true(g_str_has_prefix(version, "usher "));
                g_spawn_sync(NULL, (char **) wrong, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                                &status, &error);
                g_assert_no_error(error);
                g_assert_cmpint(WEXITSTATUS(status), ==, 2);
        }
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/service/reload", configuration, test_reload);
        usher_test("/service/bell", configuration, test_bell);
        usher_test("/service/programs-tell-what-they-are", configuration, test_programs_tell_what_they_are);
        usher_test("/service/bell-is-called-off", configuration, test_bell_is_called_off);
        usher_test("/service/logins-are-open-while-it-is-stopped", configuration,
                        test_logins_are_open_while_it_is_stopped);
        usher_test("/service/association-is-interrupted", configuration, test_association_is_interrupted);
        usher_test("/service/association-of-a-client-that-is-gone", configuration,
                        test_association_of_a_client_that_is_gone);
        usher_test("/service/units-are-correct", configuration, test_units_are_correct);
        usher_test("/service/console-mode", configuration, test_console_mode);
        usher_test("/service/warner-is-shut-in", configuration, test_warner_is_shut_in);

        return g_test_run();
}
