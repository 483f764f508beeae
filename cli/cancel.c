/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* cancel, extend, request-time and deny-time: what can be done to a job that is under way. */

#include "cli/connection.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "common/names.h"

/* "12", as jobs prints it. */
static int parse_number(const char *s, uint32_t *ret) {
        unsigned long n;
        char *end;

        errno = 0;
        n = strtoul(s, &end, 10);
        if (errno > 0 || *s < '0' || *s > '9' || *end || n > UINT32_MAX)
                return -EINVAL;

        *ret = (uint32_t) n;
        return 0;
}

static int find_job(const Snapshot *s, const char *number, const SnapshotJob **ret) {
        uint32_t n;

        if (parse_number(number, &n) < 0)
                return command_wrong_usage(
                                "Invalid job number '%s'. 'usherctl jobs' lists the jobs.", number);

        *ret = snapshot_find_job(s, n);
        if (!*ret)
                return output_error(ENOENT, "No job %" PRIu32 ", or it has ended already.", n);

        return 0;
}

static int cancel_all(Command *c) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        uint32_t n;
        int r;

        r = connection_call_method(c, USHER_PATH, USHER_IFACE_MANAGER, "CancelAll",
                        "Failed to cancel the jobs", &reply, "");
        if (r >= 0)
                r = connection_read_number(reply, &n);
        if (r < 0)
                return r;

        if (command_is_talking(c))
                output_line(stdout, "%" PRIu32 " %s cancelled.", n, n == 1 ? "job" : "jobs");
        return 0;
}

/* |doing| completes "Failed to ... job 12". */
static int call_job(Command *c, const SnapshotJob *job, const char *member, const char *doing) {
        char what[64];

        (void) snprintf(what, sizeof(what), "Failed to %s job %" PRIu32, doing, job->number);
        return connection_call_method(c, job->path, USHER_IFACE_JOB, member, what, NULL, "");
}

static int cancel_job(Command *c, const SnapshotJob *job) {
        int r;

        r = call_job(c, job, "Cancel", "cancel");
        if (r < 0)
                return r;

        if (command_is_talking(c))
                output_line(stdout, "Job %" PRIu32 " cancelled: %s stays logged in.", job->number,
                                job->user.name);
        return 0;
}

/* All numbers are checked before the first job is changed. A refused job does not stop the others. */
static int for_each_job(Command *c, char **arguments, int (*change)(Command *c, const SnapshotJob *job)) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        const SnapshotJob *job;
        int status = EXIT_OK, r;

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;

        for (char **number = arguments; *number; number++) {
                r = find_job(s, *number, &job);
                if (r != 0)
                        return r;
        }

        for (char **number = arguments; *number; number++)
                if (find_job(s, *number, &job) == 0 && change(c, job) < 0)
                        status = EXIT_FAILED;

        return status;
}

int verb_cancel(Command *c, char **arguments) {
        return arguments[0] ? for_each_job(c, arguments, cancel_job) : cancel_all(c);
}

static int deny_time(Command *c, const SnapshotJob *job) {
        int r;

        r = call_job(c, job, "DenyTime", "deny more time to");
        if (r < 0)
                return r;

        if (command_is_talking(c))
                output_line(stdout, "Job %" PRIu32 ": %s gets no more time.", job->number, job->user.name);
        return 0;
}

int verb_deny_time(Command *c, char **arguments) {
        return for_each_job(c, arguments, deny_time);
}

/* Calls a method of a job that takes a number of seconds. Sets *ret_number to the job. Returns 0, an exit
 * status or a negative errno. */
static int call_with_seconds(
                Command *c, char **arguments, const char *member, const char *what, uint32_t *ret_number) {

        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        const SnapshotJob *job;
        uint32_t seconds;
        int r;

        if (command_parse_seconds(arguments[1], &seconds) < 0 || seconds == 0)
                return command_wrong_usage(
                                "Invalid time '%s'. Use seconds or a time span like 2min.", arguments[1]);

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;
        r = find_job(s, arguments[0], &job);
        if (r != 0)
                return r;

        *ret_number = job->number;
        return connection_call_method(c, job->path, USHER_IFACE_JOB, member, what, NULL, "u", seconds);
}

int verb_request_time(Command *c, char **arguments) {
        uint32_t number;
        int r;

        r = call_with_seconds(c, arguments, "RequestTime", "Failed to ask for more time", &number);
        if (r == 0 && command_is_talking(c))
                output_line(stdout, "Job %" PRIu32 ": asked for more time.", number);

        return r;
}

int verb_extend(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_free_ char *left = NULL;
        const SnapshotJob *job;
        uint32_t number;
        int r;

        r = call_with_seconds(c, arguments, "Extend", "Failed to extend the job", &number);
        if (r != 0 || !command_is_talking(c))
                return r;

        /* usherd may grant less, up to MaximumGraceSec: print what is left now. */
        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;
        job = snapshot_find_job(s, number);
        if (job) {
                left = progress_seconds(job->remaining);
                output_line(stdout, "Job %" PRIu32 ": %s has %s left.", number, job->user.name,
                                strempty(left));
        }

        return 0;
}
