/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "build-config.h"
#include "identify/overlay.h"

#define PROGRAM LIBEXECDIR "/usher-overlay"

/* After this another way is tried. usherd waits a second longer for a banner. */
#define PATIENCE_USEC (4 * USEC_PER_SEC)

struct Overlay {
        pid_t pid;
        int fd;
        sd_event_source *io, *patience;
        OverlayHandler handler; /* NULL once it was called */
        void *userdata;
};

/* The handler may free the overlay. */
static void tell(Overlay *o, int error) {
        OverlayHandler handler = o->handler;

        o->patience = sd_event_source_disable_unref(o->patience);
        o->handler = NULL;
        if (handler)
                handler(error, o->userdata);
}

static int on_message(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        Overlay *o = userdata;
        char message;
        ssize_t n;

        n = recv(fd, &message, 1, MSG_DONTWAIT);
        if (n == 1 && message == OVERLAY_SHOWN)
                tell(o, 0);
        else {
                o->io = sd_event_source_disable_unref(o->io);
                tell(o, -ENXIO);
        }

        return 0;
}

static int on_patience(sd_event_source *source, uint64_t usec, void *userdata) {
        tell(userdata, -ETIMEDOUT);
        return 0;
}

static int spawn(pid_t *ret, int fd, const char *socket) {
        const char *const argv[] = { PROGRAM, NULL };
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none;
        int r;

        if (setenv("WAYLAND_DISPLAY", socket, 1) < 0)
                return -errno;

        r = posix_spawnattr_init(&attributes);
        if (r != 0)
                return -r;
        r = posix_spawn_file_actions_init(&actions);
        if (r != 0) {
                (void) posix_spawnattr_destroy(&attributes);
                return -r;
        }

        /* This program blocks the signals that it handles. */
        (void) sigemptyset(&none);
        (void) posix_spawnattr_setsigmask(&attributes, &none);
        (void) posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        r = posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
        if (r == 0)
                r = posix_spawn(ret, argv[0], &actions, &attributes, (char **) argv, environ);
        (void) posix_spawn_file_actions_destroy(&actions);
        (void) posix_spawnattr_destroy(&attributes);
        return -r;
}

static int start(Overlay *o, const char *socket) {
        _cleanup_close_ int child = -EBADF;
        int fds[2], r;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
                return -errno;
        o->fd = fds[0];
        child = fds[1];

        r = spawn(&o->pid, child, socket);
        if (r < 0)
                o->pid = 0;

        return r;
}

int overlay_new(Overlay **ret,
                sd_event *event,
                const char *socket,
                const BannerText *text,
                OverlayHandler handler,
                void *userdata) {

        _cleanup_(overlay_freep) Overlay *o = NULL;
        int r;

        o = malloc(sizeof(*o));
        if (!o)
                return -ENOMEM;
        *o = (Overlay) { .fd = -EBADF, .handler = handler, .userdata = userdata };

        r = start(o, socket);
        if (r >= 0)
                r = overlay_set_text(o, text);
        if (r >= 0)
                r = sd_event_add_io(event, &o->io, o->fd, EPOLLIN, on_message, o);
        if (r >= 0)
                r = sd_event_add_time_relative(
                                event, &o->patience, CLOCK_MONOTONIC, PATIENCE_USEC, 0, on_patience, o);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(o);
        return 0;
}

int overlay_set_text(Overlay *o, const BannerText *text) {
        char message[OVERLAY_MESSAGE_MAX];
        int n;

        n = snprintf(message, sizeof(message), "%c%s%c%s",
                        text->place == BANNER_TOP ? OVERLAY_PLACE_TOP : OVERLAY_PLACE_MIDDLE, text->name, 0,
                        strempty(text->id));
        if (n < 0 || (size_t) n >= sizeof(message))
                return -E2BIG;

        return send(o->fd, message, (size_t) n + 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

Overlay *overlay_free(Overlay *o) {
        if (!o)
                return NULL;

        sd_event_source_disable_unref(o->io);
        sd_event_source_disable_unref(o->patience);
        closep(&o->fd);

        /* It has nothing to save, and one that hangs must end too. */
        if (o->pid > 0) {
                (void) kill(o->pid, SIGKILL);
                (void) waitpid(o->pid, NULL, 0);
        }

        free(o);
        return NULL;
}
