/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What logind.c, which looks and listens, and logind-watch.c, which follows each session, know of each
 * other. */

#include <sys/queue.h>
#include <systemd/sd-event.h>

#include "peer/logind-internal.h"
#include "peer/name-watch.h"

typedef struct Watch {
        Logind *logind;
        char *id;
        char *path;
        SessionInfo *told;
        bool listed; /* seen in the list that is being read */
        bool stale;  /* to be asked for with the next list: it may be another session's now, or there was no
                        answer */
        bool again;  /* a hint came while the question was out */
        AsyncCall *query;
        TAILQ_ENTRY(Watch) watches;
} Watch;

typedef struct Seat {
        char *id;
        bool listed;
        TAILQ_ENTRY(Seat) seats;
} Seat;

struct Logind {
        sd_bus *bus;
        AsyncQueue *calls;
        NameWatch *owner;
        sd_bus_slot *match;
        const LogindEvents *events;
        void *userdata;

        TAILQ_HEAD(, Watch) watches;
        TAILQ_HEAD(, Seat) seats;

        AsyncCall *list_sessions;
        AsyncCall *list_seats;
        bool look_again; /* a hint came while the lists were out */
        sd_event_source *retry;
        sd_event_source *recheck; /* while a session is opening: logind does not signal the end of that */
};

/* All that was asked is answered? Then that is told. */
void logind_check_synced(Logind *l);

/* A look failed, though logind is there: again in a while, and nothing is concluded until then. */
void logind_retry_later(Logind *l);

Watch *watch_find(Logind *l, const char *id);
Watch *watch_free(Watch *w);

/* Asks how the session stands. */
int watch_query(Watch *w);

/* Takes the answer to ListSessions. */
void watch_on_list(sd_bus_message *reply, void *userdata);
