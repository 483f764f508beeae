/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Short-lived texts for the people at a station. usher-warn fetches and shows them, as the user they are for. A notice
 * is dropped when it was shown, when its session ends and when its time is over; a restart of usherd forgets it. */

#include "manager.h"

/* Of one session, not shown so far. Beyond: LimitsExceeded. */
#define NOTICES_PER_SESSION_MAX 8U

typedef enum NoticeKind {
        NOTICE_MESSAGE,  /* words of somebody, for the people who work there */
        NOTICE_IDENTIFY, /* which station this is, large and for a moment, on a login screen too */
        _NOTICE_KIND_MAX,
        _NOTICE_KIND_INVALID = -EINVAL,
} NoticeKind;

typedef enum NoticeShown {
        NOTICE_SHOWN_NONE,
        NOTICE_SHOWN_TERMINAL,
        NOTICE_SHOWN_DESKTOP,
        _NOTICE_SHOWN_MAX,
        _NOTICE_SHOWN_INVALID = -EINVAL,
} NoticeShown;

struct Notice {
        Manager *manager;
        uint32_t number;
        NoticeKind kind;
        char *station; /* seat id */
        char *session;
        char *user;
        uid_t uid;
        char *from; /* name of the account that sent it */
        char *text;
        usec_t until; /* CLOCK_MONOTONIC */
        sd_event_source *timer;
        TAILQ_ENTRY(Notice) notices;
};

DECLARE_STRING_TABLE(NoticeKind, notice_kind);
DECLARE_STRING_TABLE(NoticeShown, notice_shown);

/* Shows a text at a station. Returns how many sessions it is for: 0 where nobody is. -ENOBUFS when there are people,
 * but NOTICES_PER_SESSION_MAX wait for each of them already. The text is the caller's to check. */
int notice_send(Manager *m, NoticeKind kind, const Station *s, const char *from, const char *text);

Notice *notice_find(Manager *m, uint32_t number);

/* It was shown, or was not to be shown in any way: writes it to the journal and drops it. */
void notice_done(Notice *n, NoticeShown how);

/* The session has ended, or its id is another's. */
void notice_session_gone(Manager *m, const char *session);

/* Drops all. */
void notice_free_all(Manager *m);
