/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One user who takes all that there is to have, and what is left for the others. */

#include "fixture.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <sys/resource.h>

#include "names.h"

/* As many as a service has that asks for no more, and as one message may carry. */
#define OPEN_MAX_OF_A_SERVICE 1024
#define FDS_OF_A_MESSAGE 16

static GUnixFDList *file_descriptors(void) {
        GUnixFDList *list = g_unix_fd_list_new();
        int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

        g_assert_no_errno(null);
        for (int i = 0; i < FDS_OF_A_MESSAGE; i++)
                g_assert_cmpint(g_unix_fd_list_append(list, null, NULL), >=, 0);
        close(null);

        return list;
}

static GDBusMessage *log_off_with(GUnixFDList *list) {
        GDBusMessage *m = g_dbus_message_new_method_call(USHER_BUS_NAME, MANAGER, USHER_IFACE_MANAGER, "LogOff");

        g_dbus_message_set_body(m, ARGS("('seat0', @a{sv} {})"));
        g_dbus_message_set_unix_fd_list(m, list);
        return m;
}

/* A library on the bus takes what it is sent, and closes it when the message goes. Messages that wait for their turn, or
 * for polkit, do not go: a process that has run out of file descriptors loses its bus. */
static void test_file_descriptors_are_not_kept(Fixture *f, gconstpointer data) {
        g_autoptr(GUnixFDList) list = file_descriptors();
        g_autoptr(GDBusMessage) one = log_off_with(list), answer = NULL;
        g_autoptr(GError) error = NULL, refused = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        f->polkit->hold = TRUE;
        fixture_start(f);
        g_assert_no_errno(prlimit(f->pid, RLIMIT_NOFILE,
                        &(struct rlimit){ OPEN_MAX_OF_A_SERVICE, OPEN_MAX_OF_A_SERVICE }, NULL));

        for (int k = 0; k < 10; k++) {
                GDBusConnection *mallory = fixture_connect(f, MALLORY);

                for (int i = 0; i < 100; i++) {
                        g_autoptr(GDBusMessage) m = log_off_with(list);

                        g_dbus_connection_send_message(mallory, m, 0, NULL, &error);
                        g_assert_no_error(error);
                }
                settle(mallory);
        }

        fixture_settle(f);
        g_assert_false(f->exited);
        assert_jobs(f, "");

        answer = g_dbus_connection_send_message_with_reply_sync(
                        fixture_connect(f, MALLORY), one, 0, -1, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_true(g_dbus_message_to_gerror(answer, &refused));
        g_assert_error(refused, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
        g_assert_cmpuint(fake_polkit_n_held(f->polkit), ==, 0);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

        fixture_add("/crowd/file-descriptors-are-not-kept", test_file_descriptors_are_not_kept);

        return g_test_run();
}
