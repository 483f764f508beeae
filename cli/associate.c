/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* associate: finds out which keyboard belongs to which station, by Enter. usher-associate reads the keys:
 * systemd starts it when we connect, and it ends when we do. It tells us nothing but the place of the
 * keyboard. We find the hub in a snapshot, and move it with AttachHub as everybody else does. */

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cli/connection.h"
#include "cli/output.h"
#include "cli/station-name.h"
#include "common/names.h"
#include "common/timespan.h"

#define ASSOCIATE_SOCKET "/run/usher-associate"
#define ASSOCIATE_SOCKET_UNIT "usher-associate.socket"
#define ASSOCIATE_SERVICE_UNIT "usher-associate.service"

/* systemd creates the socket at once, or something is wrong. */
#define CONNECT_USEC (10 * USEC_PER_SEC)

/* Enough to walk to the last row. Then it is the next station's turn. */
#define ENTER_USEC USEC_PER_MINUTE

typedef struct Association {
        Command *command;
        int fd;
        char buffer[4096]; /* what has arrived and is not a whole line yet */
        size_t n_buffer;
        char **used; /* ids of the hubs that were assigned */
        size_t n_used;
        sigset_t mask; /* while it waits for a key, when SIGINT and SIGTERM are not blocked */
        bool ours;     /* usher-associate listens for us: we stop it, and not that of another user */
} Association;

static int unit_call(Association *a, const char *member, const char *unit) {
        _cleanup_bus_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        int r;

        r = sd_bus_call_method(a->command->bus, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER,
                        member, &e, NULL, "ss", unit, "replace");
        if (r < 0)
                return output_error(r, "Failed to %s '%s': %s",
                                streq(member, "StartUnit") ? "start" : "stop", unit,
                                e.message ? e.message : strerror(-r));

        return 0;
}

static void association_done(Association *a) {
        if (a->fd >= 0)
                close(a->fd);
        if (a->ours)
                (void) unit_call(a, "StopUnit", ASSOCIATE_SOCKET_UNIT);
        for (size_t i = 0; i < a->n_used; i++)
                free(a->used[i]);
        free(a->used);
}

/* Only lets ppoll() return, so that the socket is removed again. */
static void on_interrupt(int sig) {
}

/* A signal that arrives at any other moment stays pending until ppoll(). */
static void block_interrupts(Association *a) {
        static const struct sigaction interrupt = { .sa_handler = on_interrupt };
        sigset_t blocked;

        (void) sigaction(SIGINT, &interrupt, NULL);
        (void) sigaction(SIGTERM, &interrupt, NULL);
        (void) sigemptyset(&blocked);
        (void) sigaddset(&blocked, SIGINT);
        (void) sigaddset(&blocked, SIGTERM);
        (void) sigprocmask(SIG_BLOCK, &blocked, &a->mask);
        (void) sigdelset(&a->mask, SIGINT);
        (void) sigdelset(&a->mask, SIGTERM);
}

static int try_connect(void) {
        static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = ASSOCIATE_SOCKET };
        _cleanup_close_ int fd = -EBADF;

        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (const struct sockaddr *) &address, sizeof(address)) < 0)
                return -errno;

        return TAKE_FD(fd);
}

/* Reads one line from usher-associate, without the newline. Returns 1, 0 when the time is over, -EINTR when
 * the user has stopped us, or -EPIPE when usher-associate has ended. */
static int read_line(Association *a, usec_t until, char **ret) {
        for (;;) {
                char *end = memchr(a->buffer, '\n', a->n_buffer);
                usec_t now = now_monotonic();
                struct pollfd p = { .fd = a->fd, .events = POLLIN };
                struct timespec left;
                ssize_t n;
                int r;

                if (end) {
                        size_t length = (size_t) (end - a->buffer);

                        *ret = strndup(a->buffer, length);
                        if (!*ret)
                                return -ENOMEM;
                        a->n_buffer -= length + 1;
                        memmove(a->buffer, end + 1, a->n_buffer);
                        return 1;
                }

                if (a->n_buffer == sizeof(a->buffer))
                        return -EBADMSG;
                if (now >= until)
                        return 0;

                left = (struct timespec) {
                        .tv_sec = (time_t) ((until - now) / USEC_PER_SEC),
                        .tv_nsec = (long) ((until - now) % USEC_PER_SEC * 1000),
                };
                r = ppoll(&p, 1, &left, &a->mask);
                if (r < 0)
                        return -errno;
                if (r == 0)
                        continue;

                n = recv(a->fd, a->buffer + a->n_buffer, sizeof(a->buffer) - a->n_buffer, 0);
                if (n < 0)
                        return -errno;
                if (n == 0)
                        return -EPIPE;
                a->n_buffer += (size_t) n;
        }
}

