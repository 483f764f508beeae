/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The watch on logind. Every signal below its object tree is taken as a hint and answered by a question; the
 * match is bound to logind's unique name, so that nobody else's signal even counts as a hint. The same walk
 * serves the first look, each hint and the look after a restart of logind: what differs from what was told
 * is told. */

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "peer/logind-watch.h"

#define RETRY_USEC (1 * USEC_PER_SEC)

AsyncQueue *logind_calls(Logind *l) {
        return l->calls;
}

sd_bus *logind_bus(Logind *l) {
        return l->bus;
}

static bool is_idle(const Logind *l) {
        const Watch *w;

        if (l->list_sessions || l->list_seats)
                return false;

        TAILQ_FOREACH(w, &l->watches, watches)
                if (w->query)
                        return false;

        return true;
}

bool logind_is_there(const Logind *l) {
        return l->owner && name_watch_unique(l->owner);
}

bool logind_is_synced(const Logind *l) {
        return logind_is_there(l) && !l->retry && is_idle(l);
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

static Seat *seat_free(Logind *l, Seat *s) {
        TAILQ_REMOVE(&l->seats, s, seats);
        free(s->id);
        free(s);
        return NULL;
}

static int seat_listed(Logind *l, const char *id) {
        Seat *s;

        TAILQ_FOREACH(s, &l->seats, seats)
                if (streq(s->id, id)) {
                        s->listed = true;
                        return 0;
                }

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;
        *s = (Seat) { .id = strdup(id), .listed = true };
        TAILQ_INSERT_TAIL(&l->seats, s, seats);
        if (!s->id) {
                seat_free(l, s);
                return -ENOMEM;
        }

        l->events->seat(id, l->userdata);
        return 0;
}

static int read_seats(Logind *l, sd_bus_message *reply) {
        const char *id;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "(so)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(so)", &id, NULL)) > 0) {
                r = seat_listed(l, id);
                if (r < 0)
                        return r;
        }

        return r;
}

static void on_list_seats(sd_bus_message *reply, void *userdata) {
        Logind *l = userdata;
        Seat *s, *next;
        int r;

        TAILQ_FOREACH(s, &l->seats, seats)
                s->listed = false;

        r = sd_bus_message_is_method_error(reply, NULL) ? -sd_bus_message_get_errno(reply) :
                                                          read_seats(l, reply);
        if (r < 0) {
                log_warning_errno(r, "Failed to list seats, asking again: %m");
                logind_retry_later(l);
                return;
        }

        for (s = TAILQ_FIRST(&l->seats); s; s = next) {
                next = TAILQ_NEXT(s, seats);
                if (s->listed)
                        continue;

                l->events->seat_gone(s->id, l->userdata);
                seat_free(l, s);
        }

        logind_check_synced(l);
}

static int send_list(Logind *l, const char *member, AsyncCall **slot, AsyncHandler handler) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        l->bus, &m, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, member);
        if (r < 0)
                return r;

        return async_call(l->calls, slot, m, handler, l);
}

void logind_look(Logind *l) {
        int r;

        if (!l->owner || !name_watch_unique(l->owner) || l->retry)
                return;

        if (l->list_sessions || l->list_seats) {
                l->look_again = true;
                return;
        }

        l->look_again = false;
        r = send_list(l, "ListSeats", &l->list_seats, on_list_seats);
        if (r >= 0)
                r = send_list(l, "ListSessions", &l->list_sessions, watch_on_list);
        if (r < 0) {
                log_error_errno(r, "Failed to ask logind, asking again: %m");
                logind_retry_later(l);
        }
}

void logind_look_session(Logind *l, const char *id) {
        Watch *w = watch_find(l, id);

        if (w && name_watch_unique(l->owner) && watch_query(w) < 0)
                logind_retry_later(l);
}

/* A session came or went under this id: what is known of it may be another's. */
static void note_stale(Logind *l, sd_bus_message *m) {
        const char *id;
        Watch *w;

        if (sd_bus_message_read(m, "so", &id, NULL) < 0)
                return;

        w = watch_find(l, id);
        if (w)
                w->stale = true;
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Logind *l = userdata;
        const char *member = strempty(sd_bus_message_get_member(m));
        Watch *w;
        int begins;

        if (streq(member, "PrepareForSleep")) {
                if (sd_bus_message_read(m, "b", &begins) >= 0 && !begins)
                        l->events->resumed(l->userdata);
                return 0;
        }

        if (streq(member, "PrepareForShutdown")) {
                if (sd_bus_message_read(m, "b", &begins) >= 0)
                        l->events->shutting_down(begins, l->userdata);
                return 0;
        }

        if (streq(member, "PropertiesChanged")) {
                TAILQ_FOREACH(w, &l->watches, watches)
                        if (streq_ptr(w->path, sd_bus_message_get_path(m)) && watch_query(w) < 0)
                                logind_retry_later(l);
                return 0;
        }

        if (streq(member, "SessionNew") || streq(member, "SessionRemoved")) {
                note_stale(l, m);
                logind_look(l);
        } else if (streq(member, "SeatNew") || streq(member, "SeatRemoved"))
                logind_look(l);

        return 0;
}

static void forget_questions(Logind *l) {
        Watch *w;

        async_call_free(l->list_sessions);
        async_call_free(l->list_seats);
        TAILQ_FOREACH(w, &l->watches, watches) {
                async_call_free(w->query);
                w->stale = true;
        }
        l->look_again = false;
        l->recheck = sd_event_source_disable_unref(l->recheck);
        l->retry = sd_event_source_disable_unref(l->retry);
}

static void on_owner(const char *unique, void *userdata) {
        Logind *l = userdata;
        char rule[256];
        int r;

        l->match = sd_bus_slot_unref(l->match);
        forget_questions(l);
        l->events->lost(l->userdata);
        if (!unique)
                return;

        /* Matches first, then the look: what happens between the two is a hint and not a hole. */
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
                .watches = TAILQ_HEAD_INITIALIZER(l->watches),
                .seats = TAILQ_HEAD_INITIALIZER(l->seats),
        };

        r = async_queue_new(&l->calls, bus);
        if (r < 0)
                return r;

        r = name_watch_new(&l->owner, bus, LOGIND_BUS_NAME, on_owner, l);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(l);
        return 0;
}

Logind *logind_free(Logind *l) {
        Watch *w;
        Seat *s;

        if (!l)
                return NULL;

        if (l->calls)
                forget_questions(l);
        while ((w = TAILQ_FIRST(&l->watches)))
                watch_free(w);
        while ((s = TAILQ_FIRST(&l->seats)))
                seat_free(l, s);
        name_watch_free(l->owner);
        sd_bus_slot_unref(l->match);
        async_queue_free(l->calls);
        sd_bus_unref(l->bus);
        free(l);
        return NULL;
}
