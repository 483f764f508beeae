/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Whether a warning offers five more minutes (WORDING_EXTEND_SEC), or to ask for them, and what became of a
 * request. Pure code. */

#include "warn/job-info.h"

typedef struct MoreTime {
        usec_t first_seen;                 /* CLOCK_MONOTONIC: the job */
        bool refused_extend, refused_time; /* usherd has refused what was offered */
        uint32_t requested;                /* at the last look, in seconds */
        bool denied;                       /* the last request */
} MoreTime;

/* Looks at the job again. shown_deadline is the deadline that the user has read. Returns whether a request
 * has come or has been answered. */
bool more_time_update(MoreTime *t, const JobInfo *job, usec_t shown_deadline);

/* usherd has refused RequestTime (asked) or another choice of the user: it is not offered any more. */
void more_time_refused(MoreTime *t, bool asked);

/* What to offer: one of both at most. maximum is the configured limit of a grace period. */
bool more_time_may_extend(const MoreTime *t, const JobInfo *job, usec_t maximum);
bool more_time_may_ask(const MoreTime *t, const JobInfo *job, usec_t maximum);
