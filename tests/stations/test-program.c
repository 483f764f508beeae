/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The program itself, run by a teacher, driven and read only through the accessibility tree. */

#include "tests/bus/fixture.h"

#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accessible.h"

typedef struct Program {
        Fixture f;
        GPid bus_pid, pid;
        char *address; /* of the session bus */
        GDBusConnection *tree;
} Program;

static void become_teacher(gpointer data) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (setgroups(0, NULL) < 0 || setresgid(TEACHER, TEACHER, TEACHER) < 0 ||
                        setresuid(TEACHER, TEACHER, TEACHER) < 0)
                _exit(1);
        /* Lost by the change of the user. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static GPid spawn(Program *p, char **arguments, int *out) {
        g_auto(GStrv) environment = g_get_environ();
        g_autoptr(GError) error = NULL;
        GPid pid;

        environment = g_environ_setenv(environment, "DBUS_SYSTEM_BUS_ADDRESS", bus_address(p->f.bus), TRUE);
        environment = g_environ_setenv(environment, "HOME", g_get_tmp_dir(), TRUE);
        environment = g_environ_unsetenv(environment, "GTK_A11Y");
        if (p->address)
                environment = g_environ_setenv(environment, "DBUS_SESSION_BUS_ADDRESS", p->address, TRUE);
        g_spawn_async_with_pipes(NULL, arguments, environment,
                        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, become_teacher, NULL, &pid, NULL,
                        out, NULL, &error);
        g_assert_no_error(error);
        return pid;
}

static void end(GPid pid) {
        if (pid <= 0)
                return;

        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
}

static void start_session_bus(Program *p) {
        char *arguments[] = { (char *) "dbus-daemon", (char *) "--session", (char *) "--nofork",
                (char *) "--print-address=1", NULL };
        char address[512] = "";
        ssize_t n;
        int out;

        p->bus_pid = spawn(p, arguments, &out);
        n = read(out, address, sizeof(address) - 1);
        g_assert_cmpint(n, >, 0);
        close(out);
        p->address = g_strstrip(g_strdup(address));
}

static void set_up(Program *p, gconstpointer data) {
        fixture_set_up(&p->f, NULL);
        start_session_bus(p);
        p->tree = accessible_connect(p->address, TEACHER);
}

static void tear_down(Program *p, gconstpointer data) {
        end(p->pid);
        bus_disconnect(p->tree);
        end(p->bus_pid);
        g_free(p->address);
        fixture_tear_down(&p->f, NULL);
}

static void start_program(Program *p) {
        char *arguments[] = { (char *) g_getenv("USHER_STATIONS"), NULL };

        p->pid = spawn(p, arguments, NULL);
}

/* Reads the tree again until that is in it, and returns the tree. */
static GPtrArray *wait_for(Program *p, const char *role, const char *name) {
        gint64 until = wait_begin();

        for (;;) {
                GPtrArray *list = accessible_list(p->tree);

                if (accessible_find(list, role, name))
                        return list;
                if (g_get_monotonic_time() > until) {
                        for (guint i = 0; i < list->len; i++) {
                                const Accessible *a = list->pdata[i];

                                g_printerr("# %s '%s'\n", a->role, a->name);
                        }
                        g_error("There is no %s '%s'.", role, name);
                }
                g_ptr_array_unref(list);
        }
}

static void press(Program *p, const char *name) {
        g_autoptr(GPtrArray) list = wait_for(p, "button", name);

        accessible_press(p->tree, accessible_find(list, "button", name));
}

static gboolean is_operable(const char *role) {
        static const char *const roles[] = { "button", "toggle button", "text", "entry", "combo box",
                "switch", "menu item", "check box", "page tab", "table cell", "grid cell", NULL };

        return g_strv_contains(roles, role);
}

static void assert_all_named(GPtrArray *list) {
        guint n = 0;

        for (guint i = 0; i < list->len; i++) {
                const Accessible *a = list->pdata[i];

                if (!is_operable(a->role))
                        continue;
                n++;
                if (!a->name[0])
                        g_error("The %s %s in or before '%s' has no name.", a->role, a->path,
                                        i + 1 < list->len ? ((const Accessible *) list->pdata[i + 1])->name :
                                                            "");
        }
        g_assert_cmpuint(n, >, 5);
}

static void test_everything_has_a_name(Program *p, gconstpointer data) {
        g_autoptr(GPtrArray) list = NULL;

        fake_polkit_answer(p->f.polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        at_station(&p->f, "3", ADA, "seat-left");
        fixture_start(&p->f);
        start_program(p);
        list = wait_for(p, "label", "ada");
        assert_all_named(list);
        g_assert_nonnull(accessible_find(list, "grid cell", "seat-left"));
}

/* From the first press to the job in usherd, without a look at the screen. */
static void test_log_off_all(Program *p, gconstpointer data) {
        g_autoptr(GPtrArray) dialog = NULL, after = NULL;
        g_autofree char *by = NULL, *job = NULL;

        fake_polkit_answer(p->f.polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        at_station(&p->f, "3", ADA, "seat-left");
        fixture_start(&p->f);
        start_program(p);
        g_ptr_array_unref(wait_for(p, "label", "ada"));
        press(p, "Log Off All…");
        dialog = wait_for(p, "button", "Log Off All");
        assert_all_named(dialog);
        press(p, "Log Off All");
        after = wait_for(p, "label", "Logging off 1 person");
        job = fixture_only_job(&p->f);
        by = usher_get_text(p->f.root, job, "StartedBy");
        g_assert_cmpstr(by, ==, "(61003, 'teacher')");
        press(p, "Cancel");
        assert_result(&p->f, job, "cancelled");
}

static guint64 count_wakeups(Program *p) {
        g_autofree char *file = g_strdup_printf("/proc/%d/status", p->pid), *text = NULL;
        const char *line;

        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        line = strstr(text, "\nvoluntary_ctxt_switches:");
        g_assert_nonnull(line);
        return g_ascii_strtoull(strchr(line, ':') + 1, NULL, 10);
}

/* An idle time is shown as since when, so nothing has to be redrawn. */
static void test_no_wakeups(Program *p, gconstpointer data) {
        guint64 before;

        fake_logind_add_session(p->f.logind, .id = "3", .uid = ADA, .seat = "seat-left", .idle = TRUE,
                        .idle_since = g_get_real_time() - 60 * G_USEC_PER_SEC);
        fixture_start(&p->f);
        start_program(p);
        g_ptr_array_unref(wait_for(p, "label", "ada"));
        /* The end of the start: animations, and what GTK does when it is idle. */
        wait_until_time(g_get_monotonic_time() + 3 * G_USEC_PER_SEC);
        before = count_wakeups(p);
        wait_until_time(g_get_monotonic_time() + 5 * G_USEC_PER_SEC);
        g_test_message("%" G_GUINT64_FORMAT " wake-ups in 5 s", count_wakeups(p) - before);
        g_assert_cmpuint(count_wakeups(p) - before, <=, 2);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);
        g_assert_nonnull(g_getenv("USHER_STATIONS"));
        g_test_add("/program/everything-has-a-name", Program, NULL, set_up, test_everything_has_a_name,
                        tear_down);
        g_test_add("/program/log-off-all", Program, NULL, set_up, test_log_off_all, tear_down);
        g_test_add("/program/no-wakeups", Program, NULL, set_up, test_no_wakeups, tear_down);
        return g_test_run();
}
