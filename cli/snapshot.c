/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The structs know their own fields by a table, which reads them from the bus (snapshot-read.c), fills the
 * gaps and frees them: a new property is one member and one row. */

#include "cli/snapshot.h"
#include "common/names.h"

#define FIELD(type, property, signature, member) \
        { property, signature, offsetof(type, member) }

static const SnapshotField station_fields[] = {
        FIELD(SnapshotStation, NULL, "s", path),
        FIELD(SnapshotStation, "Id", "s", id),
        FIELD(SnapshotStation, "Label", "s", label),
        FIELD(SnapshotStation, "State", "s", state),
        FIELD(SnapshotStation, "Health", "s", health),
        FIELD(SnapshotStation, "ActiveSession", "s", active_session),
        FIELD(SnapshotStation, "ActiveUser", "(us)", active_user),
        FIELD(SnapshotStation, "Sessions", "a(susss)", sessions),
        FIELD(SnapshotStation, "Hubs", "ao", hubs),
        FIELD(SnapshotStation, "Displays", "as", displays),
        FIELD(SnapshotStation, "Devices", "a(ss)", devices),
        FIELD(SnapshotStation, "IdleSinceHint", "t", idle_since),
        FIELD(SnapshotStation, "Jobs", "ao", jobs),
};

static const SnapshotField hub_fields[] = {
        FIELD(SnapshotHub, NULL, "s", path),
        FIELD(SnapshotHub, "Id", "s", id),
        FIELD(SnapshotHub, "SysPath", "s", syspath),
        FIELD(SnapshotHub, "Role", "s", role),
        FIELD(SnapshotHub, "Vendor", "s", vendor),
        FIELD(SnapshotHub, "Product", "s", product),
        FIELD(SnapshotHub, "Parent", "o", parent),
        FIELD(SnapshotHub, "Station", "o", station),
        FIELD(SnapshotHub, "Devices", "a(ss)", devices),
};

static const SnapshotField job_fields[] = {
        FIELD(SnapshotJob, NULL, "s", path),
        FIELD(SnapshotJob, "Number", "u", number),
        FIELD(SnapshotJob, "Station", "s", station),
        FIELD(SnapshotJob, "Session", "s", session),
        FIELD(SnapshotJob, "User", "(us)", user),
        FIELD(SnapshotJob, "Reason", "s", reason),
        FIELD(SnapshotJob, "Message", "s", message),
        FIELD(SnapshotJob, "StartedBy", "(us)", started_by),
        FIELD(SnapshotJob, "Phase", "s", phase),
        FIELD(SnapshotJob, "Deadline", "t", deadline),
        FIELD(SnapshotJob, "Remaining", "t", remaining),
        FIELD(SnapshotJob, "Warned", "s", warned),
        FIELD(SnapshotJob, "Result", "s", result),
};

#define KIND(name, type, iface, list)                     \
        const SnapshotKind snapshot_kind_##name = {       \
                .interface = iface,                       \
                .size = sizeof(type),                     \
                .items_offset = offsetof(Snapshot, list), \
                .n_offset = offsetof(Snapshot, n_##list), \
                .fields = name##_fields,                  \
                .n_fields = ELEMENTSOF(name##_fields),    \
        }

KIND(station, SnapshotStation, USHER_IFACE_STATION, stations);
KIND(hub, SnapshotHub, USHER_IFACE_HUB, hubs);
KIND(job, SnapshotJob, USHER_IFACE_JOB, jobs);

static const SnapshotKind *const kinds[] = { &snapshot_kind_station, &snapshot_kind_hub,
        &snapshot_kind_job };

static void *items_of(const Snapshot *s, const SnapshotKind *kind) {
        return *(void **) ((char *) s + kind->items_offset);
}

static size_t *n_of(const Snapshot *s, const SnapshotKind *kind) {
        return (size_t *) ((char *) s + kind->n_offset);
}

static void list_free(char **list) {
        for (char **p = list; p && *p; p++)
                free(*p);
        free(list);
}

static void sessions_done(SnapshotSessions *sessions) {
        for (size_t i = 0; i < sessions->n; i++) {
                free(sessions->items[i].id);
                free(sessions->items[i].user);
                free(sessions->items[i].type);
                free(sessions->items[i].state);
        }
        free(sessions->items);
}

static void devices_done(SnapshotDevices *devices) {
        for (size_t i = 0; i < devices->n; i++) {
                free(devices->items[i].kind);
                free(devices->items[i].syspath);
        }
        free(devices->items);
}

static void object_done(const SnapshotKind *kind, void *object) {
        for (const SnapshotField *f = kind->fields; f < kind->fields + kind->n_fields; f++) {
                void *member = (char *) object + f->offset;

                if (streq(f->contents, "s") || streq(f->contents, "o"))
                        free(*(char **) member);
                else if (streq(f->contents, "as") || streq(f->contents, "ao"))
                        list_free(*(char ***) member);
                else if (streq(f->contents, "(us)"))
                        free(((SnapshotUser *) member)->name);
                else if (streq(f->contents, "a(susss)"))
                        sessions_done(member);
                else if (streq(f->contents, "a(ss)"))
                        devices_done(member);
        }
}

Snapshot *snapshot_free(Snapshot *s) {
        if (!s)
                return NULL;

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                char *items = items_of(s, kinds[i]);

                for (size_t k = 0; k < *n_of(s, kinds[i]); k++)
                        object_done(kinds[i], items + k * kinds[i]->size);
                free(items);
        }

        free(s->owner);
        free(s);
        return NULL;
}

