/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Logging people off with the installed usherctl: what it prints, on a terminal and elsewhere, and how it
 * ends. */

#include <json-glib/json-glib.h>
#include <string.h>
#include <termios.h>

#include "ctl.h"

static const char configuration[] = "[LogOff]\nGraceSec=60\nMinimumGraceSec=1\nMaximumGraceSec="
                                    "10min\nAskSec=1\nTerminateSec=1\nKillSec=1\n";

/* The user has a terminal, so that the warning arrives. */
static BoxSession *open_at(Usher *u, const char *user, const char *seat) {
        return usher_open(u, &(BoxSessionOptions) { .user = user, .seat = seat, .terminal = true });
}

/* The number of the only job. */
static guint only_job(Usher *u) {
        g_auto(GStrv) jobs = usher_jobs(u);

        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        return (guint) g_ascii_strtoull(strrchr(jobs[0], '/') + 1, NULL, 10);
}

static void assert_no_jobs(Usher *u) {
        g_auto(GStrv) jobs = usher_jobs(u);

        g_assert_cmpuint(g_strv_length(jobs), ==, 0);
}

/* One line after the other, each beginning with the user, and without control characters. */
static void test_wait_in_plain_lines(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one = open_at(u, "u1", "seat-box1"), two = open_at(u, "u2", "seat-box2");
        g_autofree char *text = ctl_print(u, "usherctl log-off seat-box1 seat-box2 --wait --grace=2", 0);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        for (char **line = lines; line[1]; line++)
                g_assert_true(g_str_has_prefix(*line, "seat-box1 (u1): ") ||
                                g_str_has_prefix(*line, "seat-box2 (u2): "));
        g_assert_nonnull(strstr(text, "seat-box1 (u1): 2 s left, "));
        g_assert_nonnull(strstr(text, "seat-box2 (u2): 2 s left, "));
        g_assert_nonnull(strstr(text, "left, warned on the terminal\n"));
        g_assert_nonnull(strstr(text, "seat-box1 (u1): logged off\n"));
        g_assert_nonnull(strstr(text, "seat-box2 (u2): logged off\n"));
        g_assert_null(strpbrk(text, "\r\033"));
        g_assert_true(box_session_wait_gone(one, 1000));
        g_assert_true(box_session_wait_gone(two, 1000));
}

/* A line with a bar, which is redrawn in place. */
static void test_wait_with_a_bar(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_at(u, "u3", "seat-box3");
        g_autoptr(BoxProgram) p =
                        ctl_start("root", NULL, true, "usherctl log-off seat-box3 --wait --grace=2");

        g_assert_cmpint(box_program_wait(p, USHER_END_MSEC), ==, 0);
        g_assert_true(g_str_has_prefix(p->screen->str, "\r\033[Kseat-box3 (u3): "));
        g_assert_nonnull(strstr(p->screen->str, "2 s ▕██████████"));
        g_assert_nonnull(strstr(p->screen->str, "1 s ▕██"));
        g_assert_nonnull(strstr(
                        p->screen->str, "░▏ warned on the terminal\r\n\033[1A\r\033[Kseat-box3 (u3): "));
        g_assert_true(g_str_has_suffix(p->screen->str, " logged off\r\n"));
}

static void test_wait_for_nobody(Usher *u, gconstpointer unused) {
        g_autofree char *text = ctl_print(u, "usherctl log-off seat-box4 --wait", 0);
        g_autofree char *all = ctl_print(u, "usherctl log-off-all --wait", 0);

        g_assert_cmpstr(text, ==, "(no user sessions at seat-box4)\n");
        g_assert_cmpstr(all, ==, "(no user sessions to log off)\n");
}

