/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is different between two snapshots. Pure. */

#include "cli/snapshot.h"

typedef enum ChangeEvent {
        CHANGE_PRESENT, /* there when the watching began */
        CHANGE_ADDED,
        CHANGE_CHANGED,
        CHANGE_REMOVED,
        _CHANGE_EVENT_MAX,
        _CHANGE_EVENT_INVALID = -EINVAL,
} ChangeEvent;

DECLARE_STRING_TABLE(ChangeEvent, change_event);

/* One object: as it is now, or as it last was if it was removed; and as it was before if it changed. */
typedef struct Change {
        ChangeEvent event;
        const SnapshotKind *kind;
        const Snapshot *snapshot; /* where the object stands */
        const void *object;
        const void *before;
} Change;

typedef void (*ChangeFunc)(const Change *change, void *userdata);

/* Calls func for each. |before| may be NULL: then all that is there is CHANGE_PRESENT. */
void changes_find(const Snapshot *before, const Snapshot *now, ChangeFunc func, void *userdata);

/* A sentence about it; "" where nothing changed that people care for, NULL when out of memory. */
char *change_sentence(const Change *change, bool utf8);
