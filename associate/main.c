/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-associate: reports on which keyboard Enter is pressed while a client is connected. systemd passes it
 * a socket that only root can connect to, and starts it when usherd connects. It exits when that
 * connection closes. It sends "ready", then one line for each Enter with the sysfs path of the keyboard. It
 * accepts no commands. */

#include <sys/socket.h>

#include <systemd/sd-daemon.h>

#include "associate/keyboards.h"
#include "common/arguments.h"
#include "common/bus-util.h"
#include "common/log.h"

/* The client may have gone before this program was there. */
#define CONNECT_USEC (10 * USEC_PER_SEC)

typedef struct Associate {
        sd_event *event;
        int client;
        sd_event_source *listener, *hang_up, *timeout;
        Keyboards *keyboards;
} Associate;

static void associate_done(Associate *a) {
        keyboards_free(a->keyboards);
        sd_event_source_disable_unref(a->listener);
        sd_event_source_disable_unref(a->hang_up);
        sd_event_source_disable_unref(a->timeout);
        closep(&a->client);
        sd_event_unref(a->event);
}

static void tell(Associate *a, const char *line) {
        char buffer[4096];
        int n;

        n = snprintf(buffer, sizeof(buffer), "%s\n", line);
        if (n <= 0 || (size_t) n >= sizeof(buffer))
                return;

        /* A client that does not read counts as gone. */
        if (send(a->client, buffer, (size_t) n, MSG_DONTWAIT | MSG_NOSIGNAL) != n)
                (void) sd_event_exit(a->event, EXIT_SUCCESS);
}

static void on_enter(const char *syspath, void *userdata) {
        tell(userdata, syspath);
}

static int on_client(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        Associate *a = userdata;

        /* The client has closed the connection, or has sent something, which it must not. */
        return sd_event_exit(a->event, EXIT_SUCCESS);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        Associate *a = userdata;

        return sd_event_exit(a->event, EXIT_SUCCESS);
}

static int begin(Associate *a) {
        int r;

        r = sd_event_add_io(a->event, &a->hang_up, a->client, EPOLLIN | EPOLLRDHUP, on_client, a);
        if (r < 0)
                return r;

        r = keyboards_new(&a->keyboards, a->event, "/dev/input", on_enter, a);
        if (r < 0)
                return r;

        tell(a, "ready");
        return 0;
}

static int on_connection(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        _cleanup_close_ int client = -EBADF;
        Associate *a = userdata;
        int r;

        client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client < 0)
                return 0;

        /* One client at a time: two that ask for Enter would take each other's answer. */
        if (a->client >= 0)
                return 0;

        a->client = TAKE_FD(client);
        a->timeout = sd_event_source_disable_unref(a->timeout);
        r = begin(a);
        if (r < 0) {
                log_error_errno(r, "Failed to watch the keyboards: %m");
                (void) sd_event_exit(a->event, EXIT_FAILURE);
        }

        return 0;
}

static int run(void) {
        _cleanup_(associate_done) Associate a = { .client = -EBADF };
        int r;

        r = sd_listen_fds(true);
        if (r != 1 || sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 1, NULL, 0) <= 0) {
                log_error("usher-associate.socket must start this program; usherd starts that unit.");
                return -EINVAL;
        }

        r = sd_event_new(&a.event);
        if (r >= 0)
                r = sd_event_add_io(a.event, &a.listener, SD_LISTEN_FDS_START, EPOLLIN, on_connection, &a);
        if (r >= 0)
                r = sd_event_add_time_relative(
                                a.event, &a.timeout, CLOCK_MONOTONIC, CONNECT_USEC, 0, on_timeout, &a);
        if (r < 0)
                return log_error_errno(r, "Failed to set up: %m");

        r = sd_event_loop(a.event);
        return r < 0 ? log_error_errno(r, "Failed to run the event loop: %m") : r;
}

int main(int argc, char *argv[]) {
        return arguments_main(argc, argv, "usher-associate",
                        "Reports on which keyboards Enter is pressed, to the client of its socket.\n"
                        "usher-associate.socket starts it; see 'associate' in usherctl(1).",
                        run);
}
