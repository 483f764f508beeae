/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the installed usherctl shows of stations and jobs: as text, as JSON, while they change, and of
 * another machine; and how stations are named. */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "ctl.h"

#define SSH_DIRECTORY "/tmp/stand-in"
#define SSH_ARGUMENTS "/tmp/stand-in-arguments"
#define REMOTE "env PATH=" SSH_DIRECTORY ":/usr/bin usherctl -H tina@room-12 "

/* Text that a terminal would interpret, and as usherctl shows it. */
#define HOSTILE "\x1b]0;gone\x07 \xe2\x80\xaetfel"
#define HOSTILE_VISIBLE "\\x1b]0;gone\\x07 \\u202etfel"

static const char configuration[] = "[LogOff]\nGraceSec=60\nMinimumGraceSec=1\nMaximumGraceSec="
                                    "10min\nAskSec=1\nTerminateSec=1\nKillSec=1\n";

static JsonObject *parse(const char *text, JsonNode **ret) {
        g_autoptr(GError) error = NULL;

        *ret = json_from_string(text, &error);
        g_assert_no_error(error);
        g_assert_nonnull(*ret);
        return json_node_get_object(*ret);
}

/* The one object of a list with this value of this member. */
static JsonObject *find(JsonObject *document, const char *list, const char *member, const char *value) {
        JsonArray *array = json_object_get_array_member(document, list);

        for (guint i = 0; i < json_array_get_length(array); i++) {
                JsonObject *o = json_array_get_object_element(array, i);

                if (g_strcmp0(json_object_get_string_member(o, member), value) == 0)
                        return o;
        }
        g_assert_not_reached();
}

/* Every user can list the stations. */
static void test_list(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_autofree char *text = ctl_print(u, "usherctl", 0), *same = ctl_print(u, "usherctl list", 0);
        g_autofree char *bare = ctl_print(u, "usherctl list --no-legend", 0);
        g_autoptr(BoxResult) json = ctl_run(u, "u1", s, "usherctl list --json");
        g_autoptr(JsonNode) node = NULL;
        JsonObject *document, *station;

        g_assert_cmpstr(text, ==, same);
        g_assert_true(g_str_has_prefix(text, "STATION "));
        g_assert_true(g_str_has_suffix(text, "\n21 stations listed.\n"));
        g_assert_true(g_str_has_prefix(bare, "seat0 "));
        g_assert_null(strstr(bare, "listed"));

        g_assert_cmpint(json->status, ==, 0);
        document = parse(json->output, &node);
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(document, "stations")), ==, 21);
        station = find(document, "stations", "station", "seat-box1");
        g_assert_cmpstr(json_object_get_string_member(station, "user"), ==, "u1");
        g_assert_cmpstr(json_object_get_string_member(station, "session"), ==, s->id);
        g_assert_cmpstr(json_object_get_string_member(station, "state"), ==, "in-use");
}

/* A station is named by its id, its label or a unique beginning of either. */
static void test_names(Usher *u, gconstpointer unused) {
        g_autofree char *left = ctl_print(u, "usherctl label seat-box1 'Window left'", 0);
        g_autofree char *right = ctl_print(u, "usherctl label seat-box20 'Window right'", 0);
        g_autofree char *by_label = ctl_print(u, "usherctl status 'Window left'", 0);
        g_autofree char *by_beginning = ctl_print(u, "usherctl status 'Window l'", 0);
        /* Also the beginning of ten others. */
        g_autofree char *by_id = ctl_print(u, "usherctl status seat-box1", 0);
        g_autofree char *two = ctl_print(u, "usherctl status 'Window l' seat-box20", 0);
        g_autofree char *several = ctl_complain(u, "usherctl status Window", 1);
        g_autofree char *nobody = ctl_complain(u, "usherctl status 'Window x'", 1);
        g_autofree char *taken = ctl_complain(u, "usherctl label seat-box3 'Window left'", 1);
        g_autofree char *none = ctl_print(u, "usherctl label 'Window l' ''", 0);
        g_autofree char *gone = ctl_complain(u, "usherctl status 'Window left'", 1);

        g_assert_true(g_str_has_prefix(by_label, "Window left (seat-box1)\n"));
        g_assert_cmpstr(by_label, ==, by_beginning);
        g_assert_cmpstr(by_label, ==, by_id);
        g_assert_true(g_str_has_prefix(two, by_label));
        g_assert_nonnull(strstr(two, "\n\nWindow right (seat-box20)\n"));
        g_assert_cmpstr(several, ==,
                        "usherctl: 'Window' matches several stations: seat-box1 ('Window left'), "
                        "seat-box20 ('Window right').\n");
        g_assert_true(g_str_has_prefix(
                        nobody, "usherctl: No station 'Window x'. The stations are: seat0, "));
        g_assert_nonnull(strstr(taken, "Station 'seat-box1' has this label already"));
        g_assert_true(g_str_has_prefix(gone, "usherctl: No station 'Window left'. "));
        g_free(ctl_print(u, "usherctl label 'Window r' ''", 0));
}

