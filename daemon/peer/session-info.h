/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What logind says of one session, as facts: read once, compared, never written to. */

#include <sys/queue.h>
#include <sys/types.h>

#include "common/macro.h"

/* How logind's class decides whether Usher may ever end a session. */
typedef enum SessionKind {
        SESSION_KIND_USER,    /* somebody works here */
        SESSION_KIND_SYSTEM,  /* greeter, lock screen, manager, background: never ended */
        SESSION_KIND_UNKNOWN, /* a class that this version does not know: never ended, and said so */
        _SESSION_KIND_MAX,
        _SESSION_KIND_INVALID = -EINVAL,
} SessionKind;

typedef struct SessionInfo {
        char *id;
        char *path; /* logind's own object path, as logind gave it */
        char *user;
        char *seat; /* "" for ssh and its like */
        char *class;
        char *type;
        char *state;
        char *scope;
        char *tty;
        uid_t uid;
        pid_t leader;
        usec_t started;              /* CLOCK_MONOTONIC */
        usec_t idle_since;           /* CLOCK_REALTIME, 0 while not idle */
        usec_t idle_since_monotonic; /* the same on CLOCK_MONOTONIC */
        bool active;
        bool locked;
        bool idle;
        bool remote;
} SessionInfo;

/* What makes a session that one and no other: ids are used again after a while, and leaders too, but not
 * both with one start time. */
typedef struct SessionIdentity {
        char *id;
        pid_t leader;
        usec_t started;
} SessionIdentity;

SessionInfo *session_info_free(SessionInfo *f);
DEFINE_CLEANUP(SessionInfo *, session_info_free);

SessionKind session_kind(const SessionInfo *f);
DECLARE_STRING_TABLE(SessionKind, session_kind);

/* A session on a screen that a session manager may run, as against a terminal. */
bool session_is_graphical(const SessionInfo *f);
bool session_is_opening(const SessionInfo *f);
bool session_is_closing(const SessionInfo *f);

int session_identity_init(SessionIdentity *i, const SessionInfo *f);
void session_identity_done(SessionIdentity *i);
bool session_identity_matches(const SessionIdentity *i, const SessionInfo *f);

typedef enum SessionChange {
        SESSION_CHANGED_IDENTITY = 1 << 0, /* another session under the same id */
        SESSION_CHANGED_SEAT = 1 << 1,
        SESSION_CHANGED_STATE = 1 << 2, /* class, type, state, active: what listings show */
        SESSION_CHANGED_LOCKED = 1 << 3,
        SESSION_CHANGED_IDLE = 1 << 4,
} SessionChange;

/* What of a is not so in b: a mask of SessionChange. */
unsigned session_info_compare(const SessionInfo *a, const SessionInfo *b);
