/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Short-lived texts for the people at a station. A program of ours fetches and shows them, as the user they
 * are for: usher-warn, or usher-identify for what is to be seen from afar. A notice is dropped when it was
 * shown, when its session ends and when its time is over; a restart of usherd forgets it. */

#include "core/manager.h"

/* Of one session, not shown so far. Beyond: LimitsExceeded. */
#define NOTICES_PER_SESSION_MAX 8U

typedef enum NoticeKind {
        NOTICE_MESSAGE,  /* words of somebody, for the people who work there */
        NOTICE_SIGN,     /* which station this is, in letters that fill the screen: usher-identify's */
        NOTICE_IDENTIFY, /* the same among other notifications, where there can be no such letters */
        _NOTICE_KIND_MAX,
        _NOTICE_KIND_INVALID = -EINVAL,
} NoticeKind;

typedef enum NoticeShown {
        NOTICE_SHOWN_NONE,
        NOTICE_SHOWN_TERMINAL,
        NOTICE_SHOWN_DESKTOP,
        NOTICE_SHOWN_SCREEN, /* over all that is there */
        _NOTICE_SHOWN_MAX,
        _NOTICE_SHOWN_INVALID = -EINVAL,
} NoticeShown;

struct Notice {
        Manager *manager;
        Identification *identification; /* that it is part of; NULL for a message */
        uint32_t number;
        NoticeKind kind;
        char *station; /* seat id */
        char *session; /* "" for the console itself */
        char *user;
        uid_t uid;  /* whose program shows it */
        char *from; /* name of the account that sent it */
        char *text;
        usec_t until; /* CLOCK_MONOTONIC */
        sd_event_source *timer;
        TAILQ_ENTRY(Notice) notices;
};

DECLARE_STRING_TABLE(NoticeKind, notice_kind);
DECLARE_STRING_TABLE(NoticeShown, notice_shown);

/* Makes one for a session of that seat, NULL for the console that the seat has when nobody runs anything
 * there, and has it shown. *ret is the manager's. -ENOBUFS when NOTICES_PER_SESSION_MAX wait for that
 * session already. */
int notice_new(Notice **ret,
                Manager *m,
                NoticeKind kind,
                const char *seat,
                const SessionInfo *session,
                const char *from,
                const char *text);
Notice *notice_free(Notice *n);

/* Shows somebody's words at a station. Returns how many sessions they are for: 0 where nobody is. -ENOBUFS
 * when there are people, but NOTICES_PER_SESSION_MAX wait for each of them already. The text is the caller's
 * to check. */
int notice_send(Manager *m, const Station *s, const char *from, const char *text);

Notice *notice_find(Manager *m, uint32_t number);

/* It was shown, or was not to be shown in this way. */
void notice_done(Notice *n, NoticeShown how);

/* The session has ended, or its id is another's. */
void notice_session_gone(Manager *m, const char *session);

/* usher-identify cannot be started for that user. */
void notice_no_sign(Manager *m, uid_t uid);

/* Drops all. */
void notice_free_all(Manager *m);