/* Control characters are shown as text and never sent to the terminal, whatever their source. */
static void test_hostile_text(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autofree char *label = ctl_complain(u, "usherctl label seat-box2 '" HOSTILE "'", 1);
        g_autofree char *station = ctl_complain(u, "usherctl status '" HOSTILE "'", 1);
        g_autofree char *verb = ctl_complain(u, "usherctl '" HOSTILE "'", 2);
        g_autofree char *begun = ctl_print(u, "usherctl log-off seat-box2 --message='" HOSTILE "'", 0);
        g_autofree char *jobs = ctl_print(u, "usherctl jobs --json=short", 0);
        g_autofree char *shown = ctl_print(u, "usherctl list --json=short", 0);
        g_autoptr(JsonNode) node = NULL, list_node = NULL;
        JsonObject *job;

        g_assert_nonnull(strstr(station, "'" HOSTILE_VISIBLE "'"));
        g_assert_nonnull(strstr(verb, "'" HOSTILE_VISIBLE "'"));
        for (const char *const *text = (const char *const[]) { label, station, verb, begun, jobs, NULL };
                        *text; text++)
                for (const char *c = *text; *c; c++)
                        g_assert_true(!g_ascii_iscntrl(*c) || *c == '\n');
        g_assert_null(strstr(jobs, "\xe2\x80\xae"));

        /* In JSON the original text comes back when it is parsed. */
        job = find(parse(jobs, &node), "jobs", "station", "seat-box2");
        g_assert_cmpstr(json_object_get_string_member(job, "message"), ==, HOSTILE);
        g_assert_cmpstr(json_object_get_string_member(job, "session"), ==, s->id);
        g_assert_true(json_object_get_null_member(
                        find(parse(shown, &list_node), "stations", "station", "seat-box2"), "label"));
}

static void test_status(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u3", .seat = "seat-box3" });
        g_autofree char *begun = ctl_print(u, "usherctl log-off seat-box3 --reason=restart", 0);
        g_autofree char *text = ctl_print(u, "usherctl status seat-box3", 0);
        g_autofree char *json = ctl_print(u, "usherctl status seat-box3 --json", 0);
        g_autofree char *session = g_strdup_printf("  Sessions: %s u3 x11 active\n", s->id);
        g_autoptr(JsonNode) node = NULL;
        JsonObject *document;

        g_assert_true(g_str_has_prefix(text, "seat-box3\n     State: ending\n"));
        g_assert_nonnull(strstr(text, "      User: u3 (uid 30003)\n"));
        g_assert_nonnull(strstr(text, session));
        g_assert_nonnull(strstr(text, ", by root (restart)\n"));

        document = parse(json, &node);
        (void) find(document, "sessions", "session", s->id);
        g_assert_cmpstr(json_object_get_string_member(find(document, "jobs", "user", "u3"), "reason"), ==,
                        "restart");
}

/* The phases of the only job, one after the other, and its result. Each line is an object. */
static char *read_phases(const char *text) {
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        GString *phases = g_string_new(NULL);
        g_autofree char *last = NULL;

        for (char **line = lines; *line; line++) {
                g_autoptr(JsonNode) node = NULL;
                JsonObject *o;

                if (!**line)
                        continue;

                o = parse(*line, &node);
                g_assert_cmpint(json_object_get_int_member(o, "time"), >, 0);
                if (!g_str_equal(json_object_get_string_member(o, "kind"), "job"))
                        continue;
                if (g_strcmp0(json_object_get_string_member(o, "phase"), last) != 0) {
                        g_free(last);
                        last = g_strdup(json_object_get_string_member(o, "phase"));
                        g_string_append_printf(phases, "%s ", last);
                }
                if (g_str_equal(json_object_get_string_member(o, "event"), "removed"))
                        g_string_append(phases, json_object_get_string_member(o, "result"));
        }

        return g_string_free(phases, FALSE);
}

