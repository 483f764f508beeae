/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/cancel-methods.h"
#include "bus/job-methods.h"
#include "bus/refusal.h"
#include "bus/sender.h"
#include "common/names.h"
#include "common/text.h"
#include "common/timespan.h"
#include "core/job-time.h"
#include "core/jobs.h"

/* The user of the session may do this, others need the right to end the session after that grace. */
static int authorize_user(
                JobRunner *j, sd_bus_message *message, usec_t grace, uid_t *ret_uid, sd_bus_error *error) {
        Bus *b = bus_of(j->manager);
        Session *s;
        int r;

        r = sender_uid(b, message, ret_uid, error);
        if (r < 0)
                return r;
        if (*ret_uid == j->job.uid)
                return 1;

        s = job_runner_session(j);
        if (!s)
                return sd_bus_error_setf(
                                error, USHER_ERROR_NO_SUCH_SESSION, "The session has ended already.");

        return authorize_log_off(b, message, &s, 1, grace, error);
}

/* For what only the user of the session does. usher-warn runs as that user. */
static int check_own_user(JobRunner *j, sd_bus_message *message, sd_bus_error *error) {
        uid_t uid;
        int r;

        r = sender_uid(bus_of(j->manager), message, &uid, error);
        if (r < 0)
                return r;
        if (uid != 0 && uid != j->job.uid) {
                refusal_record(bus_of(j->manager), message, "", NULL, false);
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "Only the user of the session may do this.");
        }

        return 0;
}

static uint64_t seconds_until(usec_t time) {
        usec_t now = now_monotonic();

        return time > now ? (time - now) / USEC_PER_SEC : 0;
}

/* Why a job gets no more time. */
static int time_error(const JobRunner *j, int r, sd_bus_error *error) {
        const Manager *m = j->manager;
        uint64_t own = job_user_extendable(&j->job, &m->config) / USEC_PER_SEC;

        switch (r) {
        case -ERANGE:
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "A warning lasts %" PRIu64 " seconds at most.",
                                m->config.maximum_grace_usec / USEC_PER_SEC);
        case -ETIME:
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "The shutdown waits for at most %" PRIu64 " more seconds.",
                                seconds_until(m->waits_until));
        case -EDQUOT:
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "You can add %" PRIu64 " more seconds yourself. Ask for more time.", own);
        case -EINVAL:
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "The time must be more than the %" PRIu64
                                " seconds that you can add yourself.",
                                own);
        case -ENOBUFS:
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "Too many requests for more time (limit %u).", JOB_TIME_REQUESTS_MAX);
        default:
                return already_ending(error);
        }
}

int job_method_extend(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *j = userdata;
        Manager *m = j->manager;
        uint32_t seconds;
        uid_t uid;
        int r;

        r = sd_bus_message_read(message, "u", &seconds);
        if (r < 0)
                return r;

        r = authorize_user(j, message, USEC_INFINITY, &uid, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = job_extend(&j->job, seconds * USEC_PER_SEC, uid != 0 && uid == j->job.uid, m->waits_until,
                        &m->config);
        if (r < 0)
                return time_error(j, r, error);

        job_runner_changed(j, JOB_CHANGED_DEADLINE | JOB_CHANGED_TIME_REQUESTED);
        /* This may end the job, and free it. */
        job_runner_advance(j);
        jobs_store(m);
        return sd_bus_reply_method_return(message, NULL);
}

int job_method_request_time(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *j = userdata;
        Manager *m = j->manager;
        uint32_t seconds;
        int r;

        r = sd_bus_message_read(message, "u", &seconds);
        if (r < 0)
                return r;

        r = check_own_user(j, message, error);
        if (r < 0)
                return r;

        r = job_request_time(&j->job, seconds, m->waits_until, &m->config);
        if (r < 0)
                return time_error(j, r, error);

        if (r > 0) {
                job_runner_changed(j, JOB_CHANGED_TIME_REQUESTED);
                jobs_store(m);
        }
        return sd_bus_reply_method_return(message, NULL);
}

int job_method_deny_time(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *j = userdata;
        uid_t uid;
        int r;

        r = authorize_user(j, message, USEC_INFINITY, &uid, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = job_deny_time(&j->job);
        if (r < 0)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_REQUEST,
                                "Job %" PRIu32 " has no request for more time.", j->job.number);

        job_runner_changed(j, JOB_CHANGED_TIME_REQUESTED);
        jobs_store(j->manager);
        return sd_bus_reply_method_return(message, NULL);
}

/* For how long the user has been able to read the warning: not at all while the session is opening. */
static usec_t warned_for(JobRunner *j) {
        const Session *s = job_runner_session(j);

        return s && session_is_opening(s->info) ? 0 : now_monotonic() - j->readable_since;
}

int job_method_end_now(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *j = userdata;
        uid_t uid;
        int r;

        r = authorize_user(j, message, warned_for(j), &uid, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = job_runner_end_now(j);
        if (r == -EALREADY)
                return already_ending(error);
        if (r < 0)
                return r;

        return sd_bus_reply_method_return(message, NULL);
}

int job_method_set_warned(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *j = userdata;
        const char *how;
        JobWarned warned;
        int r;

        r = sd_bus_message_read(message, "s", &how);
        if (r < 0)
                return r;

        warned = job_warned_from_string(how);
        if ((int) warned < 0 || warned == JOB_WARNED_PENDING)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "The user is warned by desktop, terminal or none.");

        r = check_own_user(j, message, error);
        if (r < 0)
                return r;

        job_runner_set_warned(j, warned);
        return sd_bus_reply_method_return(message, NULL);
}

int job_method_set_asked(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_free_ char *safe = NULL;
        JobRunner *j = userdata;
        const char *blockers;
        int accepted, r;

        r = sd_bus_message_read(message, "bs", &accepted, &blockers);
        if (r < 0)
                return r;
        if (strlen(blockers) > USHER_MESSAGE_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "The names of the blockers must be at most %u bytes.", USHER_MESSAGE_MAX);

        r = check_own_user(j, message, error);
        if (r < 0)
                return r;

        safe = text_sanitize(blockers, USHER_MESSAGE_MAX);
        if (!safe)
                return -ENOMEM;

        job_runner_set_asked(j, accepted, safe);
        return sd_bus_reply_method_return(message, NULL);
}
