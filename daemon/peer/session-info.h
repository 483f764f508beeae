/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What logind says about one session. It is read once and never modified. */

#include <sys/queue.h>
#include <sys/types.h>

#include "common/macro.h"

/* What logind's class means for Usher: whether it may ever end the session. */
typedef enum SessionKind {
        SESSION_KIND_USER,    /* a person's session */
        SESSION_KIND_SYSTEM,  /* greeter, lock screen, manager, background: never ended */
        SESSION_KIND_UNKNOWN, /* a class that this version does not know: never ended */
        _SESSION_KIND_MAX,
        _SESSION_KIND_INVALID = -EINVAL,
} SessionKind;

typedef struct SessionInfo {
        char *id;
        char *path; /* the object path, as logind gave it */
        char *user;
        char *seat; /* "" for a session without a seat, such as ssh */
        char *class;
        char *type;
        char *state;
        char *scope;
        uid_t uid;
        pid_t leader;
        usec_t started;              /* CLOCK_MONOTONIC */
        usec_t idle_since;           /* CLOCK_REALTIME, 0 while not idle */
        usec_t idle_since_monotonic; /* the same on CLOCK_MONOTONIC */
        bool active;
        bool locked;
        bool idle;
} SessionInfo;

/* Identifies one session beyond its end. Session ids and the PIDs of leaders are reused, but never both
 * together with the same start time. */
typedef struct SessionIdentity {
        char *id;
        pid_t leader;
        usec_t started;
} SessionIdentity;

SessionInfo *session_info_free(SessionInfo *info);
DEFINE_CLEANUP(SessionInfo *, session_info_free);

SessionKind session_kind(const SessionInfo *info);
DECLARE_STRING_TABLE(SessionKind, session_kind);

/* Whether it is a graphical session, which a session manager may run, and not a text console. */
bool session_is_graphical(const SessionInfo *info);
bool session_is_opening(const SessionInfo *info);

/* Whether it is open and has the screen of its seat. */
bool session_is_in_front(const SessionInfo *info);
bool session_is_closing(const SessionInfo *info);

int session_identity_init(SessionIdentity *i, const SessionInfo *info);
void session_identity_done(SessionIdentity *i);
bool session_identity_matches(const SessionIdentity *i, const SessionInfo *info);

typedef enum SessionChange {
        SESSION_CHANGED_IDENTITY = 1 << 0, /* a different session with the same id */
        SESSION_CHANGED_SEAT = 1 << 1,
        SESSION_CHANGED_STATE = 1 << 2, /* class, type, state, active: what listings show */
        SESSION_CHANGED_LOCKED = 1 << 3,
        SESSION_CHANGED_IDLE = 1 << 4,
} SessionChange;

/* How a and b differ: a mask of SessionChange. */
unsigned session_info_compare(const SessionInfo *a, const SessionInfo *b);