/* A stubborn program makes a phase last. A phase shorter than one query of usherctl, like the killing, may
 * not appear. */
static void test_monitor(Usher *u, gconstpointer unused) {
        static const char *const stubborn[] = { "/bin/bash", "-c",
                "trap '' TERM HUP; while :; do sleep 1; done", NULL };
        g_autoptr(BoxSession) s = usher_open(u,
                        &(BoxSessionOptions) { .user = "u4",
                                        .seat = "seat-box4",
                                        .terminal = true,
                                        .command = stubborn });
        g_autoptr(BoxProgram) text = ctl_start("u4", NULL, false, "usherctl monitor");
        g_autoptr(BoxProgram) json = ctl_start("root", NULL, false, "usherctl monitor --json");
        g_autofree char *begun = NULL, *phases = NULL;

        g_assert_true(box_program_wait_text(text,
                        "Stations: 21, hubs: 0, jobs: 0. Changes follow; press Ctrl-C to stop.\n",
                        BOX_TIMEOUT_MSEC));
        g_assert_true(box_program_wait_text(json, "\"station\":\"seat-box20\"", BOX_TIMEOUT_MSEC));
        begun = ctl_print(u, "usherctl log-off seat-box4 --grace=2", 0);

        g_assert_true(box_program_wait_text(text, " s left (seat-box4, u4, session ", BOX_TIMEOUT_MSEC));
        g_assert_true(box_program_wait_text(text, "warned on the terminal\n", BOX_TIMEOUT_MSEC));
        g_assert_true(box_program_wait_text(text, "ending the session\n", BOX_TIMEOUT_MSEC));
        g_assert_true(box_program_wait_text(text, ": logged off (seat-box4, u4)\n", BOX_TIMEOUT_MSEC));
        g_assert_true(box_program_wait_text(json, "\"result\":\"done\"", BOX_TIMEOUT_MSEC));

        /* Ctrl-C is the normal end. */
        g_subprocess_send_signal(json->process, SIGINT);
        g_assert_cmpint(box_program_wait(json, BOX_TIMEOUT_MSEC), ==, 0);
        phases = read_phases(json->screen->str);
        g_assert_true(g_str_has_prefix(phases, "warning terminating "));
        g_assert_true(g_str_has_suffix(phases, " done"));
}

