/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The real usher-warn and usher-identify as clients of usherd. The user has neither a desktop nor a terminal
 * here, so each program reports that it could not show anything; the report shows that it read the job or
 * the notice. */

#include "fixture.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/names.h"

#define LEFT "/org/usher1/station/seat_2dleft"

typedef struct Program {
        GPid pid;
        int fd;
        gboolean exited;
        int status;
} Program;

static void on_exit_of_program(GPid pid, int status, gpointer userdata) {
        Program *p = userdata;

        p->status = status;
        p->exited = TRUE;
}

/* The build folder may be closed to the user, so the program is run from a descriptor. A process that may
 * not be dumped cannot use its own /proc/self/fd. */
static void in_child(gpointer userdata) {
        uid_t uid = ADA;

        (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (syscall(SYS_setresgid, uid, uid, uid) < 0 || syscall(SYS_setresuid, uid, uid, uid) < 0 ||
                        prctl(PR_SET_DUMPABLE, 1) < 0)
                _exit(1);
}

/* Runs a program as ADA. */
static Program *program_start(Fixture *f, const char *variable) {
        g_auto(GStrv) environment = g_get_environ();
        g_autoptr(GError) error = NULL;
        g_autofree char *path = NULL;
        Program *p = g_new0(Program, 1);
        char *arguments[2] = {};

        p->fd = open(g_getenv(variable), O_PATH);
        g_assert_cmpint(p->fd, >=, 0);
        path = g_strdup_printf("/proc/self/fd/%i", p->fd);
        arguments[0] = path;

        environment = g_environ_setenv(environment, "DBUS_SYSTEM_BUS_ADDRESS", bus_address(f->bus), TRUE);
        environment = g_environ_setenv(environment, "XDG_RUNTIME_DIR", f->directory, TRUE);
        environment = g_environ_unsetenv(environment, "NOTIFY_SOCKET");
        g_spawn_async(NULL, arguments, environment,
                        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, in_child, NULL, &p->pid,
                        &error);
        g_assert_no_error(error);
        g_child_watch_add(p->pid, on_exit_of_program, p);
        return p;
}

/* The program exits by itself, and without complaint. */
static void program_wait(Program *p) {
        WAIT_FOR(p->exited);
        g_assert_true(WIFEXITED(p->status));
        g_assert_cmpint(WEXITSTATUS(p->status), ==, 0);
        (void) close(p->fd);
        g_free(p);
}

static void test_warn_reports_a_job(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        Program *p;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        job = fixture_log_off(f, "seat-left", "{'grace': <uint32 3>}");
        p = program_start(f, "USHER_WARN");
        fixture_wait_property(f, job, "Warned", "'none'");
        assert_result(f, job, "done");
        program_wait(p);
}

/* Another user has this session id by now, and usherd does not know yet: that user is not warned, and Warned
 * says so. */
static void test_warn_reports_a_session_of_somebody_else(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        Program *p;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        job = fixture_log_off(f, "seat-left", "{'grace': <uint32 60>}");
        fixture_wait_property(f, job, "Warned", "'desktop'");
        fake_logind_reuse_id(f->logind, "3", MALLORY);
        p = program_start(f, "USHER_WARN");
        fixture_wait_property(f, job, "Warned", "'none'");
        fake_logind_remove_session(f->logind, "3");
        assert_result(f, job, "left");
        program_wait(p);
}

/* A job of before and one of after: the new usherd is another connection, with the jobs of the old one. */
static void test_warn_finds_a_new_usherd(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        Program *p;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        job = fixture_log_off(f, "seat-left", "{'grace': <uint32 5>}");
        p = program_start(f, "USHER_WARN");
        fixture_wait_property(f, job, "Warned", "'none'");
        fixture_kill(f);
        fixture_start(f);
        fixture_wait_property(f, job, "Warned", "'none'");
        assert_result(f, job, "done");
        program_wait(p);
}

static void test_warn_leaves_without_jobs(Fixture *f, gconstpointer data) {
        fixture_start(f);
        program_wait(program_start(f, "USHER_WARN"));
}

/* At a login screen usherd has no notification to fall back on, so nothing but the list of notices tells the
 * program what to do. */
static void test_identify_reports_a_sign(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left", .class = "greeter");
        fixture_start(f);
        call = usher_send(f->root, LEFT, "Station.Identify", NULL);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, ADA));
        program_wait(program_start(f, "USHER_IDENTIFY"));
        call_wait(call);
        g_assert_cmpstr(call->error, ==, USHER_ERROR_NO_SUCH_SESSION);
}

static void test_identify_leaves_without_usherd(Fixture *f, gconstpointer data) {
        program_wait(program_start(f, "USHER_IDENTIFY"));
}

static void test_warn_reports_a_message(Fixture *f, gconstpointer data) {
        g_autoptr(GVariant) notices = NULL;
        g_autofree char *text = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left", .type = "tty");
        fixture_start(f);
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.SendMessage", ARGS("('seat-left', 'Hello')")));
        WAIT_FOR(fake_systemd_has_warner(f->systemd, ADA));

        /* It exits when usherd has dropped the message, long before the message's time is over. */
        program_wait(program_start(f, "USHER_WARN"));
        notices = usher_call(f->root, MANAGER, "Manager.ListNotices", NULL);
        text = g_variant_print(notices, FALSE);
        g_assert_cmpstr(text, ==, "([],)");
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

        fixture_add("/clients/warn-reports-a-job", test_warn_reports_a_job);
        fixture_add("/clients/warn-reports-a-session-of-somebody-else",
                        test_warn_reports_a_session_of_somebody_else);
        fixture_add("/clients/warn-finds-a-new-usherd", test_warn_finds_a_new_usherd);
        fixture_add("/clients/warn-leaves-without-jobs", test_warn_leaves_without_jobs);
        fixture_add("/clients/warn-reports-a-message", test_warn_reports_a_message);
        if (g_getenv("USHER_IDENTIFY")) {
                fixture_add("/clients/identify-reports-a-sign", test_identify_reports_a_sign);
                fixture_add("/clients/identify-leaves-without-usherd", test_identify_leaves_without_usherd);
        }

        return g_test_run();
}
