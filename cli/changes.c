/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/changes.h"

static const char *const change_event_table[] = {
        [CHANGE_PRESENT] = "present",
        [CHANGE_ADDED] = "added",
        [CHANGE_CHANGED] = "changed",
        [CHANGE_REMOVED] = "removed",
};

DEFINE_STRING_TABLE(ChangeEvent, change_event, change_event_table, _CHANGE_EVENT_MAX);

static const char *const change_kind_table[] = {
        [CHANGE_STATION] = "station",
        [CHANGE_HUB] = "hub",
        [CHANGE_JOB] = "job",
};

DEFINE_STRING_TABLE(ChangeKind, change_kind, change_kind_table, _CHANGE_KIND_MAX);

static bool lists_equal(const SnapshotList *a, const SnapshotList *b) {
        if (a->n != b->n)
                return false;

        for (size_t i = 0; i < a->n; i++)
                if (!streq(a->items[i], b->items[i]))
                        return false;

        return true;
}

static bool sessions_equal(const SnapshotSessions *a, const SnapshotSessions *b) {
        if (a->n != b->n)
                return false;

        for (size_t i = 0; i < a->n; i++)
                if (!streq(a->items[i].id, b->items[i].id) || a->items[i].uid != b->items[i].uid ||
                                !streq(a->items[i].state, b->items[i].state))
                        return false;

        return true;
}

static bool devices_equal(const SnapshotDevices *a, const SnapshotDevices *b) {
        if (a->n != b->n)
                return false;

        for (size_t i = 0; i < a->n; i++)
                if (!streq(a->items[i].kind, b->items[i].kind) ||
                                !streq(a->items[i].syspath, b->items[i].syspath))
                        return false;

        return true;
}

static bool users_equal(const SnapshotUser *a, const SnapshotUser *b) {
        return a->uid == b->uid && streq(a->name, b->name);
}

/* The idle time grows by itself: that is no change. */
static bool stations_equal(const SnapshotStation *a, const SnapshotStation *b) {
        return streq(a->id, b->id) && streq(a->label, b->label) && streq(a->state, b->state) &&
                        streq(a->health, b->health) && streq(a->active_session, b->active_session) &&
                        users_equal(&a->active_user, &b->active_user) &&
                        sessions_equal(&a->sessions, &b->sessions) && lists_equal(&a->hubs, &b->hubs) &&
                        lists_equal(&a->displays, &b->displays) && devices_equal(&a->devices, &b->devices) &&
                        lists_equal(&a->jobs, &b->jobs);
}

static bool hubs_equal(const SnapshotHub *a, const SnapshotHub *b) {
        return streq(a->id, b->id) && streq(a->syspath, b->syspath) && streq(a->role, b->role) &&
                        streq(a->vendor, b->vendor) && streq(a->product, b->product) &&
                        streq(a->parent, b->parent) && streq(a->station, b->station) &&
                        devices_equal(&a->devices, &b->devices);
}

/* The remaining time shrinks by itself: that is no change. */
static bool jobs_equal(const SnapshotJob *a, const SnapshotJob *b) {
        return a->number == b->number && streq(a->station, b->station) && streq(a->session, b->session) &&
                        users_equal(&a->user, &b->user) && streq(a->reason, b->reason) &&
                        streq(a->message, b->message) && users_equal(&a->started_by, &b->started_by) &&
                        streq(a->phase, b->phase) && a->deadline == b->deadline &&
                        streq(a->warned, b->warned) && a->time_requested == b->time_requested &&
                        streq(a->result, b->result);
}

static bool objects_equal(ChangeKind kind, const void *a, const void *b) {
        switch (kind) {
        case CHANGE_STATION:
                return stations_equal(a, b);
        case CHANGE_HUB:
                return hubs_equal(a, b);
        default:
                return jobs_equal(a, b);
        }
}

static const void *object_at(const Snapshot *s, ChangeKind kind, size_t i) {
        switch (kind) {
        case CHANGE_STATION:
                return i < s->n_stations ? s->stations + i : NULL;
        case CHANGE_HUB:
                return i < s->n_hubs ? s->hubs + i : NULL;
        default:
                return i < s->n_jobs ? s->jobs + i : NULL;
        }
}

/* The object of the other snapshot. */
static const void *object_find(const Snapshot *s, ChangeKind kind, const void *other) {
        switch (kind) {
        case CHANGE_STATION:
                return snapshot_find_station_by_path(s, ((const SnapshotStation *) other)->path);
        case CHANGE_HUB:
                return snapshot_find_hub_by_path(s, ((const SnapshotHub *) other)->path);
        default:
                return snapshot_find_job_by_path(s, ((const SnapshotJob *) other)->path);
        }
}

static void find_removed(ChangeKind kind,
                const Snapshot *before,
                const Snapshot *now,
                ChangeFunc func,
                void *userdata) {

        const void *object;

        for (size_t i = 0; (object = object_at(before, kind, i)); i++)
                if (!object_find(now, kind, object))
                        func(&(Change) { CHANGE_REMOVED, kind, before, object, NULL }, userdata);
}

static void find_others(ChangeKind kind,
                const Snapshot *before,
                const Snapshot *now,
                ChangeFunc func,
                void *userdata) {

        const void *object, *old;

        for (size_t i = 0; (object = object_at(now, kind, i)); i++) {
                if (!before) {
                        func(&(Change) { CHANGE_PRESENT, kind, now, object, NULL }, userdata);
                        continue;
                }

                old = object_find(before, kind, object);
                if (!old)
                        func(&(Change) { CHANGE_ADDED, kind, now, object, NULL }, userdata);
                else if (!objects_equal(kind, old, object))
                        func(&(Change) { CHANGE_CHANGED, kind, now, object, old }, userdata);
        }
}

void changes_find(const Snapshot *before, const Snapshot *now, ChangeFunc func, void *userdata) {
        for (ChangeKind kind = 0; kind < _CHANGE_KIND_MAX; kind++) {
                if (before)
                        find_removed(kind, before, now, func, userdata);
                find_others(kind, before, now, func, userdata);
        }
}