static void test_lock(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u5", .seat = "seat-box5" });
        g_autoptr(BoxSession) other =
                        usher_open(u, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6" });
        g_autoptr(BoxMonitor) locks = box_monitor_new(
                        u->box, "org.freedesktop.login1", NULL, "org.freedesktop.login1.Session", "Lock");
        g_autofree char *said = ctl_print(u, "usherctl lock seat-box5", 0);
        g_autoptr(BoxResult) refused = ctl_run(u, "u6", other, "usherctl lock seat-box5 --no-ask-password");
        const BoxSignal *lock = box_monitor_wait(locks, NULL, 1, BOX_TIMEOUT_MSEC);

        g_assert_cmpstr(said, ==, "");
        g_assert_nonnull(lock);
        g_assert_cmpstr(lock->path, ==, s->path);
        g_assert_cmpint(refused->status, ==, 1);
        g_assert_cmpuint(box_monitor_count(locks, NULL), ==, 1);
}

/* A stand-in for ssh: runs the command on this machine. */
static void install_ssh(const char *does) {
        g_autofree char *script =
                        g_strdup_printf("#!/bin/sh\nprintf '%%s\\n' \"$@\" >>" SSH_ARGUMENTS "\n%s\n", does);
        g_autoptr(GError) error = NULL;

        (void) g_unlink(SSH_ARGUMENTS);
        g_assert_cmpint(g_mkdir_with_parents(SSH_DIRECTORY, 0755), ==, 0);
        g_file_set_contents_full(SSH_DIRECTORY "/ssh", script, -1, G_FILE_SET_CONTENTS_NONE, 0755, &error);
        g_assert_no_error(error);
}

static void test_another_machine(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(
                        u, &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7", .terminal = true });
        g_autofree char *here = NULL, *there = NULL, *arguments = NULL, *away = NULL;

        install_ssh("exec systemd-stdio-bridge");
        here = ctl_print(u, "usherctl", 0);
        there = ctl_print(u, REMOTE, 0);
        g_assert_cmpstr(there, ==, here);
        g_assert_true(g_file_get_contents(SSH_ARGUMENTS, &arguments, NULL, NULL));
        g_assert_cmpstr(arguments, ==, "-xT\n--\ntina@room-12\nsystemd-stdio-bridge\n");

        away = ctl_print(u, REMOTE "log-off seat-box7 --wait --grace=1", 0);
        g_assert_true(g_str_has_suffix(away, "seat-box7 (u7): logged off\n"));
        g_assert_true(box_session_wait_gone(s, 1000));
}

/* The polkit of another machine cannot ask anybody here, so it refuses at once. */
static void test_no_password_for_another_machine(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one =
                        usher_open(u, &(BoxSessionOptions) { .user = "u8", .seat = "seat-box8" });
        g_autoptr(BoxSession) two =
                        usher_open(u, &(BoxSessionOptions) { .user = "u9", .seat = "seat-box9" });
        g_autoptr(BoxProgram) asked = NULL;

        g_assert_true(box_session_is_listed(two));
        install_ssh("exec systemd-stdio-bridge");
        asked = ctl_start("u8", one, true, REMOTE "log-off seat-box9");
        g_assert_cmpint(box_program_wait(asked, BOX_TIMEOUT_MSEC), ==, 1);
        g_assert_null(strstr(asked->screen->str, "AUTHENTICATING"));
        g_assert_true(g_str_has_prefix(asked->screen->str,
                        "usherctl: Failed to log off seat-box9: a password is required, but cannot "));
}

static void test_no_other_machine(Usher *u, gconstpointer unused) {
        g_autofree char *text = NULL;

        install_ssh("echo 'ssh: connect to host room-12 port 22: Connection refused' >&2; exit 255");
        text = ctl_complain(u, REMOTE "log-off-all", 1);
        g_assert_true(g_str_has_prefix(text,
                        "ssh: connect to host room-12 port 22: Connection refused\n"
                        "usherctl: Failed to connect to the system bus of 'tina@room-12': "));
}

/* A write error makes usherctl fail; a reader that closes the pipe ends monitor. */
static void test_nowhere_to_write(Usher *u, gconstpointer unused) {
        g_autofree char *full = ctl_complain(u, "sh -c 'usherctl list >/dev/full'", 1);
        g_autofree char *json = ctl_complain(u, "sh -c 'usherctl list --json >/dev/full'", 1);
        g_autofree char *first = ctl_print(u, "sh -c 'usherctl monitor --json | head --lines=1'", 0);
        g_autoptr(JsonNode) node = NULL;

        g_assert_cmpstr(full, ==, "usherctl: Failed to write the output: No space left on device\n");
        g_assert_true(g_str_has_prefix(json, "usherctl: Failed to write the output: "));
        g_assert_true(json_object_has_member(parse(first, &node), "event"));
}

static void test_no_usherd(Usher *u, gconstpointer unused) {
        g_autofree char *list = NULL, *all = NULL, *other = NULL;

        usher_systemctl("mask", "--runtime", "usherd.service");
        usher_systemctl("stop", NULL, "usherd.service");
        list = ctl_complain(u, "usherctl", 1);
        all = ctl_complain(u, "usherctl log-off-all --wait", 1);
        install_ssh("exec systemd-stdio-bridge");
        other = ctl_complain(u, REMOTE "log-off-all", 1);
        usher_systemctl("unmask", "--runtime", "usherd.service");
        usher_systemctl("start", NULL, "usherd.service");

        g_assert_cmpstr(list, ==,
                        "usherctl: Failed to query the stations: usherd is not running. "
                        "Start it with 'systemctl start usherd'.\n");
        g_assert_cmpstr(all, ==, list);
        g_assert_nonnull(strstr(other, ": usherd is not running on tina@room-12. Start it there with "));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/usherctl-look/list", configuration, test_list);
        usher_test("/usherctl-look/names", configuration, test_names);
        usher_test("/usherctl-look/hostile-text", configuration, test_hostile_text);
        usher_test("/usherctl-look/status", configuration, test_status);
        usher_test("/usherctl-look/monitor", configuration, test_monitor);
        usher_test("/usherctl-look/lock", configuration, test_lock);
        usher_test("/usherctl-look/another-machine", configuration, test_another_machine);
        usher_test("/usherctl-look/no-password-for-another-machine", configuration,
                        test_no_password_for_another_machine);
        usher_test("/usherctl-look/no-other-machine", configuration, test_no_other_machine);
        usher_test("/usherctl-look/nowhere-to-write", configuration, test_nowhere_to_write);
        usher_test("/usherctl-look/no-usherd", configuration, test_no_usherd);

        return g_test_run();
}
