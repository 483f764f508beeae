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
        JOB_ASKS_FOR,
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
        [JOB_ASKS_FOR] = { "ASKS-FOR", COLUMN_RIGHT | COLUMN_NUMBER },
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

static void set_left(Table *t, const Snapshot *s, const SnapshotJob *job) {
        _cleanup_free_ char *text = NULL;
        usec_t left = snapshot_job_left(s, job, now_monotonic());

        /* Seconds in JSON, rounded up so that 0 means over. */
        if (table_is_json(t)) {
                table_set_number(t, JOB_LEFT, (left + USEC_PER_SEC - 1) / USEC_PER_SEC);
                return;
        }

        text = progress_seconds(left);
        if (text)
                table_set(t, JOB_LEFT, text);
        else
                table_set_failed(t);
}

static void set_asks_for(Table *t, const SnapshotJob *job) {
        _cleanup_free_ char *text = NULL;

        if (table_is_json(t)) {
                table_set_number(t, JOB_ASKS_FOR, job->time_requested);
                return;
        }

        text = job->time_requested > 0 ? progress_seconds(job->time_requested * USEC_PER_SEC) : strdup("");
        if (text)
                table_set(t, JOB_ASKS_FOR, text);
        else
                table_set_failed(t);
}

void jobs_table_add(Table *t, const Snapshot *s, const SnapshotJob *job) {
        const SnapshotStation *station = snapshot_find_station(s, job->station);
        const char *by = job->started_by.name;

        table_add(t, NULL);
        table_set_number(t, JOB_NUMBER, job->number);
        table_set(t, JOB_STATION, job->station);
        table_set(t, JOB_LABEL, station ? station->label : "");
        table_set(t, JOB_USER, job->user.name);
        table_set(t, JOB_PHASE, job->phase);
        set_left(t, s, job);
        set_asks_for(t, job);
        table_set(t, JOB_WARNED, job->warned);
        table_set(t, JOB_REASON, job->reason);
        table_set(t, JOB_BY, table_is_json(t) ? by : progress_starter(by));

        /* Shown in JSON only. */
        table_set(t, JOB_SESSION, job->session);
        table_set_number(t, JOB_UID, job->user.uid);
        table_set(t, JOB_MESSAGE, job->message);
        table_set_number(t, JOB_DEADLINE, job->deadline);
        table_set_number(t, JOB_BY_UID, job->started_by.uid);
        table_set(t, JOB_RESULT, job->result);
}
