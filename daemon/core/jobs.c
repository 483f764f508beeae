/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/job-store.h"
#include "core/jobs.h"

JobRunner *jobs_find(Manager *m, const Session *s) {
        IndexEntry *e;

        for (e = index_first(&m->jobs_by_session, s->info->id); e; e = index_next(e)) {
                JobRunner *j = e->item;

                if (session_identity_matches(&j->job.session, s->info))
                        return j;
        }

        return NULL;
}

JobRunner *jobs_find_number(Manager *m, uint32_t number) {
        char key[sizeof("4294967295")];

        (void) snprintf(key, sizeof(key), "%" PRIu32, number);
        return index_find(&m->jobs_by_number, key);
}

void jobs_store(Manager *m) {
        StoreWriter *w;
        JobRunner *j;
        int r;

        m->changes.store = false;

        r = store_begin(m->store, &w);
        if (r >= 0) {
                TAILQ_FOREACH(j, &m->jobs, jobs)
                        job_store_write(&j->job, w);
                for (size_t i = 0; m->features[i]; i++)
                        if (m->features[i]->store_write)
                                m->features[i]->store_write(m->feature_states[i], w);
                r = store_commit(w);
        }
        if (r >= 0) {
                m->store_failed = false;
                return;
        }

        /* The next notification tries again: an old version must not revive what was cancelled since. */
        m->changes.store = true;
        if (!m->store_failed)
                log_error_errno(r,
                                "Failed to store the live jobs, a restart of usherd would know only earlier "
                                "ones: %m");
        m->store_failed = true;
}

size_t jobs_count(const Manager *m) {
        return m->jobs_by_number.n_entries;
}

bool jobs_at_station(const Manager *m, const char *station) {
        return index_first(&m->jobs_by_station, station);
}

bool jobs_block_logins(const Manager *m) {
        const JobRunner *j;

        TAILQ_FOREACH(j, &m->jobs, jobs)
                if (j->job.block_logins)
                        return true;

        for (size_t i = 0; m->features[i]; i++)
                if (m->features[i]->blocks_logins && m->features[i]->blocks_logins(m->feature_states[i]))
                        return true;

        return false;
}

static size_t count_after(Manager *m, Session *const *sessions, size_t n_sessions) {
        size_t n = jobs_count(m);

        for (size_t i = 0; i < n_sessions; i++)
                n += !jobs_find(m, sessions[i]);

        return n;
}

static int start_or_join(JobRunner **ret, Manager *m, const Session *s, const JobRequest *request) {
        JobRunner *j = jobs_find(m, s);
        int r;

        if (!j)
                return job_runner_start(ret, m, s, request);

        /* A countdown that runs already stays as it is. */
        if (job_origin_is_automatic(request->origin)) {
                *ret = NULL;
                return 0;
        }

        r = job_runner_join(j, request);
        if (r >= 0)
                *ret = j;
        return r;
}

int jobs_start(Manager *m,
                Session *const *sessions,
                size_t n_sessions,
                const JobRequest *request,
                const Operation *operation,
                JobRunner **ret_jobs) {

        int r;

        if (count_after(m, sessions, n_sessions) > JOBS_MAX)
                return -ENOBUFS;

        if (request->block_logins && n_sessions > 0) {
                r = logins_block(m->logins);
                if (r < 0)
                        return r;

                /* If no job comes of it after all, the notification unblocks them. */
                manager_changed(m, 0);
        }

        for (size_t i = 0; i < n_sessions; i++) {
                JobRunner *j;

                r = start_or_join(&j, m, sessions[i], request);
                if (r < 0)
                        return r;
                if (ret_jobs)
                        ret_jobs[i] = j;
        }

        if (n_sessions > 0)
                jobs_store(m);
        if (operation) {
                m->last_operation = *operation;
                m->last_operation.jobs = (unsigned) n_sessions;
                manager_changed(m, MANAGER_CHANGED_LAST_OPERATION);
        }

        return 0;
}

unsigned jobs_cancel(Manager *m, JobFilter filter, void *userdata) {
        JobRunner *j, *next;
        unsigned n = 0;

        for (j = TAILQ_FIRST(&m->jobs); j; j = next) {
                next = TAILQ_NEXT(j, jobs);
                if (filter(&j->job, userdata) && job_runner_cancel(j) >= 0)
                        n++;
        }

        return n;
}

void jobs_advance(Manager *m) {
        JobRunner *j, *next;

        for (j = TAILQ_FIRST(&m->jobs); j; j = next) {
                next = TAILQ_NEXT(j, jobs);
                job_runner_advance(j);
        }
}

void jobs_advance_session(Manager *m, const char *session) {
        IndexEntry *e, *next;

        for (e = index_first(&m->jobs_by_session, session); e; e = next) {
                next = index_next(e);
                job_runner_advance(e->item);
        }
}

JobRunner *jobs_next_awaited(Manager *m, JobRunner *j) {
        for (j = j ? TAILQ_NEXT(j, jobs) : TAILQ_FIRST(&m->jobs); j; j = TAILQ_NEXT(j, jobs))
                if (j->job.awaited)
                        return j;

        return NULL;
}

void jobs_disown(Manager *m) {
        for (JobRunner *j = jobs_next_awaited(m, NULL); j; j = jobs_next_awaited(m, j))
                j->job.awaited = false;
        manager_store_changed(m);
}
