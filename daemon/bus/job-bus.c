/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/bus.h"
#include "bus/logoff-methods.h"
#include "common/bus-util.h"
#include "common/names.h"
#include "common/text.h"
#include "common/timespan.h"
#include "core/job-runner.h"
#include "feature/shutdown.h"

/* Whether the path is one that a job has, had or may have. */
static bool parse_path(const char *path, uint32_t *ret) {
        const char *number = startswith(path, USHER_PATH_JOB "/");
        char canonical[16];
        unsigned long n;

        if (!number)
                return false;

        /* "07", "+7" or "7 " is no job's path. */
        n = strtoul(number, NULL, 10);
        (void) snprintf(canonical, sizeof(canonical), "%lu", n);
        if (n > UINT32_MAX || !streq(canonical, number))
                return false;

        *ret = (uint32_t) n;
        return true;
}

usec_t job_deadline_realtime(const Job *j) {
        usec_t now = now_monotonic();

        return j->deadline > now ? now_realtime() + (j->deadline - now) :
                                   now_realtime() - (now - j->deadline);
}

BUS_GETTER(get_number) {
        return sd_bus_message_append(reply, "u", ((JobRunner *) userdata)->job.number);
}

BUS_GETTER(get_text) {
        const Job *j = &((JobRunner *) userdata)->job;

        return sd_bus_message_append(reply, "s",
                        streq(property, "Station")                 ? j->station :
                                        streq(property, "Session") ? j->session.id :
                                        streq(property, "Reason")  ? job_reason_to_string(j->reason) :
                                        streq(property, "Message") ? j->message :
                                        streq(property, "Phase")   ? job_phase_to_string(j->phase) :
                                        streq(property, "Warned")  ? job_warned_to_string(j->warned) :
                                                                     job_result_to_string(j->result));
}

BUS_GETTER(get_user) {
        const Job *j = &((JobRunner *) userdata)->job;

        return sd_bus_message_append(reply, "(us)", (uint32_t) j->uid, j->user);
}

BUS_GETTER(get_started_by) {
        const Job *j = &((JobRunner *) userdata)->job;

        return sd_bus_message_append(reply, "(us)", (uint32_t) j->by_uid, j->by_user);
}

BUS_GETTER(get_time) {
        const Job *j = &((JobRunner *) userdata)->job;
        usec_t now = now_monotonic();

        return sd_bus_message_append(reply, "t",
                        streq(property, "Deadline")                          ? job_deadline_realtime(j) :
                                        streq(property, "DeadlineMonotonic") ? j->deadline :
                                        j->deadline > now                    ? j->deadline - now :
                                                                               0);
}

static int too_late(sd_bus_error *error) {
        return sd_bus_error_setf(
                        error, USHER_ERROR_NOT_CANCELLABLE, "The end of the session has begun already.");
}

/* The right to end the job's session after that grace. A session that is gone is nobody's to decide about.
 */
static int authorize_job(JobRunner *l, sd_bus_message *message, usec_t grace, sd_bus_error *error) {
        const SessionInfo *f = job_runner_session(l);

        if (!f)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_SESSION, "The session is gone.");

        return authorize_log_off(l->manager, message, &f, 1, grace, error);
}

/* Returns 1 when the sender is this user, 0 when somebody else. */
static int sender_is(sd_bus_message *message, uid_t wanted, sd_bus_error *error) {
        uid_t uid;

        if (polkit_sender_uid(message, &uid) < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED, "Cannot tell who is asking.");

        return uid == wanted;
}

static int method_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *l = userdata;
        Manager *m = l->manager;
        Station *s = manager_find_station(m, l->job.station);
        int r;

        /* Whoever began it alone may call it off. That somebody's own session is meant gives them no right
         * to stay. */
        r = sender_is(message, l->job.by_uid, error);
        if (r < 0)
                return r;
        if (r == 0 || l->job.shared) {
                /* With the job all that was to follow it is called off. */
                r = polkit_check(m->polkit, message,
                                l->job.pending != PENDING_NONE ? pending_action(l->job.pending) :
                                                                 USHER_ACTION_LOG_OFF,
                                (const char *const[]) {
                                                "station",
                                                l->job.station,
                                                "label",
                                                s ? station_name(s) : l->job.station,
                                                "session",
                                                l->job.session.id,
                                                "user",
                                                l->job.user,
                                                NULL,
                                },
                                error);
                if (r <= 0)
                        return r < 0 ? r : 1;
        }

        if (shutdown_is_under_way(m))
                return cannot_stay(error);

        r = job_runner_cancel(l);
        if (r < 0)
                return too_late(error);

        manager_store_jobs(m);
        return sd_bus_reply_method_return(message, "");
}

static int method_extend(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *l = userdata;
        uint32_t seconds;
        int r;

        r = sd_bus_message_read(message, "u", &seconds);
        if (r < 0)
                return r;

        r = sender_is(message, l->job.uid, error);
        if (r < 0)
                return r;
        if (r == 0) {
                r = authorize_job(l, message, USEC_INFINITY, error);
                if (r <= 0)
                        return r < 0 ? r : 1;
        }

        r = job_runner_extend(l, seconds * USEC_PER_SEC);
        if (r == -ERANGE)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "A warning lasts at most %" PRIu64 " seconds.",
                                l->manager->config.maximum_grace_usec / USEC_PER_SEC);
        if (r < 0)
                return too_late(error);

        manager_store_jobs(l->manager);
        return sd_bus_reply_method_return(message, "");
}

