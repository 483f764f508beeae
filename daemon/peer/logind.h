/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* logind as a peer: it reports which seats and sessions exist. A signal from logind is only a hint to query
 * again; everything reported here comes from a reply of logind. See org.freedesktop.login1(5). */

#include <systemd/sd-bus.h>

#include "peer/session-info.h"

typedef struct Logind Logind;

typedef struct LogindEvents {
        /* A session is new or was queried again; it need not differ from the last report. |info| stays valid
         * until the next session() for this id has returned, or until its session_gone() has. */
        void (*session)(const SessionInfo *info, void *userdata);
        void (*session_gone)(const char *id, void *userdata);
        void (*seat)(const char *id, void *userdata);
        void (*seat_gone)(const char *id, void *userdata);

        /* All queries are answered: the list of seats and sessions is complete. */
        void (*synced)(void *userdata);

        /* logind went away. Earlier reports stand, but nothing may be concluded from them until synced(). */
        void (*lost)(void *userdata);

        /* The machine resumed from suspend. */
        void (*resumed)(void *userdata);

        /* A shutdown begins or is cancelled. */
        void (*shutting_down)(bool begins, void *userdata);
} LogindEvents;

int logind_new(Logind **ret, sd_bus *bus, const LogindEvents *events, void *userdata);
Logind *logind_free(Logind *l);
DEFINE_CLEANUP(Logind *, logind_free);

/* Queries all seats and sessions and reports what differs. */
void logind_look(Logind *l);

/* Queries one known session and reports its state, or that it is gone. */
void logind_look_session(Logind *l, const char *id);

/* Whether a process owns logind's bus name. */
bool logind_is_there(const Logind *l);

/* Whether logind is there and every query is answered. */
bool logind_is_synced(const Logind *l);

typedef enum LogindEndHow {
        LOGIND_TERMINATE, /* TerminateSession */
        LOGIND_SIGNAL,    /* KillSession with SIGTERM and then SIGHUP, as when a scope is stopped */
        LOGIND_KILL,      /* KillSession of all processes with SIGKILL */
        LOGIND_CHECK,     /* nothing: the handler hears whether the id still belongs to the session */
} LogindEndHow;

typedef struct LogindEnd LogindEnd;

/* r is 0 when logind accepted the request, -ESRCH when the session no longer exists or its id now belongs to
 * another one, else the negative errno of the failure. Only session_gone() reports the end of the session.
 */
typedef void (*LogindEndHandler)(int r, void *userdata);

/* Ends the session that |session| describes. Immediately before, it asks logind whether the id still belongs
 * to that session. The field that |ret| points to is NULL again when the handler runs. */
int logind_end_session(Logind *l,
                LogindEnd **ret,
                const SessionInfo *session,
                LogindEndHow how,
                LogindEndHandler handler,
                void *userdata);
LogindEnd *logind_end_free(LogindEnd *e);

/* When logind was sent the call that it has not answered (CLOCK_MONOTONIC), USEC_INFINITY while that waits
 * for those of other sessions. */
usec_t logind_end_sent(const LogindEnd *e);
