/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How often each uid did something in the last minute. Time is an argument. */

#include <sys/types.h>

#include "common/macro.h"

/* Of one uid in a minute. */
#define RATE_EACH_MAX 20U

/* Of all uids in a minute. It is also what is remembered, so that no number of callers makes us grow. */
#define RATE_ALL_MAX 256U

typedef struct Rate {
        struct {
                uid_t uid;
                usec_t when;  /* CLOCK_MONOTONIC */
        } done[RATE_ALL_MAX]; /* a ring: the oldest is overwritten first */
        size_t next;
        size_t n;
} Rate;

/* Notes that this uid does it now. Returns 0, or the limit that stands in the way: then nothing is noted. */
unsigned rate_note(Rate *r, uid_t uid, usec_t now);
