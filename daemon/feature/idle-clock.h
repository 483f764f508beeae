/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* When a forgotten session is to be ended. Time is an argument, and CLOCK_MONOTONIC throughout: a wall clock
 * that is put right by an hour must not end anybody's session. */

#include "peer/session-info.h"

typedef struct IdleClock {
        usec_t limit;      /* IdleLogOffSec= for its station, 0 for never */
        usec_t inhibited;  /* when a program of its user was last seen to hold an idle inhibitor, 0 for never
                            */
        usec_t idle_reset; /* when a log-off of it was last cancelled, 0 for never */
} IdleClock;

/* The sessions that this is about at all: of a person, at a station, neither coming nor going. */
bool idle_concerns(const SessionInfo *f);

/* When the session is to be warned; USEC_INFINITY while it is in use. */
usec_t idle_due(const SessionInfo *f, const IdleClock *c);
