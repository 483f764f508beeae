/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* associate: finds out which keyboard belongs to which station, by Enter. usherd tells us alone on which hub
 * it was pressed, from BeginAssociation until we leave the bus, and we move the hub with AttachHub as
 * everybody else does. */

#include <poll.h>
#include <signal.h>

#include "cli/connection.h"
#include "cli/output.h"
#include "cli/station-name.h"
#include "common/names.h"
#include "common/timespan.h"

/* Enough to walk to the last row. Then it is the next station's turn. */
#define ENTER_USEC USEC_PER_MINUTE

typedef struct Association {
        Command *command;
        sd_bus_slot *match;
        char *usherd;  /* the unique name that we began with */
        bool ended;    /* by usherd */
        char *pressed; /* the id of the hub of the last Enter, "" for none; NULL: nobody has pressed it */
        char **used;   /* ids of the hubs that were assigned */
        size_t n_used;
        sigset_t mask; /* while it waits for a key, when SIGINT and SIGTERM are not blocked */
} Association;

static void association_done(Association *a) {
        if (a->usherd)
                (void) sd_bus_call_method(a->command->bus, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER,
                                "EndAssociation", NULL, NULL, NULL);
        sd_bus_slot_unref(a->match);
        free(a->usherd);
        free(a->pressed);
        for (size_t i = 0; i < a->n_used; i++)
                free(a->used[i]);
        free(a->used);
}

/* Only lets ppoll() return, so that the association is ended. */
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

/* Everybody can send us such a signal, and usherd leaves the bus when it ends. */
static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *name, *owner, *hub;
        Association *a = userdata;

        if (sd_bus_message_is_signal(m, DBUS_IFACE, "NameOwnerChanged") > 0) {
                if (streq_ptr(sd_bus_message_get_sender(m), DBUS_BUS_NAME) &&
                                sd_bus_message_read(m, "sss", &name, NULL, &owner) >= 0 &&
                                streq_ptr(name, a->usherd) && isempty(owner))
                        a->ended = true;
                return 0;
        }

        if (!streq_ptr(sd_bus_message_get_sender(m), a->usherd))
                return 0;

        if (sd_bus_message_is_signal(m, USHER_IFACE_MANAGER, "AssociationEnded") > 0)
                a->ended = true;
        else if (sd_bus_message_is_signal(m, USHER_IFACE_MANAGER, "EnterPressed") > 0 &&
                        sd_bus_message_read(m, "ss", &hub, NULL) >= 0)
                return string_replace(&a->pressed, hub);

        return 0;
}

static int association_begin(Association *a) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int r;

        r = sd_bus_add_filter(a->command->bus, &a->match, on_message, a);
        if (r >= 0)
                r = sd_bus_match_signal(a->command->bus, NULL, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE,
                                "NameOwnerChanged", on_message, a);
        if (r < 0)
                return output_error(r, "Failed to listen to usherd: %m");

        r = connection_call_method(a->command, USHER_PATH, USHER_IFACE_MANAGER, "BeginAssociation",
                        "Failed to listen to the keyboards", &reply, "");
        if (r < 0)
                return r;

        /* Until here a signal ends us, and so the association. */
        block_interrupts(a);
        return string_replace(&a->usherd, sd_bus_message_get_sender(reply));
}

/* Waits for the next Enter. Returns 1 with the id of the hub or "", 0 when the time is over, -EINTR when the
 * user has stopped us, or -EPIPE when usherd has ended the association. */
static int wait_for_enter(Association *a, usec_t until, char **ret) {
        for (;;) {
                sd_bus *bus = a->command->bus;
                struct pollfd p = {};
                usec_t now = now_monotonic();
                struct timespec left;
                int r;

                r = sd_bus_process(bus, NULL);
                if (r < 0)
                        return r;
                if (a->pressed) {
                        *ret = TAKE_PTR(a->pressed);
                        return 1;
                }
                if (a->ended)
                        return -EPIPE;
                if (r > 0)
                        continue;
                if (now >= until)
                        return 0;

                p.fd = sd_bus_get_fd(bus);
                r = sd_bus_get_events(bus);
                if (p.fd < 0 || r < 0)
                        return p.fd < 0 ? p.fd : r;
                p.events = (short) r;
                left = (struct timespec) {
                        .tv_sec = (time_t) ((until - now) / USEC_PER_SEC),
                        .tv_nsec = (long) ((until - now) % USEC_PER_SEC * 1000),
                };
                if (ppoll(&p, 1, &left, &a->mask) < 0)
                        return -errno;
        }
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

static const SnapshotHub *find_hub(const Snapshot *s, const char *id) {
        for (size_t i = 0; i < s->n_hubs; i++)
                if (streq(s->hubs[i].id, id))
                        return s->hubs + i;

        return NULL;
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
                _cleanup_free_ char *id = NULL;
                const SnapshotHub *hub;
                int r;

                r = wait_for_enter(a, until, &id);
                if (r == -EINTR)
                        return r;
                if (r < 0)
                        return output_error(r, "usherd does not listen to the keyboards any more.");
                if (r == 0) {
                        output_line(stdout, "  Nobody pressed Enter, going on.");
                        return 0;
                }

                /* Hubs come and go while people plug cables below tables. */
                r = connection_snapshot(a->command, &s);
                if (r < 0)
                        return r;

                hub = find_hub(s, id);
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
        _cleanup_(association_done) Association a = { .command = c };
        int r;

        r = connection_snapshot(c, &s);
        if (r >= 0)
                r = association_begin(&a);
        if (r < 0)
                return r;

        return ask_all(&a, s, arguments);
}
