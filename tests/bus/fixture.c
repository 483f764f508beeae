/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accounts.h"
#include "common/names.h"

static void signal_free(gpointer p) {
        Signal *s = p;

        g_free(s->path);
        g_free(s->interface);
        g_free(s->member);
        g_variant_unref(s->arguments);
        g_free(s);
}

static void on_signal(GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                gpointer data) {

        Signal *s = g_new(Signal, 1);
        Fixture *f = data;

        *s = (Signal) {
                .time = g_get_monotonic_time(),
                .path = g_strdup(path),
                .interface = g_strdup(interface),
                .member = g_strdup(member),
                .arguments = g_variant_ref(arguments),
        };
        g_ptr_array_add(f->signals, s);
}

void fixture_init(int *argc, char ***argv) {
        world_enter();
        g_test_init(argc, argv, NULL);
        g_assert_nonnull(g_getenv("USHERD"));
}

/* usherd sends READY=1 to the test as it does to systemd. */
static gboolean on_notify(int fd, GIOCondition condition, gpointer data) {
        Fixture *f = data;
        char text[4096];
        ssize_t n;

        n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
        if (n > 0) {
                g_auto(GStrv) lines = NULL;

                text[n] = 0;
                lines = g_strsplit(text, "\n", -1);
                if (g_strv_contains((const char *const *) lines, "READY=1"))
                        f->ready = TRUE;
        }

        return G_SOURCE_CONTINUE;
}

static void listen_for_readiness(Fixture *f) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        g_snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", f->directory);
        f->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        g_assert_no_errno(f->notify);
        g_assert_no_errno(bind(f->notify, (struct sockaddr *) &address, sizeof(address)));
        f->notify_source = g_unix_fd_add(f->notify, G_IO_IN, on_notify, f);
}

static char *make_directory(Fixture *f, const char *name) {
        char *path = g_build_filename(f->directory, name, NULL);

        g_assert_no_errno(g_mkdir_with_parents(path, 0755));
        return path;
}

void fixture_configure(Fixture *f, const char *text) {
        g_autofree char *directory = make_directory(f, "root/etc/usher");
        g_autofree char *file = g_build_filename(directory, "usherd.conf", NULL);
        g_autoptr(GError) error = NULL;

        g_file_set_contents(file, text, -1, &error);
        g_assert_no_error(error);
}

static const char open_policy[] =
                "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN'"
                " 'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n"
                "<busconfig>"
                "<policy user='root'><allow own='org.usher1'/></policy>"
                "<policy context='default'><allow send_destination='org.usher1'/></policy>"
                "</busconfig>";

void fixture_set_up(Fixture *f, gconstpointer data) {
        f->directory = g_dir_make_tmp("usher-test-XXXXXX", NULL);
        g_assert_nonnull(f->directory);
        f->signals = g_ptr_array_new_with_free_func(signal_free);
        f->visitors = g_ptr_array_new();
        f->passwd = accounts_copy(f->directory);
        listen_for_readiness(f);
        fixture_configure(f, TEST_CONFIG);

        f->bus = g_strcmp0(data, "without-pids") == 0 ? bus_start_without_pids() :
                                                        bus_start(data ? open_policy : NULL);
        f->logind = fake_logind_new(f->bus);
        f->polkit = fake_polkit_new(f->bus);
        f->systemd = fake_systemd_new(f->bus, f->logind);
        fake_logind_add_seat(f->logind, "seat0");
        fake_logind_add_seat(f->logind, "seat-left");
        fake_logind_add_seat(f->logind, "seat-right");

        f->root = bus_connect(f->bus, 0);
        f->subscription = g_dbus_connection_signal_subscribe(f->root, USHER_BUS_NAME, NULL, NULL, NULL, NULL,
                        G_DBUS_SIGNAL_FLAGS_NONE, on_signal, f, NULL);
        settle(f->root);
}

static void on_exit_of_usherd(GPid pid, int status, gpointer data) {
        Fixture *f = data;

        if (pid != f->pid)
                return;

        f->status = status;
        f->exited = TRUE;
        f->pid = 0;
}

static void in_child(gpointer data) {
        Fixture *f = data;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (f->stack_size > 0)
                (void) setrlimit(RLIMIT_STACK,
                                &(struct rlimit) { .rlim_cur = f->stack_size, .rlim_max = f->stack_size });
        accounts_enter(f->passwd);
}

void fixture_spawn(Fixture *f) {
        g_autofree char *root = make_directory(f, "root"), *runtime = make_directory(f, "runtime");
        g_autofree char *state = make_directory(f, "state"), *notify = NULL;
        g_auto(GStrv) environment = g_get_environ();
        g_autoptr(GError) error = NULL;
        char *arguments[] = { (char *) g_getenv("USHERD"), NULL };

        g_assert_cmpint(f->pid, ==, 0);
        notify = g_build_filename(f->directory, "notify", NULL);
        environment = g_environ_setenv(environment, "DBUS_SYSTEM_BUS_ADDRESS", bus_address(f->bus), TRUE);
        environment = g_environ_setenv(environment, "USHER_CONFIG_ROOT", root, TRUE);
        environment = g_environ_setenv(environment, "RUNTIME_DIRECTORY", runtime, TRUE);
        environment = g_environ_setenv(environment, "STATE_DIRECTORY", state, TRUE);
        environment = g_environ_setenv(environment, "NOTIFY_SOCKET", notify, TRUE);
        environment = g_environ_unsetenv(environment, "WATCHDOG_USEC");

        f->ready = f->exited = FALSE;
        g_spawn_async(NULL, arguments, environment,
                        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, in_child, f, &f->pid,
                        &error);
        g_assert_no_error(error);
        g_child_watch_add(f->pid, on_exit_of_usherd, f);
}

