/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "warn/more-time.h"
#include "warn/wording.h"

#define EXTEND_USEC (WORDING_EXTEND_SEC * USEC_PER_SEC)

/* More time moves the deadline, a denial does not. */
bool more_time_update(MoreTime *t, const JobInfo *job, usec_t shown_deadline) {
        bool moved = shown_deadline != job->deadline_monotonic;
        uint32_t before = t->requested;

        t->requested = job->time_requested;
        if (before > 0 && job->time_requested == 0 && !moved)
                t->denied = true;
        else if (job->time_requested > 0 || moved)
                t->denied = false;

        return before != job->time_requested;
}

void more_time_refused(MoreTime *t, bool asked) {
        if (asked)
                t->refused_time = true;
        else
                t->refused_extend = true;
}

/* The job may be older than this process knows. Then usherd refuses, and the offer is withdrawn. */
static bool has_room(const MoreTime *t, const JobInfo *job, usec_t maximum) {
        return streq(job->phase, "warning") &&
                        (maximum == USEC_INFINITY ||
                                        job->deadline_monotonic + EXTEND_USEC <= t->first_seen + maximum);
}

bool more_time_may_extend(const MoreTime *t, const JobInfo *job, usec_t maximum) {
        return has_room(t, job, maximum) && !t->refused_extend && job->user_extendable >= EXTEND_USEC;
}

bool more_time_may_ask(const MoreTime *t, const JobInfo *job, usec_t maximum) {
        return has_room(t, job, maximum) && !t->refused_time && job->time_requested == 0 &&
                        !more_time_may_extend(t, job, maximum);
}
