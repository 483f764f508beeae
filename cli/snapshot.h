/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All that usherd shows at one moment, as plain structs: stations, hubs and jobs with their properties. The
 * strings point into usherd's reply, which the snapshot keeps. They are never NULL: a property that usherd
 * does not have is "". */

#include <systemd/sd-bus.h>

#include "common/macro.h"

typedef struct SnapshotUser {
        uint32_t uid;
        const char *name; /* "" for nobody */
} SnapshotUser;

typedef struct SnapshotSession {
        const char *id;
        uint32_t uid;
        const char *user;
        const char *type;
        const char *state;
} SnapshotSession;

typedef struct SnapshotDevice {
        const char *kind;
        const char *syspath;
} SnapshotDevice;

typedef struct SnapshotList {
        const char **items;
        size_t n;
} SnapshotList;

typedef struct SnapshotSessions {
        SnapshotSession *items;
        size_t n;
} SnapshotSessions;

typedef struct SnapshotDevices {
        SnapshotDevice *items;
        size_t n;
} SnapshotDevices;

typedef struct SnapshotStation {
        const char *path;
        const char *id;
        const char *label;
        const char *state;
        const char *health;
        const char *active_session;
        SnapshotUser active_user;
        SnapshotSessions sessions;
        SnapshotList hubs; /* paths */
        SnapshotList displays;
        SnapshotDevices devices;
        uint64_t idle_since;
        SnapshotList jobs; /* paths */
} SnapshotStation;

typedef struct SnapshotHub {
        const char *path;
        const char *id;
        const char *syspath;
        const char *role;
        const char *vendor;
        const char *product;
        const char *parent;  /* path, or "/" */
        const char *station; /* path, or "/" */
        SnapshotDevices devices;
} SnapshotHub;

typedef struct SnapshotJob {
        const char *path;
        uint32_t number;
        const char *station; /* id */
        const char *session;
        SnapshotUser user;
        const char *reason;
        const char *message;
        SnapshotUser started_by; /* no name: Usher itself */
        const char *phase;
        uint64_t deadline;  /* CLOCK_REALTIME of the machine where usherd runs, µs */
        uint64_t remaining; /* at the moment of the snapshot, µs */
        const char *warned;
        uint32_t time_requested; /* by the session's user, s; 0: nothing */
        const char *result;
} SnapshotJob;

typedef struct Snapshot {
        sd_bus_message *reply; /* the strings point into it; NULL in tests */
        usec_t taken;          /* our CLOCK_MONOTONIC */
        SnapshotStation *stations;
        size_t n_stations;
        SnapshotHub *hubs;
        size_t n_hubs;
        SnapshotJob *jobs;
        size_t n_jobs;
} Snapshot;

Snapshot *snapshot_free(Snapshot *s);
DEFINE_CLEANUP(Snapshot *, snapshot_free);

/* Reads the reply to GetManagedObjects. A property that usherd does not have, or has with another type,
 * stays empty. */
int snapshot_new_from_reply(sd_bus_message *reply, Snapshot **ret);

/* The unique name of the usherd that answered. */
const char *snapshot_owner(const Snapshot *s);

/* Each adds an empty object, NULL when out of memory. The string must live as long as the snapshot; the
 * object stays where it is until the next one is added. */
SnapshotStation *snapshot_add_station(Snapshot *s, const char *path);
SnapshotHub *snapshot_add_hub(Snapshot *s, const char *path);
SnapshotJob *snapshot_add_job(Snapshot *s, const char *path);

/* Sorts stations in the order of ListStations, hubs by port, jobs by number. */
void snapshot_sort(Snapshot *s);

const SnapshotStation *snapshot_find_station(const Snapshot *s, const char *id);
const SnapshotStation *snapshot_find_station_by_path(const Snapshot *s, const char *path);
const SnapshotHub *snapshot_find_hub_by_path(const Snapshot *s, const char *path);
const SnapshotJob *snapshot_find_job(const Snapshot *s, uint32_t number);
const SnapshotJob *snapshot_find_job_by_path(const Snapshot *s, const char *path);

/* Removes a job that has ended: usherd signals the end before it stops showing the job. */
void snapshot_remove_job(Snapshot *s, const char *path);

/* A job of which only the path is known. */
SnapshotJob snapshot_job_unknown(const char *path);

/* What people call a station: its label, else its id. */
const char *snapshot_station_title(const SnapshotStation *station);

/* The same for an id that may not be in the snapshot; "a session without a seat" for "". */
const char *snapshot_station_name(const Snapshot *s, const char *id);

/* How much of a job's time is left, in µs. |now| is CLOCK_MONOTONIC. */
usec_t snapshot_job_left(const Snapshot *s, const SnapshotJob *job, usec_t now);
