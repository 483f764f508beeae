/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What differs between two snapshots. Pure. */

#include "cli/snapshot.h"

typedef enum ChangeEvent {
        CHANGE_PRESENT, /* in the first snapshot */
        CHANGE_ADDED,
        CHANGE_CHANGED,
        CHANGE_REMOVED,
        _CHANGE_EVENT_MAX,
        _CHANGE_EVENT_INVALID = -EINVAL,
} ChangeEvent;

DECLARE_STRING_TABLE(ChangeEvent, change_event);

typedef enum ChangeKind {
        CHANGE_STATION,
        CHANGE_HUB,
        CHANGE_JOB,
        _CHANGE_KIND_MAX,
        _CHANGE_KIND_INVALID = -EINVAL,
} ChangeKind;

DECLARE_STRING_TABLE(ChangeKind, change_kind);

typedef struct Change {
        ChangeEvent event;
        ChangeKind kind;
        const Snapshot *snapshot; /* the one that holds |object| */
        const void *object; /* a SnapshotStation, SnapshotHub or SnapshotJob: as it is now, or last was */
        const void *before; /* the same object before CHANGE_CHANGED, else NULL */
} Change;

typedef void (*ChangeFunc)(const Change *change, void *userdata);

/* Calls func for each change. |before| may be NULL: then each object is CHANGE_PRESENT. */
void changes_find(const Snapshot *before, const Snapshot *now, ChangeFunc func, void *userdata);

/* A sentence about the change; "" where nothing changed that people care for, NULL when out of memory. */
char *change_sentence(const Change *change, bool utf8);
