/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/job-time.h"

usec_t job_user_extendable(const Job *j, const Config *config) {
        usec_t latest = j->created + config->maximum_grace_usec, room;

        if (j->phase != JOB_WARNING || j->deadline >= latest)
                return 0;

        room = latest - j->deadline;
        if (job_is_owned_by(j, j->uid))
                return room;
        if (j->user_extended >= config->user_extend_max_usec)
                return 0;

        return MIN_OF(room, config->user_extend_max_usec - j->user_extended);
}

/* Finds the deadline after |by| more. */
static int postpone(const Job *j, usec_t by, usec_t until, const Config *config, usec_t *ret) {
        usec_t deadline;

        if (j->phase != JOB_WARNING)
                return -EALREADY;

        if (__builtin_add_overflow(j->deadline, by, &deadline) ||
                        deadline - j->created > config->maximum_grace_usec)
                return -ERANGE;

        if (deadline > until && j->deadline >= until)
                return -ETIME;

        *ret = MIN_OF(deadline, until);
        return 0;
}

int job_extend(Job *j, usec_t by, bool by_user, usec_t until, const Config *config) {
        usec_t deadline;
        int r;

        r = postpone(j, by, until, config, &deadline);
        if (r < 0)
                return r;
        if (by_user && by > job_user_extendable(j, config))
                return -EDQUOT;

        if (by_user)
                j->user_extended += deadline - j->deadline;
        else if (by > 0)
                j->time_requested = 0;
        j->grace += deadline - j->deadline;
        j->deadline = deadline;
        return 0;
}

int job_request_time(Job *j, uint32_t seconds, usec_t until, const Config *config) {
        usec_t deadline;
        int r;

        r = postpone(j, seconds * USEC_PER_SEC, until, config, &deadline);
        if (r < 0)
                return r;
        if (seconds * USEC_PER_SEC <= job_user_extendable(j, config))
                return -EINVAL;
        if (j->time_requested == seconds)
                return 0;
        if (j->time_requests >= JOB_TIME_REQUESTS_MAX)
                return -ENOBUFS;

        j->time_requested = seconds;
        j->time_requests++;
        return 1;
}

int job_deny_time(Job *j) {
        if (j->time_requested == 0)
                return -ENOENT;

        j->time_requested = 0;
        return 0;
}
