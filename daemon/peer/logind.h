/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* logind as a peer: which seats and sessions there are, told as facts. Its signals are hints to look again;
 * what is told is always what logind answered to a question of ours. See org.freedesktop.login1(5). */

#include <systemd/sd-bus.h>

#include "peer/session-info.h"

typedef struct Logind Logind;

typedef struct LogindEvents {
        /* New, or different from what was told before. The facts stand until the next session() of this id
         * has returned, or its session_gone(). */
        void (*session)(const SessionInfo *info, void *userdata);
        void (*session_gone)(const char *id, void *userdata);
        void (*seat)(const char *id, void *userdata);
        void (*seat_gone)(const char *id, void *userdata);

        /* All that was asked is answered: the picture is whole. */
        void (*synced)(void *userdata);

        /* logind went away. What was told stands, but nothing may be concluded from it until synced(). */
        void (*lost)(void *userdata);

        /* The machine woke up from a suspend. */
        void (*resumed)(void *userdata);

        /* A shutdown begins, or is called off. */
        void (*shutting_down)(bool begins, void *userdata);
} LogindEvents;

int logind_new(Logind **ret, sd_bus *bus, const LogindEvents *events, void *userdata);
Logind *logind_free(Logind *l);
DEFINE_CLEANUP(Logind *, logind_free);

/* Asks anew which seats and sessions there are; what differs is told. */
void logind_look(Logind *l);

/* Asks anew about one session that was told of; how it stands is told again, and if it is gone, that. */
void logind_look_session(Logind *l, const char *id);

/* Whether somebody holds logind's name. */
bool logind_is_there(const Logind *l);

/* Whether logind is there and the picture is whole. */
bool logind_is_synced(const Logind *l);

typedef enum LogindEndHow {
        LOGIND_TERMINATE, /* TerminateSession */
        LOGIND_SIGNAL,    /* KillSession with SIGTERM and then SIGHUP, as the end of a scope does */
        LOGIND_KILL,      /* KillSession of all processes with SIGKILL */
} LogindEndHow;

typedef struct LogindEnd LogindEnd;

/* r is 0 when logind took the request, -ESRCH when there is no such session (any more) or the id is
 * another's, else what went wrong. That the session is gone is told by session_gone(), never by this. */
typedef void (*LogindEndHandler)(int r, void *userdata);

/* Ends the session that the facts describe. Right before it logind is asked once more whether the id still
 * is that very session. The field that ret points to is NULL again when the handler runs. */
int logind_end_session(Logind *l,
                LogindEnd **ret,
                const SessionInfo *session,
                LogindEndHow how,
                LogindEndHandler handler,
                void *userdata);
LogindEnd *logind_end_free(LogindEnd *e);