static void test_cancel(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_at(u, "u5", "seat-box5");
        g_autoptr(BoxProgram) p = ctl_start("root", NULL, false, "usherctl log-off seat-box5 --wait");
        g_autofree char *line = NULL, *says = NULL, *said = NULL, *again = NULL, *none = NULL;
        guint number;

        g_assert_true(box_program_wait_text(p, "warned on the terminal", BOX_TIMEOUT_MSEC));
        number = only_job(u);
        line = g_strdup_printf("usherctl cancel %u", number);
        says = g_strdup_printf("Job %u cancelled: u5 stays logged in.\n", number);
        said = ctl_print(u, line, 0);
        g_assert_cmpstr(said, ==, says);

        g_assert_cmpint(box_program_wait(p, BOX_TIMEOUT_MSEC), ==, 3);
        g_assert_true(g_str_has_suffix(p->screen->str, "seat-box5 (u5): cancelled\n"));
        g_assert_true(box_session_is_listed(s));

        again = ctl_complain(u, line, 1);
        g_assert_nonnull(strstr(again, ", or it has ended already.\n"));
        none = ctl_print(u, "usherctl cancel", 0);
        g_assert_cmpstr(none, ==, "0 jobs cancelled.\n");
}

/* A logind that hangs neither ends the session nor reports its end. */
static void test_failed(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_at(u, "u6", "seat-box6");
        g_autoptr(BoxProgram) p =
                        ctl_start("root", NULL, false, "usherctl log-off seat-box6 --wait --grace=2");
        int status;

        g_assert_true(box_program_wait_text(p, "2 s left", BOX_TIMEOUT_MSEC));
        usher_systemctl("kill", "--signal=STOP", "systemd-logind.service");
        status = box_program_wait(p, USHER_END_MSEC);
        usher_systemctl("kill", "--signal=CONT", "systemd-logind.service");
        g_assert_cmpint(status, ==, 1);
        g_assert_true(g_str_has_suffix(p->screen->str, "seat-box6 (u6): could not be logged off\n"));
}

static void test_refused(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one = open_at(u, "u7", "seat-box7"), two = open_at(u, "u8", "seat-box8");
        g_autoptr(BoxResult) other = NULL, all = NULL, own = NULL;

        other = ctl_run(u, "u7", one, "usherctl log-off seat-box8 --wait --no-ask-password");
        g_assert_cmpint(other->status, ==, 1);
        g_assert_cmpstr(other->output, ==, "");
        g_assert_true(g_str_has_prefix(
                        other->errors, "usherctl: Failed to log off seat-box8: a password is required. "));
        all = ctl_run(u, "u7", one, "usherctl log-off-all --no-ask-password --json");
        g_assert_cmpint(all->status, ==, 1);
        assert_no_jobs(u);

        /* One of two is refused; the other goes on. */
        own = ctl_run(u, "u7", one, "usherctl log-off seat-box7 seat-box8 --no-ask-password");
        g_assert_cmpint(own->status, ==, 1);
        g_assert_nonnull(strstr(own->output, ": u7 (seat-box7, session "));
        g_assert_nonnull(strstr(own->errors, "seat-box8"));
        (void) only_job(u);
}

/* A teacher at a station, who is no administrator: usherctl prints who was left alone. */
static void test_all_but_some(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) teacher = open_at(u, "teacher", "seat-box16"),
                              admin = open_at(u, "admin", "seat-box17");
        g_autoptr(BoxSession) pupil = open_at(u, "u18", "seat-box18");
        g_autoptr(BoxSession) ssh = usher_open(u, &(BoxSessionOptions) { .user = "u19", .type = "tty" });
        g_autoptr(BoxResult) all = ctl_run(u, "teacher", teacher, "usherctl log-off-all --no-ask-password");
        g_autofree char *job = g_strdup_printf(
                        "Job %u: u18 (seat-box18, session %s) will be logged off in 1 min 00 s.\n",
                        only_job(u), pupil->id);

        g_assert_cmpint(all->status, ==, 0);
        g_assert_nonnull(strstr(all->output, job));
        g_assert_nonnull(strstr(all->output,
                        "Your own session, 1 administrator's session and 1 session without a seat were left "
                        "alone.\n"));
        g_assert_true(box_session_is_listed(admin));
        g_assert_true(box_session_is_listed(ssh));
}