/* For how long the user has been warned: not at all while the session is opening. */
static usec_t warned_for(JobRunner *l) {
        const SessionInfo *f = job_runner_session(l);

        return f && session_is_opening(f) ? 0 : now_monotonic() - l->readable_since;
}

static int method_end_now(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *l = userdata;
        int r;

        r = sender_is(message, l->job.uid, error);
        if (r < 0)
                return r;
        if (r == 0) {
                r = authorize_job(l, message, warned_for(l), error);
                if (r <= 0)
                        return r < 0 ? r : 1;
        }

        r = job_runner_end_now(l);
        if (r == -EALREADY)
                return too_late(error);
        if (r < 0)
                return r;

        return sd_bus_reply_method_return(message, "");
}

/* usher-warn runs as the user, so that is who may report for the user; it is believed about nobody else. */
static int check_reporter(JobRunner *l, sd_bus_message *message, sd_bus_error *error) {
        uid_t uid;

        if (polkit_sender_uid(message, &uid) < 0 || (uid != 0 && uid != l->job.uid))
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "Only the user of the session may say this.");

        return 0;
}

static int method_set_warned(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        JobRunner *l = userdata;
        const char *how;
        JobWarned warned;
        int r;

        r = sd_bus_message_read(message, "s", &how);
        if (r < 0)
                return r;

        warned = job_warned_from_string(how);
        if ((int) warned < 0 || warned == JOB_WARNED_PENDING)
                return sd_bus_error_setf(
                                error, SD_BUS_ERROR_INVALID_ARGS, "It is one of desktop, terminal, none.");

        r = check_reporter(l, message, error);
        if (r < 0)
                return r;

        job_runner_set_warned(l, warned);
        return sd_bus_reply_method_return(message, "");
}

static int method_set_asked(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_free_ char *safe = NULL;
        JobRunner *l = userdata;
        const char *blockers;
        int accepted, r;

        r = sd_bus_message_read(message, "bs", &accepted, &blockers);
        if (r < 0)
                return r;
        if (strlen(blockers) > USHER_MESSAGE_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "The names are at most %u bytes long.", USHER_MESSAGE_MAX);

        r = check_reporter(l, message, error);
        if (r < 0)
                return r;

        safe = text_sanitize(blockers, USHER_MESSAGE_MAX);
        if (!safe)
                return -ENOMEM;

        job_runner_set_asked(l, accepted, safe);
        return sd_bus_reply_method_return(message, "");
}

static const sd_bus_vtable job_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Number", "u", get_number, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Station", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Session", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("User", "(us)", get_user, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Reason", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Message", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("StartedBy", "(us)", get_started_by, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Phase", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Deadline", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("DeadlineMonotonic", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Remaining", "t", get_time, 0, 0),
        SD_BUS_PROPERTY("Warned", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Result", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),

        SD_BUS_METHOD_WITH_ARGS("Cancel",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        method_cancel,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Extend",
                        SD_BUS_ARGS("u", seconds),
                        SD_BUS_NO_RESULT,
                        method_extend,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("EndNow",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        method_end_now,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetWarned",
                        SD_BUS_ARGS("s", how),
                        SD_BUS_NO_RESULT,
                        method_set_warned,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetAsked",
                        SD_BUS_ARGS("b", accepted, "s", blockers),
                        SD_BUS_NO_RESULT,
                        method_set_asked,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const BusChange job_changes[] = {
        { JOB_CHANGED_PHASE, "Phase" },
        { JOB_CHANGED_DEADLINE, "Deadline" },
        { JOB_CHANGED_DEADLINE, "DeadlineMonotonic" },
        { JOB_CHANGED_WARNED, "Warned" },
        { JOB_CHANGED_MESSAGE, "Message" },
        { JOB_CHANGED_STARTED_BY, "Reason" },
        { JOB_CHANGED_STARTED_BY, "StartedBy" },
        { JOB_CHANGED_RESULT, "Result" },
};

void job_emit_changed(Manager *m, const JobRunner *l, unsigned mask) {
        _cleanup_free_ char *path = job_path(l);

        bus_emit_changed(m, path, USHER_IFACE_JOB, job_changes, ELEMENTSOF(job_changes), mask);
}

static int find_job(sd_bus *bus,
                const char *path,
                const char *interface,
                void *userdata,
                void **found,
                sd_bus_error *error) {
        uint32_t number;
        JobRunner *l;

        if (!parse_path(path, &number))
                return 0;

        l = manager_find_job(userdata, number);
        if (!l)
                return sd_bus_error_setf(
                                error, USHER_ERROR_NO_SUCH_JOB, "There is no such job, or it has ended.");

        *found = l;
        return 1;
}

static int list_jobs(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error) {
        Manager *m = userdata;
        size_t n = 0;
        char **paths;
        JobRunner *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                n++;

        paths = calloc(n + 1, sizeof(*paths));
        if (!paths)
                return -ENOMEM;

        n = 0;
        TAILQ_FOREACH(l, &m->jobs, jobs) {
                paths[n] = job_path(l);
                if (!paths[n++])
                        return bus_free_paths(paths);
        }

        *ret = paths;
        return 1;
}

int job_bus_setup(Manager *m) {
        int r;

        r = sd_bus_add_fallback_vtable(
                        m->bus, NULL, USHER_PATH_JOB, USHER_IFACE_JOB, job_vtable, find_job, m);
        if (r < 0)
                return r;

        return sd_bus_add_node_enumerator(m->bus, NULL, USHER_PATH_JOB, list_jobs, m);
}
