/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Shared by the files of the Logind object and by the requests to it, and private to them. */

#include <search.h>
#include <sys/queue.h>
#include <systemd/sd-event.h>

#include "peer/async-call.h"
#include "peer/logind.h"
#include "common/name-watch.h"

typedef struct SessionWatch {
        Logind *logind;
        char *id;
        char *path;
        SessionInfo *info; /* the last report, NULL before the first */
        bool listed;       /* seen in the list that is being read */
        bool stale; /* to be queried at the next list: the id may belong to another session, or a query
                       failed */
        bool again; /* a hint arrived while the query was under way */
        AsyncCall *query;
        TAILQ_ENTRY(SessionWatch) session_watches;
} SessionWatch;

typedef struct SeatWatch {
        char *id;
        bool listed; /* seen in the list that is being read */
        TAILQ_ENTRY(SeatWatch) seat_watches;
} SeatWatch;

struct Logind {
        sd_bus *bus;
        AsyncQueue *queue;     /* for what is to be known */
        AsyncQueue *end_queue; /* for the ends of sessions, which do not wait for looks */
        NameWatch *name;
        sd_bus_slot *match;
        const LogindEvents *events;
        void *userdata;

        /* The trees are those of tsearch(3). */
        TAILQ_HEAD(, SessionWatch) session_watches;
        void *session_watches_by_id;
        void *session_watches_by_path;
        unsigned n_session_queries; /* session watches with a query under way */
        TAILQ_HEAD(, SeatWatch) seat_watches;
        void *seat_watches_by_id;

        AsyncCall *list_sessions;
        AsyncCall *list_seats;
        bool look_again; /* a hint arrived while the lists were under way */
        sd_event_source *retry;
        sd_event_source *recheck; /* while a session is opening: logind does not signal the end of that */
};

/* Reports synced() if every query is answered. */
void logind_check_synced(Logind *l);

/* A query failed although logind is there. Looks again after a while; until then logind is not synced. */
void logind_retry_later(Logind *l);

/* Queries all properties of the session at a path, through one of the queues. */
int logind_query_session(
                AsyncQueue *q, AsyncCall **slot, const char *path, AsyncHandler handler, void *userdata);

/* Reads the reply. Returns -ESRCH if logind says that the session does not exist. */
int logind_read_session(sd_bus_message *reply, const char *path, SessionInfo **ret);

SessionWatch *session_watch_find(Logind *l, const char *id);
SessionWatch *session_watch_find_by_path(Logind *l, const char *path);
SessionWatch *session_watch_free(SessionWatch *w);

/* Queries the session. A query under way is repeated when it is answered. */
int session_watch_query(SessionWatch *w);
void session_watch_cancel_query(SessionWatch *w);

/* A session is new, or was removed: queries it, or all of them where that does not say enough. Returns 0 or
 * a negative errno. */
int session_watch_hint(Logind *l, const char *id, const char *path, bool is_new);

/* Takes the reply to ListSessions; userdata is the Logind. */
void session_watch_on_list(sd_bus_message *reply, void *userdata);

SeatWatch *seat_watch_free(Logind *l, SeatWatch *w);

/* Takes the reply to ListSeats; userdata is the Logind. */
void seat_watch_on_list(sd_bus_message *reply, void *userdata);

static inline void *tree_find(
                void *const *root, const void *key, int (*compare)(const void *, const void *)) {
        void **node = tfind(key, root, compare);

        return node ? *node : NULL;
}

/* Removes this very item, not another one with an equal key. */
static inline void tree_remove(void **root, const void *item, int (*compare)(const void *, const void *)) {
        if (tree_find(root, item, compare) == item)
                tdelete(item, root, compare);
}