static int association_begin(Association *a) {
        static const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
        usec_t until = now_monotonic() + CONNECT_USEC;
        _cleanup_free_ char *line = NULL;
        int r;

        block_interrupts(a);

        r = unit_call(a, "StartUnit", ASSOCIATE_SOCKET_UNIT);
        if (r < 0)
                return r;

        while ((a->fd = try_connect()) < 0) {
                if ((a->fd != -ENOENT && a->fd != -ECONNREFUSED) || now_monotonic() >= until)
                        return output_error(a->fd, "Failed to connect to usher-associate: %m");
                (void) nanosleep(&moment, NULL);
        }

        r = read_line(a, until, &line);
        if (r == -EINTR)
                return r;
        if (r <= 0)
                return output_error(r < 0 ? r : ETIMEDOUT,
                                "usher-associate does not listen to the keyboards. Is another 'usherctl "
                                "associate' running? See 'journalctl -u " ASSOCIATE_SERVICE_UNIT "'.");

        a->ours = true;
        return 0;
}

/* Of the hubs above a keyboard, the nearest with the role "station"; else the nearest other hub, apart from
 * root hubs and from hubs that several stations share. */
static const SnapshotHub *find_hub(const Snapshot *s, const char *syspath) {
        const SnapshotHub *found = NULL;
        bool found_role = false;
        size_t length = 0;

        for (size_t i = 0; i < s->n_hubs; i++) {
                const SnapshotHub *hub = s->hubs + i;
                bool role = streq(hub->role, "station");
                size_t n = strlen(hub->syspath);

                if (!startswith(syspath, hub->syspath) || syspath[n] != '/' || streq(hub->role, "root") ||
                                streq(hub->role, "intermediate"))
                        continue;
                if (role < found_role || (role == found_role && n <= length))
                        continue;

                found = hub;
                found_role = role;
                length = n;
        }

        return found;
}

static bool is_used(const Association *a, const SnapshotHub *hub) {
        for (size_t i = 0; i < a->n_used; i++)
                if (streq(a->used[i], hub->id))
                        return true;

        return false;
}

static int note_used(Association *a, const SnapshotHub *hub) {
        char **used;

        used = reallocarray(a->used, a->n_used + 1, sizeof(*used));
        if (!used)
                return -ENOMEM;
        a->used = used;
        a->used[a->n_used] = strdup(hub->id);
        if (!a->used[a->n_used])
                return -ENOMEM;

        a->n_used++;
        return 0;
}

static int attach(Association *a, const SnapshotStation *station, const SnapshotHub *hub) {
        int r;

        if (streq(hub->station, station->path)) {
                output_line(stdout, "  Hub %s (%s) belongs to this station already.", hub->id, hub->product);
                return note_used(a, hub);
        }

        r = connection_call_method(a->command, USHER_PATH, USHER_IFACE_MANAGER, "AttachHub",
                        "Failed to attach the hub", NULL, "ss", hub->id, station->id);
        if (r < 0)
                return r;

        output_line(stdout, "  Hub %s (%s) now belongs to this station.", hub->id, hub->product);
        return note_used(a, hub);
}

/* Returns 1 when a hub was found for the station, 0 when nobody pressed Enter, -EINTR when the user stopped
 * the search. */
static int ask(Association *a, const SnapshotStation *station) {
        usec_t until = now_monotonic() + ENTER_USEC;

        output_line(stdout, "%s: press Enter on the keyboard of this station.",
                        snapshot_station_title(station));
        (void) fflush(stdout);

        for (;;) {
                _cleanup_(snapshot_freep) Snapshot *s = NULL;
                _cleanup_free_ char *syspath = NULL;
                const SnapshotHub *hub;
                int r;

                r = read_line(a, until, &syspath);
                if (r == -EINTR)
                        return r;
                if (r < 0)
                        return output_error(r, "usher-associate has ended: %m");
                if (r == 0) {
                        output_line(stdout, "  Nobody pressed Enter, going on.");
                        return 0;
                }

                /* Hubs come and go while people plug cables below tables. */
                r = connection_snapshot(a->command, &s);
                if (r < 0)
                        return r;

                hub = find_hub(s, syspath);
                if (!hub)
                        output_line(stdout,
                                        "  That keyboard is plugged into the computer itself, or into a hub "
                                        "that several stations share. Use another one.");
                else if (is_used(a, hub))
                        output_line(stdout,
                                        "  Hub %s of that keyboard is assigned already. Use another one.",
                                        hub->id);
                else {
                        r = attach(a, station, hub);
                        if (r < 0)
                                return r;
                        return 1;
                }
                (void) fflush(stdout);
        }
}

static int ask_all(Association *a, const Snapshot *s, char **arguments) {
        _cleanup_free_ const SnapshotStation **stations = NULL;
        bool missing = false;
        size_t n;
        int r;

        r = station_resolve_all(s, arguments, &stations, &n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                r = ask(a, stations[i]);
                if (r == -EINTR)
                        return EXIT_CANCELLED;
                if (r < 0)
                        return r;
                missing = missing || r == 0;
        }

        return missing ? EXIT_FAILED : EXIT_OK;
}

int verb_associate(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_(association_done) Association a = { .command = c, .fd = -EBADF };
        int r;

        if (c->host)
                return output_error(EOPNOTSUPP,
                                "Keyboards can only be read on the machine itself: run this there, for "
                                "example with ssh.");
        if (geteuid() != 0)
                return output_error(EPERM, "Only root can listen to keyboards.");

        r = connection_snapshot(c, &s);
        if (r >= 0)
                r = association_begin(&a);
        if (r == -EINTR)
                return EXIT_CANCELLED;
        if (r < 0)
                return r;

        return ask_all(&a, s, arguments);
}
