/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Limits how often each UID does something within a minute. Time is an argument. */

#include <sys/types.h>

#include "common/macro.h"

/* For one UID in a minute. */
#define RATE_EACH_MAX 20U

/* For all UIDs in a minute. No more is remembered, so the memory does not grow with the number of callers.
 */
#define RATE_ALL_MAX 256U

typedef struct Rate {
        struct {
                uid_t uid;
                usec_t when;  /* CLOCK_MONOTONIC */
        } done[RATE_ALL_MAX]; /* a ring: the oldest entry is overwritten first */
        size_t next;
        size_t n;
} Rate;

/* Counts that this UID does it now. Returns 0, or the limit that it has reached; then nothing is counted. */
unsigned rate_note(Rate *r, uid_t uid, usec_t now);
