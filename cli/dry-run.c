/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/dry-run.h"
#include "common/bus-util.h"

enum {
        DRY_RUN_STATION,
        DRY_RUN_LABEL,
        DRY_RUN_USER,
        DRY_RUN_SESSION,
        DRY_RUN_LEFT_ALONE,
        DRY_RUN_JOB,
        DRY_RUN_UID,
};

static const Column columns[] = {
        [DRY_RUN_STATION] = { "STATION", COLUMN_CUT },
        [DRY_RUN_LABEL] = { "LABEL", COLUMN_CUT },
        [DRY_RUN_USER] = { "USER", 0 },
        [DRY_RUN_SESSION] = { "SESSION", 0 },
        [DRY_RUN_LEFT_ALONE] = { "LEFT-ALONE", 0 },
        [DRY_RUN_JOB] = { "JOB", COLUMN_RIGHT | COLUMN_NUMBER },
        [DRY_RUN_UID] = { "uid", COLUMN_JSON_ONLY | COLUMN_NUMBER },
};

int dry_run_table_new(const Command *c, Table **ret) {
        return table_new(c, "sessions", columns, ELEMENTSOF(columns), ret);
}

static int read_sessions(Table *t, const Snapshot *s, sd_bus_message *reply) {
        const char *session, *id, *user, *why, *path;
        uint32_t uid;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "(ssusso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(ssusso)", &session, &id, &uid, &user, &why, &path)) > 0) {
                const SnapshotStation *station = snapshot_find_station(s, id);
                const SnapshotJob *job = snapshot_find_job_by_path(s, path);

                table_add(t, NULL);
                table_set(t, DRY_RUN_STATION, id);
                table_set(t, DRY_RUN_LABEL, station ? station->label : "");
                table_set(t, DRY_RUN_USER, user);
                table_set(t, DRY_RUN_SESSION, session);
                table_set(t, DRY_RUN_LEFT_ALONE, why);
                if (job)
                        table_set_number(t, DRY_RUN_JOB, job->number);
                else
                        table_set(t, DRY_RUN_JOB, "");
                table_set_number(t, DRY_RUN_UID, uid);
        }

        return r;
}

int dry_run_read(Table *t, const Snapshot *s, sd_bus_message *reply) {
        int r;

        r = read_sessions(t, s, reply);
        return r < 0 ? output_error(r, "Failed to parse the reply of usherd: %m") : 0;
}
