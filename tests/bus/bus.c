/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STOCK_DIRECTORY "/usr/share/dbus-1"
#define LOCAL_POLICIES "/etc/dbus-1/system.d"

struct Bus {
        char *directory;
        char *address;
        pid_t keeper;
};

const char *bus_address(Bus *bus) {
        return bus->address;
}

void bus_add_service(Bus *bus, const char *file) {
        g_autofree char *name = g_path_get_basename(file);
        g_autofree char *link = g_build_filename(bus->directory, "services", name, NULL);

        g_assert_true(g_file_test(file, G_FILE_TEST_IS_REGULAR));
        g_assert_no_errno(symlink(file, link));
}

/* Replaces the text between two marks, which must occur exactly once. */
static char *replace_between(const char *text, const char *begin, const char *end, const char *by) {
        const char *b = strstr(text, begin), *e;

        g_assert_nonnull(b);
        e = strstr(b + strlen(begin), end);
        g_assert_nonnull(e);

        return g_strdup_printf("%.*s%s%s", (int) (b - text), text, by, e + strlen(end));
}

static void copy_policies(const char *from, const char *to) {
        g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *source = g_build_filename(from, name, NULL);
                g_autofree char *target = g_build_filename(to, name, NULL);

                /* Removes an installed policy of Usher: the tests use the one of the source tree. */
                if (!g_str_has_suffix(name, ".conf") || g_str_has_prefix(name, "org.usher1."))
                        continue;

                g_assert_no_errno(symlink(source, target));
        }
}

static void write_configuration(Bus *bus, const char *policy) {
        g_autofree char *stock = NULL, *listen = NULL, *pidfile = NULL, *services = NULL;
        g_autofree char *services_directory = NULL;
        g_autofree char *a = NULL, *b = NULL, *c = NULL, *policies = NULL, *ours = NULL, *file = NULL;
        const char *shipped = g_getenv("USHER_BUS_POLICY");
        g_autoptr(GError) error = NULL;

        g_file_get_contents(STOCK_DIRECTORY "/system.conf", &stock, NULL, &error);
        g_assert_no_error(error);

        listen = g_strdup_printf("<listen>%s</listen>", bus->address);
        pidfile = g_strdup_printf("<pidfile>%s/pid</pidfile>", bus->directory);
        services_directory = g_build_filename(bus->directory, "services", NULL);
        g_assert_no_errno(g_mkdir(services_directory, 0755));
        services = g_strdup_printf("<servicedir>%s</servicedir>", services_directory);
        a = replace_between(stock, "<listen>", "</listen>", listen);
        b = replace_between(a, "<pidfile>", "</pidfile>", pidfile);
        c = replace_between(b, "<standard_system_servicedirs", "/>", services);
        file = g_build_filename(bus->directory, "system.conf", NULL);
        g_file_set_contents(file, c, -1, &error);
        g_assert_no_error(error);

        /* The stock file includes the folder "system.d" beside it. */
        policies = g_build_filename(bus->directory, "system.d", NULL);
        g_assert_no_errno(g_mkdir(policies, 0755));
        copy_policies(STOCK_DIRECTORY "/system.d", policies);

        ours = g_build_filename(policies, "org.usher1.conf", NULL);
        if (policy) {
                g_file_set_contents(ours, policy, -1, &error);
                g_assert_no_error(error);
        } else {
                /* Without the policy usherd does not get its name, and no test would say why. */
                g_assert_nonnull(shipped);
                g_assert_true(g_file_test(shipped, G_FILE_TEST_IS_REGULAR));
                g_assert_no_errno(symlink(shipped, ours));
        }
}

/* dbus-daemon loses its parent-death signal when it switches to another user, so a keeper process runs
 * between it and the test. The keeper gets SIGTERM when the test dies or stops the bus, and kills
 * dbus-daemon. After fork() only async-signal-safe functions are used here. */
static void run_keeper(pid_t test, char **arguments, gboolean sees_pids) {
        sigset_t signals;
        pid_t daemon;
        int signal;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGCHLD);
        sigprocmask(SIG_BLOCK, &signals, NULL);

        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != test)
                _exit(1);
        /* The kernel reports the PID 0 for a peer that is in no PID namespace below the own one. */
        if (!sees_pids && unshare(CLONE_NEWPID) < 0)
                _exit(1);

        daemon = fork();
        if (daemon == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                sigprocmask(SIG_UNBLOCK, &signals, NULL);
                execvp(arguments[0], arguments);
                _exit(127);
        }

        /* Only dbus-daemon may hold the descriptor by which the test sees its end. */
        for (int fd = 3; fd < 1024; fd++)
                close(fd);

        sigwait(&signals, &signal);
        if (daemon > 0) {
                kill(daemon, SIGKILL);
                waitpid(daemon, NULL, 0);
        }
        _exit(0);
}

