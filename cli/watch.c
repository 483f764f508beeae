/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A signal only means that something changed: soon after it we take a new snapshot. So a lost signal repairs
 * itself, and twenty signals cause one snapshot. Only the result of a job is read from its signal. */

#include <signal.h>

#include "cli/connection.h"
#include "cli/output.h"
#include "cli/watch.h"
#include "client/client.h"
#include "common/log.h"
#include "common/names.h"

/* How long to gather signals before the next snapshot, and how long to wait after one that failed. */
#define SETTLE_USEC (100 * USEC_PER_MSEC)
#define RETRY_USEC USEC_PER_SEC
#define ACCURACY_USEC (10 * USEC_PER_MSEC)

struct Watch {
        Command *command;
        sd_event *event;
        const WatchHandlers *handlers;
        void *userdata;

        Client *client;
        Snapshot *snapshot;
        int signal; /* the one that ended the loop, 0 for none */
        bool disconnected;

        sd_bus_slot *usher_match;
        sd_bus_slot *disconnected_match;
        sd_bus_slot *read_call;
        sd_event_source *settle_timer;
        sd_event_source *interrupt_source;
        sd_event_source *terminate_source;
};

Watch *watch_free(Watch *w) {
        if (!w)
                return NULL;

        sd_bus_slot_unref(w->usher_match);
        sd_bus_slot_unref(w->disconnected_match);
        sd_bus_slot_unref(w->read_call);
        sd_event_source_disable_unref(w->settle_timer);
        sd_event_source_disable_unref(w->interrupt_source);
        sd_event_source_disable_unref(w->terminate_source);
        if (w->command->bus)
                (void) sd_bus_detach_event(w->command->bus);
        sd_event_unref(w->event);

        client_free(w->client);
        snapshot_free(w->snapshot);
        free(w);
        return NULL;
}

const Snapshot *watch_snapshot(const Watch *w) {
        return w->snapshot;
}

static void plan_read(Watch *w, usec_t delay) {
        int enabled;

        if (sd_event_source_get_enabled(w->settle_timer, &enabled) > 0 && enabled != SD_EVENT_OFF)
                return;

        (void) sd_event_source_set_time_relative(w->settle_timer, delay);
        (void) sd_event_source_set_enabled(w->settle_timer, SD_EVENT_ONESHOT);
}

static int on_read(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL, *before = NULL;
        Watch *w = userdata;

        w->read_call = sd_bus_slot_unref(w->read_call);

        /* usherd left the bus before it answered: the bus signals when it is back. */
        if (!client_get_owner(w->client))
                return 0;

        if (sd_bus_message_is_method_error(m, NULL) || snapshot_new_from_reply(m, &s) < 0) {
                plan_read(w, RETRY_USEC);
                return 0;
        }

        before = w->snapshot;
        w->snapshot = TAKE_PTR(s);
        w->handlers->changed(before, w->snapshot, w->userdata);
        return 0;
}

static int on_settled(sd_event_source *source, uint64_t usec, void *userdata) {
        Watch *w = userdata;

        if (!client_get_owner(w->client))
                return 0;
        if (w->read_call) {
                plan_read(w, SETTLE_USEC);
                return 0;
        }

        if (client_call(w->client, &w->read_call, USHER_PATH, DBUS_IFACE_OBJECT_MANAGER, "GetManagedObjects",
                            on_read, w, NULL) < 0)
                plan_read(w, RETRY_USEC);

        return 0;
}

static void read_job_removed(Watch *w, sd_bus_message *m) {
        JobEnd end = { .signal = m };
        int r;

        r = sd_bus_message_read(m, "uosss", &end.number, &end.path, &end.station, &end.session, &end.result);
        if (r < 0)
                return;

        w->handlers->job_ended(w->snapshot, &end, w->userdata);
        snapshot_remove_job(w->snapshot, end.path);
}

static int on_usher(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        Watch *w = userdata;

        if (!client_is_sender(w->client, m))
                return 0;

        if (sd_bus_message_is_signal(m, USHER_IFACE_MANAGER, "JobRemoved") > 0)
                read_job_removed(w, m);

        plan_read(w, SETTLE_USEC);
        return 0;
}

static void on_owner(const char *owner, void *userdata) {
        Watch *w = userdata;

        w->read_call = sd_bus_slot_unref(w->read_call);
        w->handlers->owner_changed(owner, w->userdata);
        if (owner)
                plan_read(w, SETTLE_USEC);
}

/* sd-bus sends this signal itself when the connection ends. */
static int on_disconnected(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        Watch *w = userdata;

        w->disconnected = true;
        return sd_event_exit(w->event, EXIT_FAILED);
}

int watch_refresh(Watch *w) {
        Snapshot *s;
        int r;

        r = connection_snapshot(w->command, &s);
        if (r < 0)
                return r;

        snapshot_free(w->snapshot);
        w->snapshot = s;

        return client_set_owner(w->client, snapshot_owner(s)) < 0 ? log_oom() : 0;
}

static int subscribe(Watch *w) {
        sd_bus *bus = w->command->bus;
        int r;

        r = client_new(&w->client, bus, on_owner, w);
        if (r < 0)
                return r;
        r = client_match(w->client, &w->usher_match, NULL, NULL, NULL, on_usher, w);
        if (r < 0)
                return r;

        r = sd_bus_match_signal(bus, &w->disconnected_match, NULL, DBUS_LOCAL_PATH, DBUS_LOCAL_IFACE,
                        "Disconnected", on_disconnected, w);
        if (r < 0)
                return r;

        r = sd_event_add_time_relative(
                        w->event, &w->settle_timer, CLOCK_MONOTONIC, 0, ACCURACY_USEC, on_settled, w);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(w->settle_timer, SD_EVENT_OFF);
        if (r < 0)
                return r;

        return sd_bus_attach_event(bus, w->event, SD_EVENT_PRIORITY_NORMAL);
}

int watch_new(Command *c, sd_event *event, const WatchHandlers *handlers, void *userdata, Watch **ret) {
        _cleanup_(watch_freep) Watch *w = NULL;
        int r;

        r = connection_open(c);
        if (r < 0)
                return r;

        w = calloc(1, sizeof(*w));
        if (!w)
                return log_oom();
        *w = (Watch) {
                .command = c,
                .event = sd_event_ref(event),
                .handlers = handlers,
                .userdata = userdata,
        };

        r = subscribe(w);
        if (r < 0)
                return output_error(r, "Failed to subscribe to the signals of usherd: %m");

        r = watch_refresh(w);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(w);
        return 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata) {
        Watch *w = userdata;

        w->signal = (int) si->ssi_signo;
        return sd_event_exit(w->event, 0);
}

int watch_run(Watch *w) {
        sigset_t signals;
        int r;

        (void) sigemptyset(&signals);
        (void) sigaddset(&signals, SIGINT);
        (void) sigaddset(&signals, SIGTERM);
        (void) sigprocmask(SIG_BLOCK, &signals, NULL);

        r = sd_event_add_signal(w->event, &w->interrupt_source, SIGINT, on_signal, w);
        if (r >= 0)
                r = sd_event_add_signal(w->event, &w->terminate_source, SIGTERM, on_signal, w);
        if (r >= 0)
                r = sd_event_loop(w->event);
        if (r < 0)
                return output_error(r, "Failed to wait: %m");

        if (w->signal > 0)
                return EXIT_SIGNAL + w->signal;
        if (w->disconnected)
                return output_error(ENOTCONN, "The connection to the bus was lost.");

        return r;
}
