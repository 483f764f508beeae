/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usherctl associate: which keyboard belongs to which station, by Enter. The keys are read by
 * usher-associate, which systemd starts when we connect and which ends when we do; here only the place of a
 * keyboard arrives. What follows from it, the hub and its move, is the snapshot's and AttachHub's as for
 * everybody. */

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cli/associate.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/station-name.h"
#include "common/names.h"
#include "common/timespan.h"

#define ASSOCIATE_SOCKET "/run/usher-associate"
#define ASSOCIATE_SOCKET_UNIT "usher-associate.socket"
#define ASSOCIATE_SERVICE_UNIT "usher-associate.service"

/* systemd has the socket there in no time, or something is wrong. */
#define CONNECT_USEC (10 * USEC_PER_SEC)

/* As long as it takes to walk to the last row; then the next station's turn comes. */
#define ENTER_USEC USEC_PER_MINUTE

typedef struct Association {
        Command *command;
        int fd;
        char buffer[4096]; /* what has arrived and is no whole line so far */
        size_t n_buffer;
        char **used; /* hubs that have been given away, by id */
        size_t n_used;
        bool ours; /* usher-associate listens for us, and nobody else's is stopped with it */
} Association;

static int unit_call(Association *a, const char *member, const char *unit) {
        _cleanup_bus_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        int r;

        r = sd_bus_call_method(a->command->bus, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER,
                        member, &e, NULL, "ss", unit, "replace");
        if (r < 0)
                return complain(r, "Failed to start '%s': %s", unit, e.message ? e.message : strerror(-r));

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

/* Nothing but that poll() returns, so that the socket is taken away again. */
static void on_interrupt(int sig) {
}

static int try_connect(void) {
        static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = ASSOCIATE_SOCKET };
        _cleanup_close_ int fd = -EBADF;

        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (const struct sockaddr *) &address, sizeof(address)) < 0)
                return -errno;

        return TAKE_FD(fd);
}

/* One line of usher-associate, without its end. Returns 1, 0 when the time is over, -EPIPE when it has
 * ended. */
static int read_line(Association *a, usec_t until, char **ret) {
        for (;;) {
                char *end = memchr(a->buffer, '\n', a->n_buffer);
                usec_t now = now_monotonic();
                struct pollfd p = { .fd = a->fd, .events = POLLIN };
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

                r = poll(&p, 1, (int) ((until - now) / USEC_PER_MSEC) + 1);
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
        static const struct sigaction interrupt = { .sa_handler = on_interrupt };
        static const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
        usec_t until = now_monotonic() + CONNECT_USEC;
        _cleanup_free_ char *line = NULL;
        int r;

        (void) sigaction(SIGINT, &interrupt, NULL);
        (void) sigaction(SIGTERM, &interrupt, NULL);

        r = unit_call(a, "StartUnit", ASSOCIATE_SOCKET_UNIT);
        if (r < 0)
                return r;

        while ((a->fd = try_connect()) < 0) {
                if ((a->fd != -ENOENT && a->fd != -ECONNREFUSED) || now_monotonic() >= until)
                        return complain(a->fd, "Failed to reach usher-associate: %m");
                (void) nanosleep(&moment, NULL);
        }

        r = read_line(a, until, &line);
        if (r <= 0)
                return complain(r < 0 ? r : ETIMEDOUT,
                                "usher-associate does not listen to the keyboards. Does another 'usherctl "
                                "associate' "
                                "run? See 'journalctl -u " ASSOCIATE_SERVICE_UNIT "'.");

        a->ours = true;
        return 0;
}

/* Of the hubs above a keyboard the nearest that is a station's; where none is so far, the nearest that is no
 * part of the machine. One that several stations hang on is nobody's. */
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
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        if (streq(hub->station, station->path)) {
                say(stdout, "  Hub %s (%s) belongs there already.", hub->id, hub->product);
                return note_used(a, hub);
        }

        r = connection_new_call(a->command, USHER_PATH, USHER_IFACE_MANAGER, "AttachHub", &m);
        if (r < 0)
                return r;
        r = sd_bus_message_append(m, "ss", hub->id, station->id);
        if (r < 0)
                return complain(r, "Failed to make the call: %m");
        r = connection_call(a->command, m, "Failed to attach the hub", NULL);
        if (r < 0)
                return r;

        say(stdout, "  Hub %s (%s) belongs there now.", hub->id, hub->product);
        return note_used(a, hub);
}

/* Returns 1 when a hub was found for the station, 0 when nobody pressed Enter, -EINTR when it is enough. */
static int ask(Association *a, const SnapshotStation *station) {
        usec_t until = now_monotonic() + ENTER_USEC;

        say(stdout, "%s: press Enter on the keyboard that belongs there.", snapshot_station_title(station));
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
                        return complain(r, "usher-associate has ended.");
                if (r == 0) {
                        say(stdout, "  Nobody did, going on.");
                        return 0;
                }

                /* Hubs come and go while people crawl below tables. */
                r = connection_snapshot(a->command, &s);
                if (r < 0)
                        return r;

                hub = find_hub(s, syspath);
                if (!hub)
                        say(stdout,
                                        "  That keyboard is plugged into the computer itself, or into a hub "
                                        "of several "
                                        "stations; another, please.");
                else if (is_used(a, hub))
                        say(stdout, "  That keyboard's hub %s had its turn; another, please.", hub->id);
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
                return complain(EOPNOTSUPP,
                                "Keyboards are read on the machine itself: run this there, by ssh say.");
        if (geteuid() != 0)
                return complain(EPERM, "Only root may listen to keyboards.");

        r = connection_snapshot(c, &s);
        if (r >= 0)
                r = association_begin(&a);
        if (r < 0)
                return r;

        return ask_all(&a, s, arguments);
}
