/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* logind as the one who shuts the machine down: who holds it up, the order itself, and the delay lock by
 * which it waits for us. See https://systemd.io/INHIBITOR_LOCKS. */

#include "peer/logind.h"

typedef struct ShutdownRequest ShutdownRequest;

/* r is what became of the request, negative where it failed; text is never NULL and safe to be shown. The
 * field that held the request is NULL again when the handler runs. */
typedef void (*LogindAnswer)(int r, const char *text, void *userdata);

/* Who blocks a shutdown: r is how many do, text names them and why. */
int logind_ask_blockers(Logind *l, ShutdownRequest **ret, LogindAnswer handler, void *userdata);

/* Whether logind is about to shut the machine down: r is 1 then, else 0. */
int logind_ask_preparing(Logind *l, ShutdownRequest **ret, LogindAnswer handler, void *userdata);

/* Restarts the machine or switches it off. Blocking inhibitors count for us too: r is negative then, and
 * text is what logind says. */
int logind_shut_down(Logind *l, ShutdownRequest **ret, bool restart, LogindAnswer handler, void *userdata);

ShutdownRequest *shutdown_request_free(ShutdownRequest *q);

/* Whether a shutdown is under way, and for how long a delay lock holds it up at most. */
typedef void (*LogindShutdownFacts)(bool preparing, usec_t delay_max, void *userdata);

typedef struct DelayLock DelayLock;

int delay_lock_new(DelayLock **ret, Logind *l, LogindShutdownFacts handler, void *userdata);
DelayLock *delay_lock_free(DelayLock *d);

/* Asks for the lock, unless it is held or asked for; and tells the facts when they are in. */
void delay_lock_take(DelayLock *d);

/* Gives it back. Nothing where it is not held. */
void delay_lock_release(DelayLock *d);
