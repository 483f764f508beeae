/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/timerfd.h>

#include "common/log.h"
#include "peer/clock.h"

struct Clock {
        int fd;
        sd_event_source *io;
        ClockHandler handler;
        void *userdata;
};

/* Arms a timer for a time that never comes. The kernel cancels it when the clock is set; see
 * timerfd_create(2). */
static int arm(Clock *c) {
        static const struct itimerspec never = { .it_value.tv_sec = INT64_MAX };

        if (timerfd_settime(c->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0)
                return -errno;

        return 0;
}

static int on_set(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        Clock *c = userdata;
        uint64_t n;
        int r;

        if (read(fd, &n, sizeof(n)) >= 0 || errno != ECANCELED)
                return 0;

        r = arm(c);
        if (r < 0) {
                log_warning_errno(r, "Failed to watch the wall clock, ignoring: %m");
                c->io = sd_event_source_disable_unref(c->io);
        }

        c->handler(c->userdata);
        return 0;
}

int clock_new(Clock **ret, sd_event *event, ClockHandler handler, void *userdata) {
        _cleanup_(clock_freep) Clock *c = NULL;
        int r;

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;
        *c = (Clock) {
                .fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK),
                .handler = handler,
                .userdata = userdata,
        };
        if (c->fd < 0)
                return -errno;

        r = arm(c);
        if (r < 0)
                return r;

        r = sd_event_add_io(event, &c->io, c->fd, EPOLLIN, on_set, c);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(c);
        return 0;
}

Clock *clock_free(Clock *c) {
        if (!c)
                return NULL;

        sd_event_source_disable_unref(c->io);
        closep(&c->fd);
        free(c);
        return NULL;
}