static void test_wrong_usage(Usher *u, gconstpointer unused) {
        static const char *const lines[] = {
                "usherctl log-out seat0",
                "usherctl log-off",
                "usherctl log-off-all seat0",
                "usherctl log-off seat0 --grace=soon",
                "usherctl log-off seat0 --reason=because",
                "usherctl log-off seat0 --message=\xff",
                "usherctl log-off seat0 --gentle",
                "usherctl log-off seat0 --wait=yes",
                "usherctl log-off seat0 --json=yaml",
                "usherctl log-off seat0 -H",
                "usherctl log-off seat0 -H -oProxyCommand=true",
                "usherctl cancel first",
                "usherctl extend 1",
                "usherctl extend 1 soon",
                "usherctl extend 1 0",
                "usherctl request-time 1",
                "usherctl request-time 1 0",
                "usherctl deny-time",
                "usherctl deny-time all",
                "usherctl log-off-session",
        };

        for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
                g_autofree char *text = ctl_complain(u, lines[i], 2);

                g_assert_true(g_str_has_prefix(text, "usherctl: "));
                g_assert_true(g_str_has_suffix(text, "\nTry 'usherctl --help' for more information.\n"));
        }
        assert_no_jobs(u);
}

static void test_quiet(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one = open_at(u, "u9", "seat-box9"), two = open_at(u, "u10", "seat-box10");
        g_autoptr(BoxProgram) p =
                        ctl_start("root", NULL, true, "usherctl log-off seat-box9 -q --wait --grace=1");
        g_autofree char *begun = ctl_print(u, "usherctl log-off seat-box10 --quiet", 0);
        g_autofree char *cancelled = NULL, *error = NULL;

        g_assert_cmpstr(begun, ==, "");
        g_assert_cmpint(box_program_wait(p, USHER_END_MSEC), ==, 0);
        g_assert_cmpstr(p->screen->str, ==, "");
        cancelled = ctl_print(u, "usherctl cancel --quiet", 0);
        g_assert_cmpstr(cancelled, ==, "");
        error = ctl_complain(u, "usherctl log-off nowhere --quiet", 1);
        g_assert_true(g_str_has_prefix(error, "usherctl: No station 'nowhere'. The stations are: seat0, "));
}

/* Without --wait usherctl returns when the job exists, and prints it. */
static void test_begin_and_extend(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_at(u, "u11", "seat-box11");
        g_autofree char *line = g_strdup_printf("usherctl log-off-session %s --grace=2min", s->id),
                        *begun = NULL;
        g_autofree char *expected = NULL, *extend = NULL, *left = NULL, *too_long = NULL, *refused = NULL,
                        *joined = NULL;
        guint number;

        begun = ctl_print(u, line, 0);
        number = only_job(u);
        expected = g_strdup_printf(
                        "Job %u: u11 (seat-box11, session %s) will be logged off in 2 min 00 s.\n", number,
                        s->id);
        g_assert_cmpstr(begun, ==, expected);

        extend = g_strdup_printf("usherctl extend %u 60", number);
        left = ctl_print(u, extend, 0);
        g_clear_pointer(&expected, g_free);
        expected = g_strdup_printf("Job %u: u11 has ", number);
        g_assert_true(g_str_has_prefix(left, expected));
        g_assert_true(g_str_has_suffix(left, " left.\n"));
        g_assert_nonnull(g_strrstr(left, " min "));

        too_long = g_strdup_printf("usherctl extend %u 1h", number);
        refused = ctl_complain(u, too_long, 1);
        g_assert_nonnull(strstr(refused, "600 seconds at most"));

        /* A second request joins the job, and the earlier deadline stays. */
        joined = ctl_print(u, "usherctl log-off seat-box11 --grace=30", 0);
        g_clear_pointer(&expected, g_free);
        expected = g_strdup_printf(
                        "Job %u: u11 (seat-box11, session %s) will be logged off in 30 s.\n", number, s->id);
        g_assert_cmpstr(joined, ==, expected);
        g_free(ctl_complain(u, "usherctl log-off-session 0", 1));
}