void *snapshot_add(Snapshot *s, const SnapshotKind *kind, const char *path) {
        size_t *n = n_of(s, kind);
        char *items, *copy;

        copy = strdup(path);
        if (!copy)
                return NULL;

        items = reallocarray(items_of(s, kind), *n + 1, kind->size);
        if (!items) {
                free(copy);
                return NULL;
        }
        *(void **) ((char *) s + kind->items_offset) = items;

        items += (*n)++ * kind->size;
        memset(items, 0, kind->size);
        *(char **) (items + kind->fields[0].offset) = copy;
        return items;
}

/* What usherd did not tell is empty: no reader need ask for NULL. */
static int object_fill(const SnapshotKind *kind, void *object) {
        for (const SnapshotField *f = kind->fields; f < kind->fields + kind->n_fields; f++) {
                void *member = (char *) object + f->offset;
                char **text = NULL;

                if (streq(f->contents, "s") || streq(f->contents, "o"))
                        text = member;
                else if (streq(f->contents, "(us)"))
                        text = &((SnapshotUser *) member)->name;
                else if ((streq(f->contents, "as") || streq(f->contents, "ao")) && !*(char ***) member) {
                        *(char ***) member = calloc(1, sizeof(char *));
                        if (!*(char ***) member)
                                return -ENOMEM;
                }

                if (text && !*text) {
                        *text = strdup("");
                        if (!*text)
                                return -ENOMEM;
                }
        }

        return 0;
}

/* "Station 2" before "Station 10"; those without a label last. */
static int station_compare(const void *a, const void *b) {
        const SnapshotStation *x = a, *y = b;
        bool x_first = streq(x->id, "seat0"), y_first = streq(y->id, "seat0");
        int r;

        if (x_first != y_first)
                return x_first ? -1 : 1;
        if (isempty(x->label) != isempty(y->label))
                return isempty(x->label) ? 1 : -1;

        r = strverscmp(x->label, y->label);
        return r != 0 ? r : strverscmp(x->id, y->id);
}

static int hub_compare(const void *a, const void *b) {
        const SnapshotHub *x = a, *y = b;

        return strverscmp(x->id, y->id);
}

static int job_compare(const void *a, const void *b) {
        const SnapshotJob *x = a, *y = b;

        return (x->number > y->number) - (x->number < y->number);
}

int snapshot_finish(Snapshot *s) {
        int r;

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++)
                for (size_t k = 0; k < *n_of(s, kinds[i]); k++) {
                        r = object_fill(kinds[i], (char *) items_of(s, kinds[i]) + k * kinds[i]->size);
                        if (r < 0)
                                return r;
                }

        if (s->n_stations > 0)
                qsort(s->stations, s->n_stations, sizeof(SnapshotStation), station_compare);
        if (s->n_hubs > 0)
                qsort(s->hubs, s->n_hubs, sizeof(SnapshotHub), hub_compare);
        if (s->n_jobs > 0)
                qsort(s->jobs, s->n_jobs, sizeof(SnapshotJob), job_compare);

        return 0;
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
                        object_done(&snapshot_kind_job, s->jobs + i);
                        memmove(s->jobs + i, s->jobs + i + 1, (--s->n_jobs - i) * sizeof(SnapshotJob));
                        return;
                }
}

void snapshot_job_done(SnapshotJob *job) {
        object_done(&snapshot_kind_job, job);
        *job = (SnapshotJob) {};
}

int snapshot_job_init(SnapshotJob *job, const char *path) {
        int r;

        *job = (SnapshotJob) { .path = strdup(path) };
        r = job->path ? object_fill(&snapshot_kind_job, job) : -ENOMEM;
        if (r < 0)
                snapshot_job_done(job);

        return r;
}

/* A job has texts, users and numbers, no lists. */
int snapshot_job_copy(const SnapshotJob *job, SnapshotJob *ret) {
        SnapshotJob copy = *job;
        bool complete = true;

        for (size_t i = 0; i < ELEMENTSOF(job_fields); i++) {
                void *member = (char *) &copy + job_fields[i].offset;
                char **text = NULL;

                if (streq(job_fields[i].contents, "s"))
                        text = member;
                else if (streq(job_fields[i].contents, "(us)"))
                        text = &((SnapshotUser *) member)->name;

                if (text) {
                        *text = strdup(*text);
                        complete = complete && *text;
                }
        }

        if (!complete) {
                snapshot_job_done(&copy);
                return -ENOMEM;
        }

        *ret = copy;
        return 0;
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

const char *station_person(const SnapshotStation *station) {
        /* Not who has a session there: a login screen has one too. */
        return station->active_user.name;
}

usec_t job_left(const Snapshot *s, const SnapshotJob *job, usec_t now) {
        usec_t passed = now > s->taken ? now - s->taken : 0;

        return job->remaining > passed ? job->remaining - passed : 0;
}
