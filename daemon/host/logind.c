/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The watch on logind. Every signal below its object tree is taken as a hint and answered by a question; the match
 * is bound to logind's unique name, so that nobody else's signal even counts as a hint. The same walk serves the
 * first look, each hint and the look after a restart of logind: what differs from what was told is told. */

#include <systemd/sd-event.h>

#include "bus-util.h"
#include "log.h"
#include "logind-internal.h"
#include "names.h"
#include "owner.h"

#define RETRY_USEC (1 * USEC_PER_SEC)
#define RECHECK_USEC (500 * USEC_PER_MSEC)

typedef struct Watch {
        Logind *logind;
        char *id;
        char *path;
        SessionFacts *told;
        bool listed; /* seen in the list that is being read */
        bool stale;  /* to be asked for with the next list: it may be another session's now, or there was no answer */
        bool again;  /* a hint came while the question was out */
        Call *query;
        TAILQ_ENTRY(Watch) watches;
} Watch;

typedef struct Seat {
        char *id;
        bool listed;
        TAILQ_ENTRY(Seat) seats;
} Seat;

struct Logind {
        sd_bus *bus;
        CallQueue *calls;
        Owner *owner;
        sd_bus_slot *match;
        const LogindEvents *events;
        void *userdata;

        TAILQ_HEAD(, Watch) watches;
        TAILQ_HEAD(, Seat) seats;

        Call *list_sessions;
        Call *list_seats;
        bool look_again; /* a hint came while the lists were out */
        sd_event_source *retry;
        sd_event_source *recheck; /* while a session is opening: logind does not signal the end of that */
};

CallQueue *logind_calls(Logind *l) {
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
        return l->owner && owner_unique(l->owner);
}

bool logind_is_synced(const Logind *l) {
        return logind_is_there(l) && !l->retry && is_idle(l);
}

static void check_synced(Logind *l) {
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

/* A look failed, though logind is there: again in a while, and nothing is concluded until then. */
static void retry_later(Logind *l) {
        if (l->retry)
                return;

        if (sd_event_add_time_relative(sd_bus_get_event(l->bus), &l->retry, CLOCK_MONOTONIC, RETRY_USEC, 0,
                            on_retry, l) < 0)
                log_oom();
}

static Watch *watch_free(Watch *w) {
        TAILQ_REMOVE(&w->logind->watches, w, watches);
        call_free(w->query);
        session_facts_free(w->told);
        free(w->id);
        free(w->path);
        free(w);
        return NULL;
}

static Watch *watch_find(Logind *l, const char *id) {
        Watch *w;

        TAILQ_FOREACH(w, &l->watches, watches)
                if (streq(w->id, id))
                        return w;

        return NULL;
}

static void watch_gone(Watch *w) {
        Logind *l = w->logind;

        if (w->told)
                l->events->session_gone(w->id, l->userdata);
        watch_free(w);
}

static int watch_query(Watch *w);

static int on_recheck(sd_event_source *s, uint64_t usec, void *userdata) {
        Logind *l = userdata;
        Watch *w;

        l->recheck = sd_event_source_disable_unref(l->recheck);
        TAILQ_FOREACH(w, &l->watches, watches)
                if (w->told && session_is_opening(w->told) && watch_query(w) < 0)
                        retry_later(l);

        return 0;
}

static void recheck_later(Logind *l) {
        if (l->recheck)
                return;

        if (sd_event_add_time_relative(sd_bus_get_event(l->bus), &l->recheck, CLOCK_MONOTONIC, RECHECK_USEC, 0,
                            on_recheck, l) < 0)
                log_oom();
}

static void watch_tell(Watch *w, SessionFacts *facts) {
        Logind *l = w->logind;
        SessionFacts *before = w->told;

        w->told = facts;
        l->events->session(facts, l->userdata);
        session_facts_free(before);

        if (session_is_opening(facts))
                recheck_later(l);
}

static void on_session(sd_bus_message *reply, void *userdata) {
        _cleanup_(session_facts_freep) SessionFacts *facts = NULL;
        Watch *w = userdata;
        Logind *l = w->logind;
        int r;

        r = logind_session_read(reply, w->path, &facts);
        if (r == -ESRCH)
                /* It ended between the list and the question. That is everyday life, and the list will say so. */
                watch_gone(w);
        else if (r < 0) {
                log_debug_errno(r, "Failed to read session '%s', asking again: %m", w->id);
                w->stale = true;
                retry_later(l);
        } else {
                watch_tell(w, TAKE_PTR(facts));
                if (w->again && watch_query(w) < 0)
                        retry_later(l);
        }

        check_synced(l);
}

static int watch_query(Watch *w) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        if (w->query) {
                w->again = true;
                return 0;
        }

        r = logind_session_query(w->logind, w->path, &m);
        if (r < 0)
                return r;

        w->again = false;
        w->stale = false;
        return call_queue_send(w->logind->calls, &w->query, m, on_session, w);
}

