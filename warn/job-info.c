/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "warn/job-info.h"

void job_info_init(JobInfo *job) {
        *job = (JobInfo) {
                .user.uid = (uid_t) -1,
                .started_by.uid = (uid_t) -1,
                .user_extendable = USEC_INFINITY,
        };
}

void job_info_done(JobInfo *job) {
        free(job->station);
        free(job->session);
        free(job->user.name);
        free(job->reason);
        free(job->message);
        free(job->started_by.name);
        free(job->phase);
        free(job->warned);
        job_info_init(job);
}

static char **find_string(JobInfo *job, const char *name) {
        const struct {
                const char *name;
                char **field;
        } strings[] = {
                { "Station", &job->station },
                { "Session", &job->session },
                { "Reason", &job->reason },
                { "Message", &job->message },
                { "Phase", &job->phase },
                { "Warned", &job->warned },
        };

        for (size_t i = 0; i < ELEMENTSOF(strings); i++)
                if (streq(name, strings[i].name))
                        return strings[i].field;

        return NULL;
}

static JobUser *find_user(JobInfo *job, const char *name) {
        if (streq(name, "User"))
                return &job->user;
        if (streq(name, "StartedBy"))
                return &job->started_by;

        return NULL;
}

static int read_user(sd_bus_message *m, JobUser *user) {
        const char *name;
        uint32_t uid;
        int r;

        r = sd_bus_message_read(m, "(us)", &uid, &name);
        if (r < 0)
                return r;

        r = string_replace(&user->name, name);
        if (r < 0)
                return r;

        user->uid = uid;
        return 1;
}

static int read_property(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        JobInfo *job = userdata;
        char **string = streq(contents, "s") ? find_string(job, name) : NULL;
        JobUser *user = streq(contents, "(us)") ? find_user(job, name) : NULL;

        if (string)
                return bus_message_read_string(m, string);
        if (user)
                return read_user(m, user);
        if (streq(name, "Number") && streq(contents, "u"))
                return sd_bus_message_read(m, "u", &job->number);
        if (streq(name, "DeadlineMonotonic") && streq(contents, "t"))
                return sd_bus_message_read(m, "t", &job->deadline_monotonic);

        if (streq(name, "TimeRequested") && streq(contents, "u"))
                return sd_bus_message_read(m, "u", &job->time_requested);
        if (streq(name, "UserExtendable") && streq(contents, "t"))
                return sd_bus_message_read(m, "t", &job->user_extendable);

        return 0;
}

int job_info_read(sd_bus_message *m, JobInfo *job) {
        return bus_message_read_properties(m, read_property, job);
}
