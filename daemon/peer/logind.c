/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The Logind object: it listens to logind's signals and decides when to query. Each signal is a hint that
 * causes a query. The match is bound to logind's unique name, so that signals of other senders are not even
 * hints. The same code serves the first query, each hint, and the query after a restart of logind. */

#include "common/log.h"
#include "common/names.h"
#include "peer/logind-internal.h"

#define RETRY_USEC (1 * USEC_PER_SEC)

bool logind_is_there(const Logind *l) {
        return l->name && name_watch_unique(l->name);
}

bool logind_is_synced(const Logind *l) {
        return logind_is_there(l) && !l->retry && !l->list_sessions && !l->list_seats &&
                        l->n_session_queries == 0;
}

void logind_check_synced(Logind *l) {
        if (!logind_is_synced(l))
                return;

        if (l->look_again) {
                logind_look(l);
                return;
        }

        l->events->synced(l->userdata);
}

static int on_retry(sd_event_source *s, uint64_t usec, void *userdata) {
        Logind *l = userdata;

        l->retry = sd_event_source_disable_unref(l->retry);
        logind_look(l);
        return 0;
}

void logind_retry_later(Logind *l) {
        if (l->retry)
                return;

        if (sd_event_add_time_relative(sd_bus_get_event(l->bus), &l->retry, CLOCK_MONOTONIC, RETRY_USEC, 0,
                            on_retry, l) < 0)
                log_oom();
}

static int send_list(Logind *l, AsyncCall **slot, const char *member, AsyncHandler handler) {
        return async_callf(l->queue, slot, handler, l, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER,
                        member, NULL);
}

void logind_look(Logind *l) {
        int r;

        if (!logind_is_there(l) || l->retry)
                return;

        if (l->list_sessions || l->list_seats) {
                l->look_again = true;
                return;
        }

        l->look_again = false;
        r = send_list(l, &l->list_seats, "ListSeats", seat_watch_on_list);
        if (r >= 0)
                r = send_list(l, &l->list_sessions, "ListSessions", session_watch_on_list);
        if (r < 0) {
                log_warning_errno(r, "Failed to query logind, retrying: %m");
                logind_retry_later(l);
        }
}

void logind_look_session(Logind *l, const char *id) {
        SessionWatch *w = session_watch_find(l, id);

        if (w && logind_is_there(l) && session_watch_query(w) < 0)
                logind_retry_later(l);
}

/* A session with this id came or went, so what is known of it may belong to another session. Only that
 * session is queried: a list for each session of a class would be quadratic. */
static void on_session_signal(Logind *l, sd_bus_message *m, bool is_new) {
        const char *id, *path;

        if (sd_bus_message_read(m, "so", &id, &path) >= 0 && session_watch_hint(l, id, path, is_new) < 0)
                logind_retry_later(l);
}

static void on_properties_changed(Logind *l, const char *path) {
        SessionWatch *w = session_watch_find_by_path(l, path);

        if (w && session_watch_query(w) < 0)
                logind_retry_later(l);
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Logind *l = userdata;
        const char *member = strempty(sd_bus_message_get_member(m));
        int begins;

        if (streq(member, "PropertiesChanged"))
                on_properties_changed(l, strempty(sd_bus_message_get_path(m)));
        else if (streq(member, "SessionNew") || streq(member, "SessionRemoved"))
                on_session_signal(l, m, streq(member, "SessionNew"));
        else if (streq(member, "SeatNew") || streq(member, "SeatRemoved"))
                logind_look(l);
        else if (streq(member, "PrepareForSleep")) {
                if (sd_bus_message_read(m, "b", &begins) >= 0 && !begins)
                        l->events->resumed(l->userdata);
        } else if (streq(member, "PrepareForShutdown")) {
                if (sd_bus_message_read(m, "b", &begins) >= 0)
                        l->events->shutting_down(begins, l->userdata);
        }

        return 0;
}

static void forget_queries(Logind *l) {
        SessionWatch *w;

        async_call_free(l->list_sessions);
        async_call_free(l->list_seats);
        TAILQ_FOREACH(w, &l->session_watches, session_watches) {
                session_watch_cancel_query(w);
                w->stale = true;
        }
        l->look_again = false;
        l->recheck = sd_event_source_disable_unref(l->recheck);
        l->retry = sd_event_source_disable_unref(l->retry);
}

static void on_name(const char *unique, void *userdata) {
        Logind *l = userdata;
        char rule[256];
        int r;

        l->match = sd_bus_slot_unref(l->match);
        forget_queries(l);
        l->events->lost(l->userdata);
        if (!unique)
                return;

        /* The match comes first: a change between the two is then a hint, and not missed. */
        (void) snprintf(rule, sizeof(rule), "type='signal',sender='%s',path_namespace='" LOGIND_PATH "'",
                        unique);
        r = sd_bus_add_match_async(l->bus, &l->match, rule, on_signal, NULL, l);
        if (r < 0)
                log_error_errno(r, "Failed to watch logind: %m");

        logind_look(l);
}

int logind_new(Logind **ret, sd_bus *bus, const LogindEvents *events, void *userdata) {
        _cleanup_(logind_freep) Logind *l = NULL;
        int r;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;

        *l = (Logind) {
                .bus = sd_bus_ref(bus),
                .events = events,
                .userdata = userdata,
                .session_watches = TAILQ_HEAD_INITIALIZER(l->session_watches),
                .seat_watches = TAILQ_HEAD_INITIALIZER(l->seat_watches),
        };

        r = async_queue_new(&l->queue, bus, ASYNC_IN_FLIGHT_MAX, 0);
        if (r >= 0)
                r = async_queue_new(&l->end_queue, bus, ASYNC_IN_FLIGHT_MAX, 0);
        if (r < 0)
                return r;

        r = name_watch_new(&l->name, bus, LOGIND_BUS_NAME, on_name, l);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(l);
        return 0;
}

Logind *logind_free(Logind *l) {
        SessionWatch *session;
        SeatWatch *seat;

        if (!l)
                return NULL;

        forget_queries(l);
        while ((session = TAILQ_FIRST(&l->session_watches)))
                session_watch_free(session);
        while ((seat = TAILQ_FIRST(&l->seat_watches)))
                seat_watch_free(l, seat);
        name_watch_free(l->name);
        sd_bus_slot_unref(l->match);
        async_queue_free(l->queue);
        async_queue_free(l->end_queue);
        sd_bus_unref(l->bus);
        free(l);
        return NULL;
}
