/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the fake logind share: its objects and its answers. */

#include "fake-logind.h"

typedef struct Session {
        FakeSession is; /* owns all strings in it */
        char *path;
        gint64 since;
        guint ending; /* the event source that will end it */
} Session;

typedef struct Seat {
        char *id;
        char *path;
} Seat;

typedef struct Inhibitor {
        int fd; /* closed at the other end: the lock is released */
        char *mode;
        char *what;
        char *who;
        char *why;
} Inhibitor;

/* fake-logind-objects.c */
char *fake_logind_path(const char *prefix, const char *id);
void session_free(gpointer p);
void seat_free(gpointer p);
void inhibitor_free(gpointer p);
Session *session_find(FakeLogind *l, const char *id);
Session *session_at(FakeLogind *l, const char *path);
Seat *seat_find(FakeLogind *l, const char *id);
Seat *seat_at(FakeLogind *l, const char *path);
Session *seat_active_session(FakeLogind *l, const char *seat);
GVariant *fake_logind_on_get(gpointer owner, const char *path, const char *interface, const char *property);

/* fake-logind-methods.c */
extern const char fake_logind_xml[];
void fake_logind_on_call(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation);

/* fake-logind.c. As with logind, a session ends after the caller has its reply. */
void session_end_soon(FakeLogind *l, Session *s);
void inhibitors_drop_released(FakeLogind *l);