void fixture_start(Fixture *f) {
        fixture_spawn(f);
        WAIT_FOR(f->ready || f->exited);
        g_assert_false(f->exited);
}

static gboolean has_name(Fixture *f) {
        g_autoptr(Call) call = call_send(f->root, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameHasOwner",
                        ARGS("(%s,)", USHER_BUS_NAME), FALSE);
        gboolean has;

        call_wait(call);
        if (!call->reply)
                return FALSE;

        g_variant_get(call->reply, "(b)", &has);
        return has;
}

void fixture_kill(Fixture *f) {
        gint64 end = wait_begin();

        g_assert_cmpint(f->pid, >, 0);
        g_assert_no_errno(kill(f->pid, SIGKILL));
        WAIT_FOR(f->exited);

        /* A lookup worker that is about to exit has the connection open for a moment longer. */
        while (has_name(f))
                g_assert_cmpint(g_get_monotonic_time(), <, end);
}

void fixture_stop(Fixture *f) {
        g_assert_cmpint(f->pid, >, 0);
        g_assert_no_errno(kill(f->pid, SIGTERM));
        WAIT_FOR(f->exited);
        g_assert_true(WIFEXITED(f->status));
        g_assert_cmpint(WEXITSTATUS(f->status), ==, 0);
}

static void remove_tree(const char *path) {
        g_autoptr(GDir) dir = NULL;
        const char *name;

        if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
                dir = g_dir_open(path, 0, NULL);
        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *child = g_build_filename(path, name, NULL);

                remove_tree(child);
        }

        (void) g_remove(path);
}

void fixture_tear_down(Fixture *f, gconstpointer data) {
        if (f->pid > 0 && !f->dies_by_design)
                fixture_stop(f);
        else if (f->pid > 0)
                fixture_kill(f);
        else
                g_assert_true(f->dies_by_design || !f->exited);

        for (guint i = 0; i < f->visitors->len; i++)
                bus_disconnect(f->visitors->pdata[i]);
        g_ptr_array_unref(f->visitors);
        g_dbus_connection_signal_unsubscribe(f->root, f->subscription);
        bus_disconnect(f->root);
        fake_systemd_free(f->systemd);
        fake_polkit_free(f->polkit);
        fake_logind_free(f->logind);
        bus_stop(f->bus);

        g_free(f->passwd);
        g_source_remove(f->notify_source);
        close(f->notify);
        g_ptr_array_unref(f->signals);
        remove_tree(f->directory);
        g_free(f->directory);

        /* What was closed above may still have callbacks to run; now nobody listens to them. */
        while (g_main_context_iteration(NULL, FALSE))
                ;
}

GDBusConnection *fixture_connect(Fixture *f, uid_t uid) {
        GDBusConnection *connection = bus_connect(f->bus, uid);

        g_ptr_array_add(f->visitors, connection);
        return connection;
}

void fixture_settle(Fixture *f) {
        g_autofree char *version = usher_get_string(f->root, MANAGER, "Version");

        g_assert_nonnull(version);
        if (f->logind->fake.connection)
                settle(f->logind->fake.connection);
        if (f->systemd->fake.connection)
                settle(f->systemd->fake.connection);
        if (f->polkit->fake.connection)
                settle(f->polkit->fake.connection);
}

void at_station(Fixture *f, const char *id, uid_t uid, const char *seat) {
        fake_logind_add_session(f->logind, .id = id, .uid = uid, .seat = seat);
}

void fixture_wait_asleep(Fixture *f) {
        g_autofree char *file = g_strdup_printf("/proc/%d/stat", f->pid);
        gint64 end = wait_begin();

        for (;;) {
                g_autofree char *text = NULL;
                const char *state;

                g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
                state = strrchr(text, ')');
                g_assert_nonnull(state);
                if (state[2] == 'S')
                        return;

                g_assert_cmpint(g_get_monotonic_time(), <, end);
                g_thread_yield();
        }
}

guint64 fixture_memory(Fixture *f, const char *field) {
        g_autofree char *file = g_strdup_printf("/proc/%d/status", f->pid), *text = NULL;
        g_autofree char *line = g_strdup_printf("\n%s:", field);
        g_autoptr(GError) error = NULL;
        const char *found;

        g_file_get_contents(file, &text, NULL, &error);
        g_assert_no_error(error);
        found = strstr(text, line);
        g_assert_nonnull(found);

        return g_ascii_strtoull(found + strlen(line), NULL, 10);
}
