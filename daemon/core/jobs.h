/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The one way to start log-offs, and to ask about them in numbers. */

#include "core/job-runner.h"
#include "core/manager.h"

/* Live jobs of the whole machine. */
#define JOBS_MAX 1024U

/* Starts a job for each session, or joins the one that it has. Blocks new logins first where the request
 * says so, and writes the store before it returns, so that a caller hears of no job that a crash could
 * forget. operation becomes LastOperation with the number of jobs; NULL leaves it as it was. ret_jobs has
 * room for n_sessions entries, or is NULL; a session that the request leaves alone (see job_join()) is NULL
 * in it. With n_sessions == 0 nothing changes but LastOperation.
 *
 * Returns 0, -ENOBUFS if there would be more than JOBS_MAX jobs, -ENOMEM, or another negative errno if new
 * logins cannot be blocked. On -ENOBUFS and where logins cannot be blocked nothing has changed. */
int jobs_start(Manager *m,
                Session *const *sessions,
                size_t n_sessions,
                const JobRequest *request,
                const Operation *operation,
                JobRunner **ret_jobs);

/* The live job of this session, or of this number; or NULL. */
JobRunner *jobs_find(Manager *m, const Session *s);
JobRunner *jobs_find_number(Manager *m, uint32_t number);

/* Writes live jobs and the records of the features now; an error is logged. */
void jobs_store(Manager *m);

size_t jobs_count(const Manager *m);
bool jobs_at_station(const Manager *m, const char *station);

/* Whether a job or a feature asks that new logins stay blocked. */
bool jobs_block_logins(const Manager *m);

/* Cancels the jobs that the filter matches and whose end has not begun. Returns how many. */
typedef bool (*JobFilter)(const Job *j, void *userdata);
unsigned jobs_cancel(Manager *m, JobFilter filter, void *userdata);

/* Lets every job look again at its session and its deadlines. */
void jobs_advance(Manager *m);

/* The same for those of one session id: also jobs of the session that had the id before. */
void jobs_advance_session(Manager *m, const char *session);

/* The next job that the pending action waits for: after j, or the first where j is NULL. NULL for none. */
JobRunner *jobs_next_awaited(Manager *m, JobRunner *j);

/* Nothing is pending any more: no job is awaited from here on. */
void jobs_disown(Manager *m);
