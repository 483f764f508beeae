/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "client.h"

char *accounts_copy(const char *directory) {
        char *passwd = g_build_filename(directory, "passwd", NULL);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;

        g_file_get_contents("/etc/passwd", &text, NULL, &error);
        g_assert_no_error(error);
        g_file_set_contents(passwd, text, -1, &error);
        g_assert_no_error(error);
        return passwd;
}

void accounts_enter(const char *passwd) {
        /* The world's own /etc/passwd is a file without a name by now, on which nothing can be mounted. */
        if (unshare(CLONE_NEWNS) < 0 || umount2("/etc/passwd", MNT_DETACH) < 0 ||
                        mount(passwd, "/etc/passwd", NULL, MS_BIND, NULL) < 0)
                _exit(EXIT_FAILURE);
}

/* A lease: nobody can open the file until its holder has given the lease back. The kernel requests that with
 * SIGIO. A lease is refused while somebody has the file open. */
int accounts_hang(const char *passwd) {
        gint64 end = wait_begin();
        int lease;

        signal(SIGIO, SIG_IGN);
        lease = open(passwd, O_RDONLY | O_CLOEXEC);
        g_assert_no_errno(lease);
        while (fcntl(lease, F_SETLEASE, F_WRLCK) < 0) {
                g_assert_cmpint(errno, ==, EAGAIN);
                g_assert_cmpint(g_get_monotonic_time(), <, end);
                g_thread_yield();
        }

        return lease;
}

void accounts_answer(int lease) {
        g_assert_no_errno(close(lease));
}

GArray *accounts_workers(GPid usherd) {
        g_autofree char *file = g_strdup_printf("/proc/%d/task/%d/children", usherd, usherd), *text = NULL;
        GArray *workers = g_array_new(FALSE, FALSE, sizeof(GPid));
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) words = NULL;

        g_file_get_contents(file, &text, NULL, &error);
        g_assert_no_error(error);
        words = g_strsplit(text, " ", -1);
        for (char **word = words; *word; word++) {
                GPid pid = (GPid) g_ascii_strtoll(*word, NULL, 10);

                if (pid > 0)
                        g_array_append_val(workers, pid);
        }

        return workers;
}

/* No event reports new processes of usherd, so /proc is read a hundred times a second. */
void accounts_wait_workers(GPid usherd, guint n) {
        gint64 end = wait_begin();

        for (;;) {
                g_autoptr(GArray) workers = accounts_workers(usherd);

                if (workers->len == n)
                        return;

                if (g_get_monotonic_time() >= end)
                        g_error("usherd has %u lookup workers, not %u", workers->len, n);
                wait_until_time(g_get_monotonic_time() + 10 * G_TIME_SPAN_MILLISECOND);
        }
}
