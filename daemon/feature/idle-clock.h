/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* When an idle session is logged off. Time is an argument, and CLOCK_MONOTONIC throughout: a wall clock that
 * is corrected by an hour must not end a session. */

#include "peer/session-info.h"

typedef struct IdleClock {
        usec_t limit;      /* IdleLogOffSec= for its station, 0 for never */
        usec_t inhibited;  /* when its user was last seen to hold an idle inhibitor, 0 for never */
        usec_t idle_reset; /* when a log-off of the session was last cancelled, 0 for never */
} IdleClock;

/* Whether a session can be idle at all: a person's, at a station, neither opening nor closing. */
bool idle_concerns(const SessionInfo *info);

/* When the user of the session is warned; USEC_INFINITY while it is in use. */
usec_t idle_due(const SessionInfo *info, const IdleClock *c);
