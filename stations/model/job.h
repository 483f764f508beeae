/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A log-off under way, see org.usher1(5). */

#include "stations/model/item.h"

#define USHER_TYPE_JOB (usher_job_get_type())
G_DECLARE_FINAL_TYPE(UsherJob, usher_job, USHER, JOB, UsherItem)

/* The id of the station; "" for a session without a seat. */
const char *usher_job_get_station(UsherJob *job);
const char *usher_job_get_user(UsherJob *job, guint32 *ret_uid);
const char *usher_job_get_reason(UsherJob *job);

/* Who asked for it; "" if usherd did. */
const char *usher_job_get_started_by(UsherJob *job);

/* Whether the user is being warned: only then it can be cancelled. */
gboolean usher_job_is_warning(UsherJob *job);

/* Time until the deadline in µs, never negative. now: of the monotonic clock. */
gint64 usher_job_get_remaining(UsherJob *job, gint64 now);

/* How much of the warning is left: 1 to 0. */
double usher_job_get_fraction(UsherJob *job, gint64 now);

/* When the number of seconds left, rounded up, is the next smaller one: µs from now. */
gint64 usher_job_get_next_second(UsherJob *job, gint64 now);

/* How many seconds the user has asked for; 0 for none. */
guint32 usher_job_get_time_requested(UsherJob *job);
