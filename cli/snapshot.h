/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All that usherd shows at one moment, as plain structs: stations, hubs and jobs with all their properties.
 * Strings are never NULL, lists end with NULL. */

#include "common/macro.h"

typedef struct SnapshotUser {
        uint32_t uid;
        char *name; /* "" where there is none */
} SnapshotUser;

typedef struct SnapshotSession {
        char *id;
        uint32_t uid;
        char *user;
        char *type;
        char *state;
} SnapshotSession;

typedef struct SnapshotDevice {
        char *kind;
        char *syspath;
} SnapshotDevice;

typedef struct SnapshotSessions {
        SnapshotSession *items;
        size_t n;
} SnapshotSessions;

typedef struct SnapshotDevices {
        SnapshotDevice *items;
        size_t n;
} SnapshotDevices;

typedef struct SnapshotStation {
        char *path;
        char *id;
        char *label;
        char *state;
        char *health;
        char *active_session;
        SnapshotUser active_user;
        SnapshotSessions sessions;
        char **hubs; /* paths */
        char **displays;
        SnapshotDevices devices;
        uint64_t idle_since;
        char **jobs; /* paths */
} SnapshotStation;

typedef struct SnapshotHub {
        char *path;
        char *id;
        char *syspath;
        char *role;
        char *vendor;
        char *product;
        char *parent;  /* path, or "/" */
        char *station; /* path, or "/" */
        SnapshotDevices devices;
} SnapshotHub;

typedef struct SnapshotJob {
        char *path;
        uint32_t number;
        char *station; /* id */
        char *session;
        SnapshotUser user;
        char *reason;
        char *message;
        SnapshotUser started_by;
        char *phase;
        uint64_t deadline;  /* CLOCK_REALTIME of the machine where usherd runs */
        uint64_t remaining; /* at the moment of the snapshot */
        char *warned;
        char *result;
} SnapshotJob;

typedef struct Snapshot {
        usec_t taken; /* our CLOCK_MONOTONIC */
        char *owner;  /* the bus's own name of the usherd that answered */
        SnapshotStation *stations;
        size_t n_stations;
        SnapshotHub *hubs;
        size_t n_hubs;
        SnapshotJob *jobs;
        size_t n_jobs;
} Snapshot;

/* Where a property lives in one of the structs, by the signature it must have. */
typedef struct SnapshotField {
        const char *name;
        const char *contents;
        size_t offset;
} SnapshotField;

/* One kind of object: its interface, its struct and its properties. */
typedef struct SnapshotKind {
        const char *interface;
        size_t size;
        size_t items_offset, n_offset; /* in Snapshot */
        const SnapshotField *fields;   /* the first is the path, which is no property */
        size_t n_fields;
} SnapshotKind;

extern const SnapshotKind snapshot_kind_station, snapshot_kind_hub, snapshot_kind_job;

Snapshot *snapshot_free(Snapshot *s);
DEFINE_CLEANUP(Snapshot *, snapshot_free);

/* Adds an empty object of a kind and returns it, NULL when out of memory. Valid until the next one is added.
 */
void *snapshot_add(Snapshot *s, const SnapshotKind *kind, const char *path);

/* Sorts stations as people count them (seat0 first, then by label), hubs by port, jobs by number; and leaves
 * no string NULL. */
int snapshot_finish(Snapshot *s);

const SnapshotStation *snapshot_find_station(const Snapshot *s, const char *id);
const SnapshotStation *snapshot_find_station_by_path(const Snapshot *s, const char *path);
const SnapshotHub *snapshot_find_hub_by_path(const Snapshot *s, const char *path);
const SnapshotJob *snapshot_find_job(const Snapshot *s, uint32_t number);
const SnapshotJob *snapshot_find_job_by_path(const Snapshot *s, const char *path);

/* A job that has ended: usherd said so before it stopped showing it. */
void snapshot_remove_job(Snapshot *s, const char *path);

/* A job of which nothing is known but its path. */
int snapshot_job_init(SnapshotJob *job, const char *path);

/* A copy that outlives its snapshot. */
int snapshot_job_copy(const SnapshotJob *job, SnapshotJob *ret);
void snapshot_job_done(SnapshotJob *job);

/* What people call a station: its label, else its id. */
const char *snapshot_station_title(const SnapshotStation *station);

/* The same for an id that may not be there; "a session without a seat" for "". */
const char *snapshot_station_name(const Snapshot *s, const char *id);

/* Who is there: the active session's user, else the first session's, "" for nobody. */
const char *station_person(const SnapshotStation *station);

/* How much of a job's time is left. */
usec_t job_left(const Snapshot *s, const SnapshotJob *job, usec_t now);
