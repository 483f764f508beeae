/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/connection.h"
#include "cli/dry-run.h"
#include "cli/listing.h"
#include "cli/operation.h"
#include "cli/progress.h"
#include "common/log.h"
#include "common/names.h"

int operation_begin(Command *c, Operation *ret) {
        Operation o = { .command = c };
        int r;

        if (c->dry_run && dry_run_table_new(c, &o.dry_run) < 0)
                return log_oom();

        r = c->wait && !c->dry_run ? wait_new(c, &o.wait) : connection_snapshot(c, &o.snapshot);
        if (r < 0) {
                operation_done(&o);
                return r;
        }

        *ret = o;
        return 0;
}

void operation_done(Operation *o) {
        wait_free(o->wait);
        snapshot_free(o->snapshot);
        table_free(o->dry_run);
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
                return log_oom();
        o->jobs = jobs;

        jobs[o->n_jobs] = strdup(path);
        if (!jobs[o->n_jobs])
                return log_oom();

        o->n_jobs++;
        return 0;
}

/* The reply is one path or a list of them. */
static int read_jobs(Operation *o, sd_bus_message *reply, size_t *ret_n) {
        bool list = sd_bus_message_has_signature(reply, "ao") > 0;
        const char *path;
        size_t n = 0;
        int r = 0, k;

        if (list)
                r = sd_bus_message_enter_container(reply, SD_BUS_TYPE_ARRAY, "o");
        if (r < 0)
                return output_error(r, "Failed to parse the reply of usherd: %m");

        do {
                r = sd_bus_message_read_basic(reply, SD_BUS_TYPE_OBJECT_PATH, &path);
                if (r < 0)
                        return output_error(r, "Failed to parse the reply of usherd: %m");
                if (r == 0)
                        break;

                k = add_job(o, path);
                if (k < 0)
                        return k;
                n++;
        } while (list);

        *ret_n = n;
        return 1;
}

int operation_call(Operation *o, const char *member, const char *argument, const char *what, size_t *ret_n) {
        _cleanup_bus_message_ sd_bus_message *m = NULL, *reply = NULL;
        size_t n;
        int r;

        r = connection_new_call(
                        o->command, USHER_PATH, USHER_IFACE_MANAGER, o->dry_run ? "DryRun" : member, &m);
        if (r < 0)
                return r;

        if (o->dry_run)
                r = sd_bus_message_append(m, "ss", member, strempty(argument));
        else if (argument)
                r = sd_bus_message_append(m, "s", argument);
        if (r >= 0)
                r = append_options(m, o->command);
        if (r < 0)
                return output_error(r, "Failed to create the call: %m");

        r = connection_call(o->command, m, what, &reply);
        if (r < 0) {
                o->failed = true;
                return 0;
        }

        if (!o->dry_run)
                return read_jobs(o, reply, ret_n);

        n = table_n_rows(o->dry_run);
        r = dry_run_read(o->dry_run, o->snapshot, reply);
        *ret_n = table_n_rows(o->dry_run) - n;
        return r < 0 ? r : 1;
}

/* "Job 12: anna (Station 3, session 4) will be logged off in 20 s." */
static void print_job(const Snapshot *s, const SnapshotJob *job) {
        _cleanup_free_ char *seconds = progress_seconds(job->remaining);
        const char *place = isempty(job->station) ? "no seat" : snapshot_station_name(s, job->station);

        output_line(stdout, "Job %" PRIu32 ": %s (%s, session %s) will be logged off in %s.", job->number,
                        job->user.name, place, job->session, strempty(seconds));
}

static int print_jobs_json(Operation *o, const Snapshot *s) {
        _cleanup_(table_freep) Table *t = NULL;

        if (jobs_table_new(o->command, &t) < 0)
                return log_oom();

        for (size_t i = 0; i < o->n_jobs; i++) {
                const SnapshotJob *job = snapshot_find_job_by_path(s, o->jobs[i]);

                if (job)
                        jobs_table_add(t, s, job);
        }

        return table_show(t, o->command, "job", "jobs");
}

static int print_jobs(Operation *o) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        Command *c = o->command;
        int r;

        if (c->quiet || (o->n_jobs == 0 && c->json == JSON_OFF))
                return 0;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;
        if (c->json != JSON_OFF)
                return print_jobs_json(o, s);

        for (size_t i = 0; i < o->n_jobs; i++) {
                const SnapshotJob *job = snapshot_find_job_by_path(s, o->jobs[i]);

                if (job)
                        print_job(s, job);
        }

        return 0;
}

int operation_finish(Operation *o) {
        int status;

        agent_stop(o->command);
        (void) fflush(stdout);

        if (o->wait) {
                /* A job that has ended already is not in the new snapshot, but its JobRemoved signal is in
                 * the queue. */
                status = wait_refresh(o->wait);
                if (status >= 0)
                        status = wait_run(o->wait);
        } else if (o->dry_run && o->failed)
                status = EXIT_FAILED; /* half a list would mislead */
        else if (o->dry_run)
                status = table_show(o->dry_run, o->command, "session", "sessions");
        else
                status = print_jobs(o);

        return status <= EXIT_CANCELLED && o->failed ? EXIT_FAILED : status;
}

typedef struct LastOperation {
        const char *method;
        LeftAlone left_alone;
} LastOperation;

static int read_last_operation(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        LastOperation *o = userdata;
        uint32_t *n;

        if (streq(name, "method") && streq(contents, "s"))
                return sd_bus_message_read_basic(m, 's', &o->method);

        if (streq(name, "skipped-caller"))
                n = &o->left_alone.caller;
        else if (streq(name, "skipped-administrators"))
                n = &o->left_alone.administrators;
        else if (streq(name, "skipped-seatless"))
                n = &o->left_alone.seatless;
        else if (streq(name, "skipped-classes"))
                n = &o->left_alone.classes;
        else
                return 0;

        return streq(contents, "u") ? sd_bus_message_read_basic(m, 'u', n) : 0;
}

/* LastOperation is one property for all callers: print nothing when another call came between. */
static void print_left_alone(Command *c, const char *method) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        _cleanup_free_ char *sentence = NULL;
        LastOperation o = {};

        if (sd_bus_get_property(c->bus, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER, "LastOperation",
                            NULL, &reply, "a{sv}") < 0)
                return;
        if (bus_message_read_properties(reply, read_last_operation, &o) < 0)
                return;
        if (o.method && !streq(o.method, method))
                return;

        sentence = left_alone_sentence(&o.left_alone);
        if (!isempty(sentence))
                output_line(stdout, "%s", sentence);
}

int operation_run_for_all(
                Command *c, const char *member, const char *argument, const char *what, const char *nobody) {
        _cleanup_(operation_done) Operation o = {};
        size_t n;
        int r;

        r = operation_begin(c, &o);
        if (r >= 0)
                r = operation_call(&o, member, argument, what, &n);
        if (r < 0)
                return r;

        if (r > 0 && command_is_talking(c)) {
                if (n == 0 && nobody)
                        puts(nobody);
                if (!c->dry_run)
                        print_left_alone(c, member);
        }

        return operation_finish(&o);
}