/* JSON instead of text, with the result. */
static void test_wait_in_json(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_at(u, "u12", "seat-box12");
        g_autofree char *text = ctl_print(u,
                        "usherctl log-off seat-box12 --wait --grace=1 --message='Class is over' --json", 0);
        g_autoptr(JsonNode) node = json_from_string(text, NULL);
        JsonObject *document, *job;

        g_assert_nonnull(node);
        document = json_node_get_object(node);
        g_assert_cmpint(json_object_get_int_member(document, "version"), ==, 1);
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(document, "jobs")), ==, 1);
        job = json_array_get_object_element(json_object_get_array_member(document, "jobs"), 0);
        g_assert_cmpstr(json_object_get_string_member(job, "session"), ==, s->id);
        g_assert_cmpstr(json_object_get_string_member(job, "message"), ==, "Class is over");
        g_assert_cmpstr(json_object_get_string_member(job, "result"), ==, "done");
}

/* A wait survives a restart of usherd. */
static void test_wait_through_a_crash(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_at(u, "u19", "seat-box19");
        g_autoptr(BoxProgram) p =
                        ctl_start("root", NULL, false, "usherctl log-off seat-box19 --wait --grace=3");

        g_assert_true(box_program_wait_text(p, "warned on the terminal", BOX_TIMEOUT_MSEC));
        usher_systemctl("kill", "--signal=KILL", "usherd.service");
        g_assert_cmpint(box_program_wait(p, USHER_END_MSEC), ==, 0);
        g_assert_nonnull(strstr(p->screen->str,
                        "\nusherd is not running; waiting for it to come back.\nusherd is back.\n"));
        g_assert_true(g_str_has_suffix(p->screen->str, "seat-box19 (u19): logged off\n"));
        g_assert_true(box_session_wait_gone(s, 1000));
}

/* A user can stop waiting; the job goes on. */
static void test_interrupted(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_at(u, "u13", "seat-box13");
        g_autoptr(BoxProgram) p = ctl_start("root", NULL, true, "usherctl log-off seat-box13 --wait");
        g_autofree char *says = NULL;

        g_assert_true(box_program_wait_text(p, "warned on the terminal", BOX_TIMEOUT_MSEC));
        g_assert_true(box_program_type(p, "\003"));
        g_assert_cmpint(box_program_wait(p, BOX_TIMEOUT_MSEC), ==, 130);
        says = g_strdup_printf("No longer waiting. The job goes on; to cancel it: usherctl cancel %u\r\n",
                        only_job(u));
        g_assert_true(g_str_has_suffix(p->screen->str, says));
}

static bool has_job(gpointer userdata) {
        g_auto(GStrv) jobs = usher_jobs(userdata);

        return g_strv_length(jobs) == 1;
}

/* SIGINT stays blocked until usherctl waits, so it may come at any time before. */
static void test_interrupted_in_json(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_at(u, "u14", "seat-box14");
        g_autoptr(BoxProgram) p = ctl_start("root", NULL, true,
                        "env --block-signal=INT usherctl log-off seat-box14 --wait --json");
        g_autoptr(GRegex) left = g_regex_new("\"left\" *: *[1-9]", 0, 0, NULL);

        g_assert_true(box_wait(has_job, u, BOX_TIMEOUT_MSEC));
        g_assert_true(box_program_type(p, "\003"));
        g_assert_cmpint(box_program_wait(p, BOX_TIMEOUT_MSEC), ==, 130);
        g_test_message("%s", p->screen->str);
        g_assert_true(g_regex_match(left, p->screen->str, 0, NULL));
}

/* crypt(3) of "let me in" */
#define HASH "$5$boxbox$LkfLLdg56MdmMGeAeBTMghxVYvka7OQ1wF0ItpVIsS5"

