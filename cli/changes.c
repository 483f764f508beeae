/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/changes.h"

static const char *const change_event_table[] = {
        [CHANGE_PRESENT] = "present",
        [CHANGE_ADDED] = "added",
        [CHANGE_CHANGED] = "changed",
        [CHANGE_REMOVED] = "removed",
};

DEFINE_STRING_TABLE(ChangeEvent, change_event, change_event_table, _CHANGE_EVENT_MAX);

static bool lists_equal(char *const *a, char *const *b) {
        for (; *a && *b; a++, b++)
                if (!streq(*a, *b))
                        return false;

        return !*a && !*b;
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

/* What runs by itself is no change. */
static bool is_clock(const SnapshotField *f) {
        return streq_ptr(f->name, "Remaining") || streq_ptr(f->name, "IdleSinceHint");
}

static bool members_equal(const SnapshotField *f, const void *a, const void *b) {
        if (is_clock(f))
                return true;
        if (streq(f->contents, "u"))
                return *(const uint32_t *) a == *(const uint32_t *) b;
        if (streq(f->contents, "t"))
                return *(const uint64_t *) a == *(const uint64_t *) b;
        if (streq(f->contents, "as") || streq(f->contents, "ao"))
                return lists_equal(*(char *const *const *) a, *(char *const *const *) b);
        if (streq(f->contents, "(us)"))
                return ((const SnapshotUser *) a)->uid == ((const SnapshotUser *) b)->uid &&
                                streq(((const SnapshotUser *) a)->name, ((const SnapshotUser *) b)->name);
        if (streq(f->contents, "a(susss)"))
                return sessions_equal(a, b);
        if (streq(f->contents, "a(ss)"))
                return devices_equal(a, b);

        return streq(*(const char *const *) a, *(const char *const *) b);
}

static bool objects_equal(const SnapshotKind *kind, const char *a, const char *b) {
        for (const SnapshotField *f = kind->fields; f < kind->fields + kind->n_fields; f++)
                if (!members_equal(f, a + f->offset, b + f->offset))
                        return false;

        return true;
}

static const char *object_at(const Snapshot *s, const SnapshotKind *kind, size_t i) {
        const char *items = *(const char *const *) ((const char *) s + kind->items_offset);
        size_t n = *(const size_t *) ((const char *) s + kind->n_offset);

        return i < n ? items + i * kind->size : NULL;
}

static const char *object_find(const Snapshot *s, const SnapshotKind *kind, const char *path) {
        const char *object;

        for (size_t i = 0; (object = object_at(s, kind, i)); i++)
                if (streq(*(char *const *) (object + kind->fields[0].offset), path))
                        return object;

        return NULL;
}

static void find_in_kind(const SnapshotKind *kind,
                const Snapshot *before,
                const Snapshot *now,
                ChangeFunc func,
                void *userdata) {

        const char *object, *old;

        for (size_t i = 0; before && (object = object_at(before, kind, i)); i++)
                if (!object_find(now, kind, *(char *const *) (object + kind->fields[0].offset)))
                        func(&(Change) { CHANGE_REMOVED, kind, before, object, NULL }, userdata);

        for (size_t i = 0; (object = object_at(now, kind, i)); i++) {
                if (!before) {
                        func(&(Change) { CHANGE_PRESENT, kind, now, object, NULL }, userdata);
                        continue;
                }

                old = object_find(before, kind, *(char *const *) (object + kind->fields[0].offset));
                if (!old)
                        func(&(Change) { CHANGE_ADDED, kind, now, object, NULL }, userdata);
                else if (!objects_equal(kind, old, object))
                        func(&(Change) { CHANGE_CHANGED, kind, now, object, old }, userdata);
        }
}

void changes_find(const Snapshot *before, const Snapshot *now, ChangeFunc func, void *userdata) {
        find_in_kind(&snapshot_kind_station, before, now, func, userdata);
        find_in_kind(&snapshot_kind_hub, before, now, func, userdata);
        find_in_kind(&snapshot_kind_job, before, now, func, userdata);
}
