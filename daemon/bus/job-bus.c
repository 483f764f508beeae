/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/bus.h"
#include "bus/cancel-methods.h"
#include "bus/job-methods.h"
#include "bus/object.h"
#include "bus/sender.h"
#include "common/names.h"
#include "common/timespan.h"
#include "core/job-time.h"
#include "core/jobs.h"

BUS_GETTER(get_number) {
        return sd_bus_message_append(reply, "u", ((JobRunner *) userdata)->job.number);
}

BUS_GETTER(get_text) {
        const Job *j = &((JobRunner *) userdata)->job;

        return sd_bus_message_append(reply, "s",
                        streq(property, "Station")                 ? j->station :
                                        streq(property, "Session") ? j->session.id :
                                        streq(property, "Reason")  ? job_reason_to_string(j->reason) :
                                        streq(property, "Phase")   ? job_phase_to_string(j->phase) :
                                        streq(property, "Warned")  ? job_warned_to_string(j->warned) :
                                                                     job_result_to_string(j->result));
}

/* The message may name the user or a reason that is nobody else's business. A getter cannot wait for polkit,
 * so the UID decides who may read it: the session's user, who requested the log-off, and root, who may end
 * every session. Signals are read by everybody, so it is in none: neither InterfacesAdded has it, nor
 * PropertiesChanged. */
static bool may_read_message(sd_bus *bus, JobRunner *j, sd_bus_message *reply) {
        sd_bus_message *call = sd_bus_get_current_message(bus);
        uid_t uid;

        if (sd_bus_message_is_signal(reply, NULL, NULL) != 0 || !call ||
                        sd_bus_message_is_method_call(call, NULL, NULL) <= 0 ||
                        sender_uid(bus_of(j->manager), call, &uid, NULL) < 0)
                return false;

        return uid == 0 || uid == j->job.uid || uid == j->job.by_uid;
}

BUS_GETTER(get_message) {
        JobRunner *j = userdata;

        return sd_bus_message_append(reply, "s", may_read_message(bus, j, reply) ? j->job.message : "");
}

BUS_GETTER(get_user) {
        const Job *j = &((JobRunner *) userdata)->job;

        return sd_bus_message_append(reply, "(us)", (uint32_t) j->uid, j->user);
}

BUS_GETTER(get_started_by) {
        const Job *j = &((JobRunner *) userdata)->job;

        return sd_bus_message_append(reply, "(us)", (uint32_t) j->by_uid, j->by_user);
}

BUS_GETTER(get_time_requested) {
        return sd_bus_message_append(reply, "u", ((JobRunner *) userdata)->job.time_requested);
}

BUS_GETTER(get_user_extendable) {
        const JobRunner *j = userdata;

        return sd_bus_message_append(reply, "t", job_user_extendable(&j->job, &j->manager->config));
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

/* Whether a job can have this path. */
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

static int find_object(sd_bus *bus,
                const char *path,
                const char *interface,
                void *userdata,
                void **found,
                sd_bus_error *error) {
        Bus *b = userdata;
        uint32_t number;
        JobRunner *j;

        if (!parse_path(path, &number))
                return 0;

        j = jobs_find_number(b->manager, number);
        if (!j)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_JOB,
                                "There is no job %" PRIu32 ", or it has ended.", number);

        *found = j;
        return 1;
}

static int check_object(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        return object_check(m, USHER_PATH_JOB, find_object, userdata, error);
}

static int list_objects(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error) {
        Bus *b = userdata;
        char **paths;
        JobRunner *j;
        size_t n = 0;

        paths = calloc(jobs_count(b->manager) + 1, sizeof(*paths));
        if (!paths)
                return -ENOMEM;

        TAILQ_FOREACH(j, &b->manager->jobs, jobs) {
                paths[n] = job_path(j);
                if (!paths[n++])
                        return bus_free_paths(paths);
        }

        *ret = paths;
        return 1;
}

static const BusChange job_changes[] = {
        { JOB_CHANGED_PHASE, "Phase" },
        { JOB_CHANGED_DEADLINE, "Deadline" },
        { JOB_CHANGED_DEADLINE, "DeadlineMonotonic" },
        { JOB_CHANGED_WARNED, "Warned" },
        { JOB_CHANGED_MESSAGE, "Message" },
        { JOB_CHANGED_STARTED_BY, "Reason" },
        { JOB_CHANGED_STARTED_BY, "StartedBy" },
        { JOB_CHANGED_RESULT, "Result" },
        { JOB_CHANGED_TIME_REQUESTED | JOB_CHANGED_STARTED_BY | JOB_CHANGED_PHASE, "TimeRequested" },
        { JOB_CHANGED_USER_EXTENDABLE | JOB_CHANGED_DEADLINE | JOB_CHANGED_STARTED_BY | JOB_CHANGED_PHASE,
                        "UserExtendable" },
};

void job_emit_changed(Bus *b, const JobRunner *j, unsigned mask) {
        _cleanup_free_ char *path = job_path(j);

        bus_emit_changed(b->manager->bus, path, USHER_IFACE_JOB, job_changes, ELEMENTSOF(job_changes), mask);
}

static const sd_bus_vtable job_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Number", "u", get_number, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Station", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Session", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("User", "(us)", get_user, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Reason", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Message", "s", get_message, 0, SD_BUS_VTABLE_PROPERTY_EMITS_INVALIDATION),
        SD_BUS_PROPERTY("StartedBy", "(us)", get_started_by, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Phase", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Deadline", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("DeadlineMonotonic", "t", get_time, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Remaining", "t", get_time, 0, 0),
        SD_BUS_PROPERTY("Warned", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("TimeRequested", "u", get_time_requested, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("UserExtendable", "t", get_user_extendable, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Result", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),

        SD_BUS_METHOD_WITH_ARGS("Cancel",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        job_method_cancel,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Extend",
                        SD_BUS_ARGS("u", seconds),
                        SD_BUS_NO_RESULT,
                        job_method_extend,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RequestTime",
                        SD_BUS_ARGS("u", seconds),
                        SD_BUS_NO_RESULT,
                        job_method_request_time,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("DenyTime",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        job_method_deny_time,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("EndNow",
                        SD_BUS_NO_ARGS,
                        SD_BUS_NO_RESULT,
                        job_method_end_now,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetWarned",
                        SD_BUS_ARGS("s", how),
                        SD_BUS_NO_RESULT,
                        job_method_set_warned,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetAsked",
                        SD_BUS_ARGS("b", accepted, "s", blockers),
                        SD_BUS_NO_RESULT,
                        job_method_set_asked,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int job_bus_add(Bus *b) {
        int r;

        r = sd_bus_add_fallback(b->manager->bus, NULL, USHER_PATH_JOB, check_object, b);
        if (r < 0)
                return r;

        r = sd_bus_add_fallback_vtable(
                        b->manager->bus, NULL, USHER_PATH_JOB, USHER_IFACE_JOB, job_vtable, find_object, b);
        if (r < 0)
                return r;

        return sd_bus_add_node_enumerator(b->manager->bus, NULL, USHER_PATH_JOB, list_objects, b);
}