static int watch_listed(Logind *l, const char *id, const char *path) {
        Watch *w;

        w = watch_find(l, id);
        if (w) {
                w->listed = true;
                return !w->told || w->stale ? watch_query(w) : 0;
        }

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (Watch) { .logind = l, .id = strdup(id), .path = strdup(path), .listed = true };
        TAILQ_INSERT_TAIL(&l->watches, w, watches);
        if (!w->id || !w->path) {
                watch_free(w);
                return -ENOMEM;
        }

        return watch_query(w);
}

static int read_sessions(Logind *l, sd_bus_message *reply) {
        const char *id, *path;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "(susso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(susso)", &id, NULL, NULL, NULL, &path)) > 0) {
                r = watch_listed(l, id, path);
                if (r < 0)
                        return r;
        }

        return r;
}

static void on_list_sessions(sd_bus_message *reply, void *userdata) {
        Logind *l = userdata;
        Watch *w, *next;
        int r;

        TAILQ_FOREACH(w, &l->watches, watches)
                w->listed = false;

        r = sd_bus_message_is_method_error(reply, NULL) ? -sd_bus_message_get_errno(reply) :
                                                          read_sessions(l, reply);
        if (r < 0) {
                log_warning_errno(r, "Failed to list sessions, asking again: %m");
                retry_later(l);
                return;
        }

        for (w = TAILQ_FIRST(&l->watches); w; w = next) {
                next = TAILQ_NEXT(w, watches);
                if (!w->listed)
                        watch_gone(w);
        }

        check_synced(l);
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

        r = sd_bus_message_is_method_error(reply, NULL) ? -sd_bus_message_get_errno(reply) : read_seats(l, reply);
        if (r < 0) {
                log_warning_errno(r, "Failed to list seats, asking again: %m");
                retry_later(l);
                return;
        }

        for (s = TAILQ_FIRST(&l->seats); s; s = next) {
                next = TAILQ_NEXT(s, seats);
                if (s->listed)
                        continue;

                l->events->seat_gone(s->id, l->userdata);
                seat_free(l, s);
        }

        check_synced(l);
}

static int send_list(Logind *l, const char *member, Call **slot, CallHandler handler) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        l->bus, &m, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, member);
        if (r < 0)
                return r;

        return call_queue_send(l->calls, slot, m, handler, l);
}

void logind_look(Logind *l) {
        int r;

        if (!l->owner || !owner_unique(l->owner) || l->retry)
                return;

        if (l->list_sessions || l->list_seats) {
                l->look_again = true;
                return;
        }

        l->look_again = false;
        r = send_list(l, "ListSeats", &l->list_seats, on_list_seats);
        if (r >= 0)
                r = send_list(l, "ListSessions", &l->list_sessions, on_list_sessions);
        if (r < 0) {
                log_error_errno(r, "Failed to ask logind, asking again: %m");
                retry_later(l);
        }
}

void logind_look_session(Logind *l, const char *id) {
        Watch *w = watch_find(l, id);

        if (w && owner_unique(l->owner) && watch_query(w) < 0)
                retry_later(l);
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
                                retry_later(l);
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

        call_free(l->list_sessions);
        call_free(l->list_seats);
        TAILQ_FOREACH(w, &l->watches, watches) {
                call_free(w->query);
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
        (void) snprintf(rule, sizeof(rule), "type='signal',sender='%s',path_namespace='" LOGIND_PATH "'", unique);
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

        r = call_queue_new(&l->calls, bus);
        if (r < 0)
                return r;

        r = owner_new(&l->owner, bus, LOGIND_BUS_NAME, on_owner, l);
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
        owner_free(l->owner);
        sd_bus_slot_unref(l->match);
        call_queue_free(l->calls);
        sd_bus_unref(l->bus);
        free(l);
        return NULL;
}
