/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* More time for one job: users may add some themselves, and ask for more. */

#include "core/job.h"

/* How often a user may ask for more time in one job: each request interrupts somebody. */
#define JOB_TIME_REQUESTS_MAX 3U

/* How much the session's own user may still add: config->user_extend_max_usec in all, or as much as anybody
 * where the user has requested the log-off alone and so may cancel it. 0 after the warning. */
usec_t job_user_extendable(const Job *j, const Config *config);

/* Postpones the deadline, but not past |until|: then it gives what is left. by_user: for the session's own
 * user; time from anybody else answers the user's request. -EALREADY after the warning, -ERANGE past
 * config->maximum_grace_usec from the start, -EDQUOT if it is more than the user may add, -ETIME if nothing
 * is left; nothing changes then. */
int job_extend(Job *j, usec_t by, bool by_user, usec_t until, const Config *config);

/* The session's user asks for more time; another request replaces an earlier one. Returns 1, or 0 if
 * nothing changes because they ask for the same already, the errors of job_extend(), -EINVAL if the user may
 * add that much without asking, or -ENOBUFS after JOB_TIME_REQUESTS_MAX requests. */
int job_request_time(Job *j, uint32_t seconds, usec_t until, const Config *config);

/* Ends the user's request. -ENOENT if there is none. */
int job_deny_time(Job *j);
