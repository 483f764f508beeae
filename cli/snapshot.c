/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/snapshot.h"
#include "common/station-order.h"

Snapshot *snapshot_free(Snapshot *s) {
        if (!s)
                return NULL;

        for (size_t i = 0; i < s->n_stations; i++) {
                free(s->stations[i].sessions.items);
                free(s->stations[i].hubs.items);
                free(s->stations[i].displays.items);
                free(s->stations[i].devices.items);
                free(s->stations[i].jobs.items);
        }
        for (size_t i = 0; i < s->n_hubs; i++)
                free(s->hubs[i].devices.items);

        free(s->stations);
        free(s->hubs);
        free(s->jobs);
        sd_bus_message_unref(s->reply);
        free(s);
        return NULL;
}

const char *snapshot_owner(const Snapshot *s) {
        return strempty(sd_bus_message_get_sender(s->reply));
}

SnapshotStation *snapshot_add_station(Snapshot *s, const char *path) {
        SnapshotStation *stations;

        stations = reallocarray(s->stations, s->n_stations + 1, sizeof(*stations));
        if (!stations)
                return NULL;

        s->stations = stations;
        stations[s->n_stations] = (SnapshotStation) {
                .path = path,
                .id = "",
                .label = "",
                .state = "",
                .health = "",
                .active_session = "",
                .active_user = { .name = "" },
        };
        return stations + s->n_stations++;
}

SnapshotHub *snapshot_add_hub(Snapshot *s, const char *path) {
        SnapshotHub *hubs;

        hubs = reallocarray(s->hubs, s->n_hubs + 1, sizeof(*hubs));
        if (!hubs)
                return NULL;

        s->hubs = hubs;
        hubs[s->n_hubs] = (SnapshotHub) {
                .path = path,
                .id = "",
                .syspath = "",
                .role = "",
                .vendor = "",
                .product = "",
                .parent = "",
                .station = "",
        };
        return hubs + s->n_hubs++;
}

SnapshotJob *snapshot_add_job(Snapshot *s, const char *path) {
        SnapshotJob *jobs;

        jobs = reallocarray(s->jobs, s->n_jobs + 1, sizeof(*jobs));
        if (!jobs)
                return NULL;

        s->jobs = jobs;
        jobs[s->n_jobs] = snapshot_job_unknown(path);
        return jobs + s->n_jobs++;
}

SnapshotJob snapshot_job_unknown(const char *path) {
        return (SnapshotJob) {
                .path = path,
                .station = "",
                .session = "",
                .user = { .name = "" },
                .reason = "",
                .message = "",
                .started_by = { .name = "" },
                .phase = "",
                .warned = "",
                .result = "",
        };
}

static int station_compare(const void *a, const void *b) {
        const SnapshotStation *x = a, *y = b;

        return station_order(x->id, x->label, y->id, y->label);
}

static int hub_compare(const void *a, const void *b) {
        const SnapshotHub *x = a, *y = b;

        return strverscmp(x->id, y->id);
}

static int job_compare(const void *a, const void *b) {
        const SnapshotJob *x = a, *y = b;

        return (x->number > y->number) - (x->number < y->number);
}

void snapshot_sort(Snapshot *s) {
        if (s->n_stations > 0)
                qsort(s->stations, s->n_stations, sizeof(SnapshotStation), station_compare);
        if (s->n_hubs > 0)
                qsort(s->hubs, s->n_hubs, sizeof(SnapshotHub), hub_compare);
        if (s->n_jobs > 0)
                qsort(s->jobs, s->n_jobs, sizeof(SnapshotJob), job_compare);
}

const SnapshotStation *snapshot_find_station(const Snapshot *s, const char *id) {
        for (size_t i = 0; i < s->n_stations; i++)
                if (streq(s->stations[i].id, id))
                        return s->stations + i;

        return NULL;
}

const SnapshotStation *snapshot_find_station_by_path(const Snapshot *s, const char *path) {
        for (size_t i = 0; i < s->n_stations; i++)
                if (streq(s->stations[i].path, path))
                        return s->stations + i;

        return NULL;
}

const SnapshotHub *snapshot_find_hub_by_path(const Snapshot *s, const char *path) {
        for (size_t i = 0; i < s->n_hubs; i++)
                if (streq(s->hubs[i].path, path))
                        return s->hubs + i;

        return NULL;
}

const SnapshotJob *snapshot_find_job(const Snapshot *s, uint32_t number) {
        for (size_t i = 0; i < s->n_jobs; i++)
                if (s->jobs[i].number == number)
                        return s->jobs + i;

        return NULL;
}

const SnapshotJob *snapshot_find_job_by_path(const Snapshot *s, const char *path) {
        for (size_t i = 0; i < s->n_jobs; i++)
                if (streq(s->jobs[i].path, path))
                        return s->jobs + i;

        return NULL;
}

void snapshot_remove_job(Snapshot *s, const char *path) {
        for (size_t i = 0; i < s->n_jobs; i++)
                if (streq(s->jobs[i].path, path)) {
                        s->n_jobs--;
                        memmove(s->jobs + i, s->jobs + i + 1, (s->n_jobs - i) * sizeof(SnapshotJob));
                        return;
                }
}

const char *snapshot_station_title(const SnapshotStation *station) {
        return isempty(station->label) ? station->id : station->label;
}

const char *snapshot_station_name(const Snapshot *s, const char *id) {
        const SnapshotStation *station;

        if (isempty(id))
                return "a session without a seat";

        station = snapshot_find_station(s, id);
        return station ? snapshot_station_title(station) : id;
}

usec_t snapshot_job_left(const Snapshot *s, const SnapshotJob *job, usec_t now) {
        usec_t passed = now > s->taken ? now - s->taken : 0;

        return job->remaining > passed ? job->remaining - passed : 0;
}
