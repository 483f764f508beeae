/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/socket.h>
#include <sys/un.h>

#include "common/log.h"
#include "common/names.h"
#include "common/text.h"
#include "core/manager.h"
#include "feature/associate.h"
#include "peer/unit-watch.h"

/* systemd and usher-associate answer at once, or something is wrong. */
#define BEGIN_USEC (10 * USEC_PER_SEC)

typedef struct Associate {
        Manager *manager;
        UnitWatch *unit; /* of the socket; NULL before the first association */
        bool started;    /* the unit is started, or is to be */

        const AssociateHandlers *handlers; /* NULL: there is no association */
        void *userdata;
        bool begun;
        int fd;
        sd_event_source *io, *timeout;
        char buffer[4096]; /* what has arrived and is not a whole line yet */
        size_t n_buffer;
} Associate;

static bool is_above(const char *hub, const char *syspath) {
        const char *rest = hub ? startswith(syspath, hub) : NULL;

        return rest && *rest == '/';
}

const Hub *associate_find_hub(const Topology *t, const char *syspath) {
        const Hub *found = NULL;

        /* Each hub comes after its parent. */
        for (size_t i = 0; i < topology_n_hubs(t); i++) {
                const Hub *h = topology_hub_at(t, i);

                if (!is_above(h->syspath, syspath) && !is_above(h->peer_syspath, syspath))
                        continue;
                if (h->role == HUB_ROOT || h->role == HUB_INTERMEDIATE)
                        continue;
                if (!found || h->role == HUB_STATION || found->role != HUB_STATION)
                        found = h;
        }

        return found;
}

static void pump(Associate *a);

/* Forgets the association and disconnects, which ends usher-associate. */
static void forget(Associate *a) {
        a->io = sd_event_source_disable_unref(a->io);
        a->timeout = sd_event_source_disable_unref(a->timeout);
        closep(&a->fd);
        a->fd = -EBADF;
        a->n_buffer = 0;
        a->handlers = NULL;
        a->begun = false;
}

/* Ends the association and says so. */
static void finish(Associate *a, const char *error) {
        const AssociateHandlers *handlers = a->handlers;
        void *userdata = a->userdata;
        bool begun = a->begun;

        forget(a);
        pump(a);
        if (begun)
                handlers->ended(userdata);
        else
                handlers->begun(error, userdata);
}

/* Returns false when the association is over. */
static bool take_line(Associate *a, const char *line) {
        if (!a->begun) {
                if (!streq(line, "ready"))
                        return false;

                a->timeout = sd_event_source_disable_unref(a->timeout);
                a->begun = true;
                a->handlers->begun("", a->userdata);
                return a->handlers;
        }

        if (!startswith(line, "/sys/") || !text_is_utf8(line))
                return false;

        a->handlers->enter(associate_find_hub(a->manager->topology, line), line, a->userdata);
        return a->handlers;
}

static bool take_lines(Associate *a) {
        char *end;

        while ((end = memchr(a->buffer, '\n', a->n_buffer))) {
                size_t length = (size_t) (end - a->buffer) + 1;

                *end = '\0';
                if (!take_line(a, a->buffer))
                        return false;
                a->n_buffer -= length;
                memmove(a->buffer, end + 1, a->n_buffer);
        }

        return a->n_buffer < sizeof(a->buffer);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        Associate *a = userdata;
        ssize_t n;

        n = recv(fd, a->buffer + a->n_buffer, sizeof(a->buffer) - a->n_buffer, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;

        if (n > 0) {
                a->n_buffer += (size_t) n;
                if (take_lines(a))
                        return 0;
        }

        /* A handler may have ended it. */
        if (a->handlers)
                finish(a, "usher-associate has ended");
        return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        finish(userdata, "usher-associate does not respond");
        return 0;
}

static int connect_socket(Associate *a) {
        static const struct sockaddr_un address = { .sun_family = AF_UNIX,
                .sun_path = USHER_ASSOCIATE_SOCKET };

        a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (a->fd < 0 || connect(a->fd, (const struct sockaddr *) &address, sizeof(address)) < 0)
                return -errno;

        return sd_event_add_io(a->manager->event, &a->io, a->fd, EPOLLIN, on_io, a);
}

static void on_unit(const char *error, void *userdata) {
        Associate *a = userdata;
        int r;

        if (!isempty(error)) {
                a->started = false;
                if (a->handlers) {
                        finish(a, error);
                        return;
                }
        }
        if (!a->handlers || !a->started) {
                pump(a);
                return;
        }

        r = connect_socket(a);
        if (r < 0) {
                log_warning_errno(r, "Failed to connect to '" USHER_ASSOCIATE_SOCKET "': %m");
                finish(a, strerror(-r));
        }
}

/* Starts or stops the socket, when its state is known and no such request is under way. */
static void pump(Associate *a) {
        bool start = a->handlers;
        int r;

        if (!a->unit || unit_watch_state(a->unit) == UNIT_UNKNOWN || unit_watch_is_busy(a->unit) ||
                        start == a->started)
                return;

        r = unit_watch_request(a->unit, start, on_unit, a);
        if (r >= 0)
                a->started = start;
        else
                log_warning_errno(r, "Failed to %s '" USHER_UNIT_ASSOCIATE "', ignoring: %m",
                                start ? "start" : "stop");
}

static void on_state(UnitState state, void *userdata) {
        pump(userdata);
}

int associate_begin(Manager *m, const AssociateHandlers *handlers, void *userdata) {
        Associate *a = manager_feature(m, &associate_feature);
        int r = 0;

        if (a->handlers)
                return -EBUSY;

        if (!a->unit)
                r = unit_watch_new(&a->unit, m->bus, m->systemd, USHER_UNIT_ASSOCIATE, on_state, a);
        if (r >= 0)
                r = sd_event_add_time_relative(
                                m->event, &a->timeout, CLOCK_MONOTONIC, BEGIN_USEC, 0, on_timeout, a);
        if (r < 0)
                return r;

        a->handlers = handlers;
        a->userdata = userdata;
        pump(a);
        return 0;
}

void associate_end(Manager *m) {
        Associate *a = manager_feature(m, &associate_feature);

        forget(a);
        pump(a);
}

static void associate_free(void *state) {
        Associate *a = state;

        forget(a);
        unit_watch_free(a->unit);
        free(a);
}

static int associate_new(Manager *m, void **ret) {
        Associate *a;

        a = malloc(sizeof(*a));
        if (!a)
                return -ENOMEM;
        *a = (Associate) { .manager = m, .fd = -EBADF };

        *ret = a;
        return 0;
}

const Feature associate_feature = {
        .name = "associate",
        .new = associate_new,
        .free = associate_free,
};
