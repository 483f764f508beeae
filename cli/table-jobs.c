/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/listing.h"
#include "cli/progress.h"
#include "common/timespan.h"

enum {
        JOB_NUMBER,
        JOB_STATION,
        JOB_LABEL,
        JOB_USER,
        JOB_PHASE,
        JOB_LEFT,
        JOB_WARNED,
        JOB_REASON,
        JOB_BY,
        JOB_SESSION,
        JOB_UID,
        JOB_MESSAGE,
        JOB_DEADLINE,
        JOB_BY_UID,
        JOB_RESULT,
};

static const Column columns[] = {
        [JOB_NUMBER] = { "JOB", COLUMN_RIGHT | COLUMN_NUMBER },
        [JOB_STATION] = { "STATION", COLUMN_CUT },
        [JOB_LABEL] = { "LABEL", COLUMN_CUT },
        [JOB_USER] = { "USER", 0 },
        [JOB_PHASE] = { "PHASE", 0 },
        [JOB_LEFT] = { "LEFT", COLUMN_RIGHT | COLUMN_NUMBER },
        [JOB_WARNED] = { "WARNED", 0 },
        [JOB_REASON] = { "REASON", 0 },
        [JOB_BY] = { "BY", 0 },
        [JOB_SESSION] = { "session", COLUMN_JSON_ONLY },
        [JOB_UID] = { "uid", COLUMN_JSON_ONLY | COLUMN_NUMBER },
        [JOB_MESSAGE] = { "message", COLUMN_JSON_ONLY },
        [JOB_DEADLINE] = { "deadline", COLUMN_JSON_ONLY | COLUMN_NUMBER },
        [JOB_BY_UID] = { "by-uid", COLUMN_JSON_ONLY | COLUMN_NUMBER },
        [JOB_RESULT] = { "result", COLUMN_JSON_ONLY },
};

int jobs_table_new(const Command *c, Table **ret) {
        return table_new(c, "jobs", columns, ELEMENTSOF(columns), ret);
}

/* Seconds in JSON, rounded up so that 0 means over. */
static int set_left(Table *t, struct libscols_line *line, const Snapshot *s, const SnapshotJob *job) {
        _cleanup_free_ char *text = NULL;
        usec_t left = job_left(s, job, now_monotonic());

        if (table_is_json(t))
                return table_set_number(t, line, JOB_LEFT, (left + USEC_PER_SEC - 1) / USEC_PER_SEC);

        text = progress_seconds(left);
        if (!text)
                return -ENOMEM;

        return table_set(t, line, JOB_LEFT, text);
}

/* What only JSON has. */
static int set_details(Table *t, struct libscols_line *line, const SnapshotJob *job, const char *result) {
        int r;

        r = table_set(t, line, JOB_SESSION, job->session);
        if (r >= 0)
                r = table_set_number(t, line, JOB_UID, job->user.uid);
        if (r >= 0)
                r = table_set(t, line, JOB_MESSAGE, job->message);
        if (r >= 0)
                r = table_set_number(t, line, JOB_DEADLINE, job->deadline);
        if (r >= 0)
                r = table_set_number(t, line, JOB_BY_UID, job->started_by.uid);
        if (r >= 0)
                r = table_set(t, line, JOB_RESULT, result);

        return r;
}

int jobs_table_add_result(Table *t, const Snapshot *s, const SnapshotJob *job, const char *result) {
        const SnapshotStation *station = snapshot_find_station(s, job->station);
        struct libscols_line *line;
        int r;

        r = table_add(t, NULL, &line);
        if (r >= 0)
                r = table_set_number(t, line, JOB_NUMBER, job->number);
        if (r >= 0)
                r = table_set(t, line, JOB_STATION, job->station);
        if (r >= 0)
                r = table_set(t, line, JOB_LABEL, station ? station->label : "");
        if (r >= 0)
                r = table_set(t, line, JOB_USER, job->user.name);
        if (r >= 0)
                r = table_set(t, line, JOB_PHASE, job->phase);
        if (r >= 0)
                r = set_left(t, line, s, job);
        if (r >= 0)
                r = table_set(t, line, JOB_WARNED, job->warned);
        if (r >= 0)
                r = table_set(t, line, JOB_REASON, job->reason);
        if (r >= 0)
                r = table_set(t, line, JOB_BY, job->started_by.name);
        if (r >= 0)
                r = set_details(t, line, job, result);

        return r;
}

int jobs_table_add(Table *t, const Snapshot *s, const SnapshotJob *job) {
        return jobs_table_add_result(t, s, job, job->result);
}