static Bus *start(const char *policy, gboolean sees_pids) {
        g_autofree char *option = NULL, *print = NULL;
        char byte;
        int ready[2];
        Bus *bus;

        bus = g_new0(Bus, 1);
        bus->directory = g_dir_make_tmp("usher-bus-XXXXXX", NULL);
        g_assert_nonnull(bus->directory);
        g_assert_no_errno(g_chmod(bus->directory, 0755));
        bus->address = g_strdup_printf("unix:path=%s/socket", bus->directory);
        write_configuration(bus, policy);

        g_assert_no_errno(pipe2(ready, O_CLOEXEC));
        g_assert_no_errno(fcntl(ready[1], F_SETFD, 0));
        option = g_strdup_printf("--config-file=%s/system.conf", bus->directory);
        print = g_strdup_printf("--print-address=%d", ready[1]);
        char *arguments[] = { (char *) "dbus-daemon", option, print, (char *) "--nofork",
                (char *) "--nopidfile", (char *) "--nosyslog", (char *) "--systemd-activation", NULL };

        pid_t self = getpid();
        bus->keeper = fork();
        g_assert_no_errno(bus->keeper);
        if (bus->keeper == 0)
                run_keeper(self, arguments, sees_pids);

        close(ready[1]);
        g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
        close(ready[0]);

        return bus;
}

Bus *bus_start(const char *policy) {
        return start(policy, TRUE);
}

Bus *bus_start_without_pids(void) {
        return start(NULL, FALSE);
}

void bus_kill(Bus *bus) {
        if (bus->keeper <= 0)
                return;

        kill(bus->keeper, SIGTERM);
        waitpid(bus->keeper, NULL, 0);
        bus->keeper = 0;
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

void bus_stop(Bus *bus) {
        bus_kill(bus);
        remove_tree(bus->directory);
        g_free(bus->directory);
        g_free(bus->address);
        g_free(bus);
}

typedef struct Visit {
        const char *address;
        uid_t uid;
        gboolean raw;
} Visit;

/* The kernel records the credentials of the thread that connects. The raw system calls change those of one
 * thread, glibc's wrappers would change those of the whole process. */
static void become(uid_t uid) {
        gid_t group = uid;

        g_assert_no_errno(syscall(SYS_setgroups, 0, NULL));
        g_assert_no_errno(syscall(SYS_setresgid, group, group, group));
        g_assert_no_errno(syscall(SYS_setresuid, uid, uid, uid));
}

static GSocketConnection *authenticate_raw(const char *bus, uid_t uid) {
        g_autoptr(GSocketClient) client = g_socket_client_new();
        g_autoptr(GSocketAddress) address = NULL;
        g_autoptr(GDBusMessage) hello = NULL;
        g_autofree char *decimal = NULL;
        g_autofree guchar *blob = NULL;
        g_autoptr(GString) request = NULL;
        g_autoptr(GError) error = NULL;
        GSocketConnection *stream;
        GOutputStream *output;
        char answer[4096];
        gsize size;

        address = g_unix_socket_address_new(bus + strlen("unix:path="));
        stream = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, &error);
        g_assert_no_error(error);
        output = g_io_stream_get_output_stream(G_IO_STREAM(stream));

        decimal = g_strdup_printf("%u", uid);
        request = g_string_new_len("\0AUTH EXTERNAL ", strlen("AUTH EXTERNAL ") + 1);
        for (const char *p = decimal; *p; p++)
                g_string_append_printf(request, "%02x", *p);
        g_string_append(request, "\r\n");
        g_output_stream_write_all(output, request->str, request->len, NULL, NULL, &error);
        g_assert_no_error(error);

        /* The bus sends "OK" and its id as one line, in one piece. */
        gssize n = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(stream)), answer,
                        sizeof(answer) - 1, NULL, &error);
        g_assert_no_error(error);
        answer[n] = 0;
        g_assert_true(g_str_has_prefix(answer, "OK "));

        hello = g_dbus_message_new_method_call(
                        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello");
        g_dbus_message_set_serial(hello, 1);
        blob = g_dbus_message_to_blob(hello, &size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);
        g_assert_no_error(error);
        g_output_stream_write_all(output, "BEGIN\r\n", strlen("BEGIN\r\n"), NULL, NULL, &error);
        g_assert_no_error(error);
        g_output_stream_write_all(output, blob, size, NULL, NULL, &error);
        g_assert_no_error(error);

        return stream;
}

static gpointer visit(gpointer data) {
        Visit *v = data;
        g_autoptr(GError) error = NULL;
        GDBusConnection *connection;

        if (v->uid != 0)
                become(v->uid);

        if (v->raw)
                return authenticate_raw(v->address, v->uid);

        connection = g_dbus_connection_new_for_address_sync(v->address,
                        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                        G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                        NULL, NULL, &error);
        g_assert_no_error(error);
        g_dbus_connection_set_exit_on_close(connection, FALSE);
        return connection;
}

static gpointer visit_as(const char *address, uid_t uid, gboolean raw) {
        Visit v = { .address = address, .uid = uid, .raw = raw };

        return g_thread_join(g_thread_new("visit", visit, &v));
}

GDBusConnection *bus_connect(Bus *bus, uid_t uid) {
        return bus_connect_to(bus->address, uid);
}

GDBusConnection *bus_connect_to(const char *address, uid_t uid) {
        return visit_as(address, uid, FALSE);
}

GSocketConnection *bus_connect_raw(Bus *bus, uid_t uid) {
        return visit_as(bus->address, uid, TRUE);
}

void bus_disconnect(GDBusConnection *connection) {
        (void) g_dbus_connection_close_sync(connection, NULL, NULL);
        g_object_unref(connection);
}
