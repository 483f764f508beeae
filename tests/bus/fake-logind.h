/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A logind with the paths, signatures, signals and errors of systemd 252, and with switches to misbehave. */

#include "fake.h"

typedef struct FakeSession {
        const char *id;
        guint32 uid;
        const char *name;  /* default: the name of the account */
        const char *seat;  /* NULL or "": none */
        const char *class; /* default "user" */
        const char *type;  /* default "x11" */
        const char *state; /* default "active" */
        const char *tty;
        const char *display;
        const char *service; /* default "lightdm" */
        const char *desktop;
        const char *remote_host; /* makes it a remote session */
        guint32 vtnr;
        guint32 leader;          /* default: a new one for each session; a process that runs for a greeter */
        gboolean no_leader;      /* its leader is 0 */
        guint64 since_monotonic; /* default: now */
        gboolean idle;
        gint64 idle_since; /* realtime, µs */
        gboolean locked;
        gboolean inactive; /* Active is false */
} FakeSession;

typedef struct FakeLogind {
        Fake fake;

        /* TerminateSession makes the session "closing" as usual, but the session does not end. */
        gboolean ignore_terminate;
        /* KillSession succeeds, and nothing dies. */
        gboolean ignore_kill;
        /* Members that return this error as long as it is set. */
        const char *refuse_terminate;
        /* The reply of CanReboot and CanPowerOff; default "yes". */
        const char *can;

        /* Activate of a session makes it active. */
        gboolean activates;

        gboolean preparing; /* PreparingForShutdown */
        const char *refuse_shutdown;
        gboolean hang_shutdown; /* Reboot and PowerOff get no reply and have no effect */
        gboolean lose_signals;  /* SessionNew is not sent */

        /* private */
        GPtrArray *sessions;
        GPtrArray *seats;
        GPtrArray *inhibitors;
} FakeLogind;

FakeLogind *fake_logind_new(Bus *bus);
void fake_logind_free(FakeLogind *logind);

void fake_logind_add_seat(FakeLogind *logind, const char *id);
void fake_logind_remove_seat(FakeLogind *logind, const char *id);

/* fake_logind_add_session(logind, .id = "3", .uid = 1001, .seat = "seat0") */
#define fake_logind_add_session(logind, ...) fake_logind_add(logind, &(FakeSession) { __VA_ARGS__ })
void fake_logind_add(FakeLogind *logind, const FakeSession *session);

/* Ends the session, whatever the cause, and sends SessionRemoved. */
void fake_logind_remove_session(FakeLogind *logind, const char *id);
gboolean fake_logind_has_session(FakeLogind *logind, const char *id);

void fake_logind_set_state(FakeLogind *logind, const char *id, const char *state);
void fake_logind_set_locked(FakeLogind *logind, const char *id, gboolean locked);
void fake_logind_set_idle(FakeLogind *logind, const char *id, gboolean idle);
void fake_logind_set_active(FakeLogind *logind, const char *id, gboolean active);

/* Gives the id to another session, with another leader and start, without any signal, as when signals are
 * lost. */
void fake_logind_reuse_id(FakeLogind *logind, const char *id, uid_t uid);

/* The id of the session with this scope, "session-3.scope". NULL if there is none. */
const char *fake_logind_session_of_scope(FakeLogind *logind, const char *scope);

/* Sends logind's signal PrepareForShutdown. */
void fake_logind_prepare_for_shutdown(FakeLogind *logind, gboolean start);

/* Takes an inhibitor that is never released, in the mode "block" or "block-weak". */
void fake_logind_block(
                FakeLogind *logind, const char *mode, const char *what, const char *who, const char *why);

/* How many inhibitor locks of that mode ("delay", "block") are held now. */
guint fake_logind_inhibitors(FakeLogind *logind, const char *mode);
