/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/epoll.h>
#include <sys/pidfd.h>

#include "peer/process.h"

int process_watch(sd_event *event,
                sd_event_source **ret,
                pid_t pid,
                sd_event_io_handler_t handler,
                void *userdata) {

        _cleanup_(sd_event_source_unrefp) sd_event_source *source = NULL;
        _cleanup_close_ int fd = -EBADF;
        int r;

        fd = pidfd_open(pid, 0);
        if (fd < 0)
                return -errno;

        r = sd_event_add_io(event, &source, fd, EPOLLIN, handler, userdata);
        if (r >= 0)
                r = sd_event_source_set_io_fd_own(source, true);
        if (r < 0)
                return r;
        TAKE_FD(fd);

        r = sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(source);
        return 0;
}
