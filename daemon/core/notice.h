/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A text that waits to be shown to one user. A program that runs as that user fetches it (ListNotices) and
 * shows it: usher-warn, or usher-identify for a sign. A notice ends when it was shown, when its session ends
 * and when its time is up; a restart of usherd forgets it. */

#include "core/manager.h"

/* Notices that wait for one session. */
#define NOTICES_PER_SESSION_MAX 8U

typedef enum NoticeKind {
        NOTICE_MESSAGE,  /* somebody's words for the people at a station */
        NOTICE_SIGN,     /* the station's label in letters that fill the screen: usher-identify */
        NOTICE_IDENTIFY, /* the same as a notification, where there can be no sign */
        _NOTICE_KIND_MAX,
        _NOTICE_KIND_INVALID = -EINVAL,
} NoticeKind;

typedef enum NoticeShown {
        NOTICE_SHOWN_NONE,
        NOTICE_SHOWN_TERMINAL,
        NOTICE_SHOWN_DESKTOP,
        NOTICE_SHOWN_SCREEN, /* over everything else */
        _NOTICE_SHOWN_MAX,
        _NOTICE_SHOWN_INVALID = -EINVAL,
} NoticeShown;

DECLARE_STRING_TABLE(NoticeKind, notice_kind);
DECLARE_STRING_TABLE(NoticeShown, notice_shown);

/* How the notice ended: shown in some way, or NOTICE_SHOWN_NONE. withdrawn: its session is gone, so no other
 * way needs to be tried. The notice is freed when this returns. */
typedef void (*NoticeHandler)(const Notice *n, NoticeShown how, bool withdrawn, void *userdata);

struct Notice {
        Manager *manager;
        uint32_t number;
        NoticeKind kind;
        char *station; /* seat id */
        char *session; /* "" for the console itself */
        char *user;
        uid_t uid;    /* whose program shows it */
        char *from;   /* the account that sent it */
        char *text;   /* as it is shown */
        usec_t until; /* CLOCK_MONOTONIC */
        sd_event_source *timer;
        AsyncCall *start; /* of usher-identify */
        NoticeHandler handler;
        void *userdata;
        TAILQ_ENTRY(Notice) notices;
};

/* Creates a notice for a session at that seat, or with session NULL for the console of a seat where nobody
 * runs anything, announces it, and starts the program that shows it. Returns -ENOBUFS if
 * NOTICES_PER_SESSION_MAX wait for that session, or -ENOMEM. *ret belongs to the manager. */
int notice_new(Notice **ret,
                Manager *m,
                NoticeKind kind,
                const char *seat,
                const Session *session,
                const char *from,
                const char *text,
                NoticeHandler handler,
                void *userdata);

/* Frees the notice without calling its handler. Returns NULL. */
Notice *notice_free(Notice *n);

Notice *notice_find(Manager *m, uint32_t number);

/* The notice was shown, or could not be; runs the handler and frees it. */
void notice_end(Notice *n, NoticeShown how, bool withdrawn);

/* The session has ended, or its id belongs to another one. */
void notice_session_gone(Manager *m, const char *session);
