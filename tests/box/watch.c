/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The end of a process, from the kernel alone. A thread waits for it, so that the time is right whatever the
 * program is doing meanwhile. */

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "session.h"

struct BoxWatch {
        GThread *thread;
        int pidfd, stop[2];
        gint64 ended; /* written by the thread */
};

static gpointer watch(gpointer userdata) {
        BoxWatch *w = userdata;
        struct pollfd fds[] = { { .fd = w->pidfd, .events = POLLIN },
                { .fd = w->stop[0], .events = POLLIN } };

        while (poll(fds, G_N_ELEMENTS(fds), -1) <= 0)
                ;
        if (fds[0].revents)
                __atomic_store_n(&w->ended, g_get_monotonic_time(), __ATOMIC_SEQ_CST);
        return NULL;
}

BoxWatch *box_watch_new(pid_t pid) {
        BoxWatch *w = g_new0(BoxWatch, 1);

        w->pidfd = (int) syscall(SYS_pidfd_open, pid, 0);
        g_assert_no_errno(w->pidfd);
        g_assert_no_errno(pipe(w->stop));
        w->thread = g_thread_new("watch", watch, w);
        return w;
}

void box_watch_free(BoxWatch *w) {
        if (!w)
                return;

        close(w->stop[1]);
        g_thread_join(w->thread);
        close(w->stop[0]);
        close(w->pidfd);
        g_free(w);
}

gint64 box_watch_ended(BoxWatch *w) {
        return __atomic_load_n(&w->ended, __ATOMIC_SEQ_CST);
}