/* The only administrator of the machine, who has a password. */
static void set_password(void) {
        g_autofree char *members = usher_output(
                        (const char *const[]) { "gpasswd", "--members", "admin", "sudo", NULL });
        g_autofree char *password =
                        usher_output((const char *const[]) { "usermod", "--password", HASH, "admin", NULL });
}

static bool has_echo(gpointer userdata) {
        BoxProgram *p = userdata;
        struct termios t;

        g_assert_cmpint(tcgetattr(p->fd, &t), ==, 0);
        return t.c_lflag & ECHO;
}

static bool has_no_echo(gpointer userdata) {
        return !has_echo(userdata);
}

/* A user at a station, without the right, tries to log another one off; returns when the password is asked
 * for. */
static BoxProgram *ask(BoxSession *session) {
        /* In a shell, as usual: when the first process of a terminal ends, the terminal ends. */
        BoxProgram *p = ctl_start(session->user, session, true,
                        "sh -c 'trap : INT; usherctl log-off seat-box15; echo Status $?; read line'");

        g_assert_true(box_program_wait_text(p, "Password: ", BOX_TIMEOUT_MSEC));
        g_assert_nonnull(strstr(p->screen->str, "Authentication is required to log off u15 at seat-box15."));
        g_assert_nonnull(strstr(p->screen->str, "Authenticating as: Box admin"));
        g_assert_true(box_wait(has_no_echo, p, BOX_TIMEOUT_MSEC));
        return p;
}

static void test_password(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one = open_at(u, "u14", "seat-box14"), two = open_at(u, "u15", "seat-box15");
        g_autoptr(BoxProgram) wrong = NULL, given_up = NULL, right = NULL;

        g_assert_true(box_session_is_listed(two));
        set_password();

        wrong = ask(one);
        g_assert_true(box_program_type(wrong, "let me out\n"));
        g_assert_true(box_program_wait_text(wrong, "Status 1\r\n", BOX_TIMEOUT_MSEC));
        g_assert_nonnull(strstr(
                        wrong->screen->str, "usherctl: Failed to log off seat-box15: access denied: "));

        given_up = ask(one);
        g_assert_true(box_program_type(given_up, "\003"));
        g_assert_true(box_program_wait_text(given_up, "Status 130\r\n", BOX_TIMEOUT_MSEC));
        g_assert_true(box_wait(has_echo, given_up, BOX_TIMEOUT_MSEC));
        assert_no_jobs(u);

        right = ask(one);
        g_assert_true(box_program_type(right, "let me in\n"));
        g_assert_true(box_program_wait_text(right, "Status 0\r\n", BOX_TIMEOUT_MSEC));
        g_assert_nonnull(strstr(right->screen->str, ": u15 (seat-box15, session "));
        g_assert_null(strstr(right->screen->str, "let me"));
        (void) only_job(u);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/usherctl/wait-in-plain-lines", configuration, test_wait_in_plain_lines);
        usher_test("/usherctl/wait-with-a-bar", configuration, test_wait_with_a_bar);
        usher_test("/usherctl/wait-for-nobody", configuration, test_wait_for_nobody);
        usher_test("/usherctl/wait-in-json", configuration, test_wait_in_json);
        usher_test("/usherctl/cancel", configuration, test_cancel);
        usher_test("/usherctl/failed", configuration, test_failed);
        usher_test("/usherctl/refused", configuration, test_refused);
        usher_test("/usherctl/all-but-some", configuration, test_all_but_some);
        usher_test("/usherctl/wrong-usage", configuration, test_wrong_usage);
        usher_test("/usherctl/quiet", configuration, test_quiet);
        usher_test("/usherctl/begin-and-extend", configuration, test_begin_and_extend);
        usher_test("/usherctl/wait-through-a-crash", configuration, test_wait_through_a_crash);
        usher_test("/usherctl/interrupted", configuration, test_interrupted);
        usher_test("/usherctl/interrupted-in-json", configuration, test_interrupted_in_json);
        usher_test("/usherctl/password", configuration, test_password);

        return g_test_run();
}
