/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can be done to a job that is there. */

#include "cli/cancel.h"
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
                                "'%s' is no number of a job; 'usherctl jobs' lists them.", number);

        *ret = snapshot_find_job(s, n);
        if (!*ret)
                return complain(ENOENT, "There is no job %" PRIu32 ", or it has ended.", n);

        return 0;
}

static int cancel_all(Command *c) {
        _cleanup_bus_message_ sd_bus_message *m = NULL, *reply = NULL;
        uint32_t n;
        int r;

        r = connection_new_call(c, USHER_PATH, USHER_IFACE_MANAGER, "CancelAll", &m);
        if (r >= 0)
                r = connection_call(c, m, "Failed to cancel", &reply);
        if (r < 0)
                return r;

        r = sd_bus_message_read(reply, "u", &n);
        if (r < 0)
                return complain(r, "Failed to read usherd's answer: %m");

        if (!c->quiet)
                say(stdout, "%" PRIu32 " %s cancelled.", n, n == 1 ? "job" : "jobs");
        return 0;
}

static int cancel_job(Command *c, const SnapshotJob *job) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        char what[48];
        int r;

        (void) snprintf(what, sizeof(what), "Failed to cancel job %" PRIu32, job->number);

        r = connection_new_call(c, job->path, USHER_IFACE_JOB, "Cancel", &m);
        if (r >= 0)
                r = connection_call(c, m, what, NULL);
        if (r < 0)
                return r;

        if (!c->quiet)
                say(stdout, "Job %" PRIu32 " cancelled: %s stays.", job->number, job->user.name);
        return 0;
}

/* All numbers are looked up before the first job is cancelled; then each is tried. */
int verb_cancel(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        const SnapshotJob *job;
        int status = EXIT_OK, r;

        if (!arguments[0])
                return cancel_all(c);

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;

        for (char **number = arguments; *number; number++) {
                r = find_job(s, *number, &job);
                if (r != 0)
                        return r;
        }

        for (char **number = arguments; *number; number++)
                if (find_job(s, *number, &job) == 0 && cancel_job(c, job) < 0)
                        status = EXIT_FAILED;

        return status;
}

int verb_extend(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL, *after = NULL;
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        _cleanup_free_ char *left = NULL;
        const SnapshotJob *job;
        uint32_t seconds;
        int r;

        if (command_parse_seconds(arguments[1], &seconds) < 0 || seconds == 0)
                return command_wrong_usage(
                                "'%s' is no time to give; say seconds, or a time like 2min.", arguments[1]);

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;
        r = find_job(s, arguments[0], &job);
        if (r != 0)
                return r;

        r = connection_new_call(c, job->path, USHER_IFACE_JOB, "Extend", &m);
        if (r < 0)
                return r;
        r = sd_bus_message_append(m, "u", seconds);
        if (r < 0)
                return complain(r, "Failed to make the call: %m");
        r = connection_call(c, m, "Failed to give more time", NULL);
        if (r < 0 || c->quiet)
                return r;

        /* usherd gives no more than MaximumGraceSec: say what it is now. */
        r = connection_snapshot(c, &after);
        if (r < 0)
                return r;
        job = snapshot_find_job(after, job->number);
        if (job) {
                left = progress_seconds(job->remaining);
                say(stdout, "Job %" PRIu32 ": %s has %s left.", job->number, job->user.name, strempty(left));
        }

        return 0;
}
