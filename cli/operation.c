/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/connection.h"
#include "cli/listing.h"
#include "cli/operation.h"
#include "cli/progress.h"
#include "common/names.h"

int operation_begin(Command *c, Operation *ret) {
        Operation o = { .command = c };
        int r;

        r = c->wait ? wait_new(c, &o.wait) : connection_snapshot(c, &o.snapshot);
        if (r < 0)
                return r;

        *ret = o;
        return 0;
}

void operation_done(Operation *o) {
        wait_free(o->wait);
        snapshot_free(o->snapshot);
        for (size_t i = 0; i < o->n_jobs; i++)
                free(o->jobs[i]);
        free(o->jobs);
        *o = (Operation) {};
}

const Snapshot *operation_snapshot(const Operation *o) {
        return o->wait ? wait_snapshot(o->wait) : o->snapshot;
}

static int append_options(sd_bus_message *m, const Command *c) {
        int r;

        r = sd_bus_message_open_container(m, SD_BUS_TYPE_ARRAY, "{sv}");
        if (r >= 0 && c->grace_set)
                r = sd_bus_message_append(m, "{sv}", "grace", "u", c->grace);
        if (r >= 0 && c->message)
                r = sd_bus_message_append(m, "{sv}", "message", "s", c->message);
        if (r >= 0 && c->reason)
                r = sd_bus_message_append(m, "{sv}", "reason", "s", c->reason);
        if (r >= 0 && c->include_caller)
                r = sd_bus_message_append(m, "{sv}", "include-caller", "b", true);
        if (r >= 0 && c->include_seatless)
                r = sd_bus_message_append(m, "{sv}", "include-seatless", "b", true);
        if (r >= 0 && c->block_logins)
                r = sd_bus_message_append(m, "{sv}", "block-logins", "b", true);
        if (r < 0)
                return r;

        return sd_bus_message_close_container(m);
}

static int add_job(Operation *o, const char *path) {
        char **jobs;

        if (o->wait)
                return wait_add(o->wait, path);

        jobs = reallocarray(o->jobs, o->n_jobs + 1, sizeof(char *));
        if (!jobs)
                return complain(ENOMEM, "Out of memory.");
        o->jobs = jobs;

        jobs[o->n_jobs] = strdup(path);
        if (!jobs[o->n_jobs])
                return complain(ENOMEM, "Out of memory.");

        o->n_jobs++;
        return 0;
}

/* The answer is one path or a list of them. */
static int read_jobs(Operation *o, sd_bus_message *reply, size_t *ret_n) {
        bool list = sd_bus_message_has_signature(reply, "ao") > 0;
        const char *path;
        size_t n = 0;
        int r, k;

        r = list ? sd_bus_message_enter_container(reply, SD_BUS_TYPE_ARRAY, "o") : 0;
        if (r < 0)
                return complain(r, "Failed to read usherd's answer: %m");

        do {
                r = sd_bus_message_read_basic(reply, SD_BUS_TYPE_OBJECT_PATH, &path);
                if (r < 0)
                        return complain(r, "Failed to read usherd's answer: %m");
                if (r == 0)
                        break;

                k = add_job(o, path);
                if (k < 0)
                        return k;
                n++;
        } while (list);

        *ret_n = n;
        return 0;
}

int operation_call(Operation *o, const char *member, const char *argument, const char *what, size_t *ret_n) {
        _cleanup_bus_message_ sd_bus_message *m = NULL, *reply = NULL;
        int r;

        *ret_n = 0;

        r = connection_new_call(o->command, USHER_PATH, USHER_IFACE_MANAGER, member, &m);
        if (r < 0)
                return r;

        if (argument)
                r = sd_bus_message_append(m, "s", argument);
        if (r >= 0)
                r = append_options(m, o->command);
        if (r < 0)
                return complain(r, "Failed to make the call: %m");

        r = connection_call(o->command, m, what, &reply);
        if (r < 0) {
                o->failed = true;
                return 0;
        }

        return read_jobs(o, reply, ret_n);
}

/* "Job 12: anna (Station 3, session 4) is logged off in 60 s." */
static void tell_job(const Snapshot *s, const SnapshotJob *job) {
        _cleanup_free_ char *seconds = NULL;
        const char *place;

        seconds = progress_seconds(job_left(s, job, s->taken));
        place = isempty(job->station) ? "without a seat" : snapshot_station_name(s, job->station);

        say(stdout, "Job %" PRIu32 ": %s (%s, session %s) is logged off in %s.", job->number, job->user.name,
                        place, job->session, strempty(seconds));
}

static int tell_jobs(Operation *o) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_(table_freep) Table *t = NULL;
        Command *c = o->command;
        int r;

        if (c->quiet || (o->n_jobs == 0 && c->json == JSON_OFF))
                return 0;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;

        r = jobs_table_new(c, &t);
        for (size_t i = 0; i < o->n_jobs && r >= 0; i++) {
                const SnapshotJob *job = snapshot_find_job_by_path(s, o->jobs[i]);

                if (job && c->json == JSON_OFF)
                        tell_job(s, job);
                else if (job)
                        r = jobs_table_add(t, s, job);
        }
        if (r < 0)
                return complain(r, "Failed to make the table: %m");

        return c->json == JSON_OFF ? 0 : table_show(t, c, "job", "jobs");
}

int operation_finish(Operation *o) {
        int status;

        agent_stop(&o->command->agent);
        (void) fflush(stdout);

        if (o->wait) {
                /* It may be over already: what the snapshot does not show, a signal tells. */
                status = wait_refresh(o->wait);
                if (status >= 0)
                        status = wait_run(o->wait);
        } else
                status = tell_jobs(o);

        return status <= EXIT_CANCELLED && o->failed ? EXIT_FAILED : status;
}
