/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Live jobs on disk, and what is to follow them, so that a usherd that was killed or upgraded comes back
 * with the same jobs and deadlines. The file is private, in the runtime directory, and gone with the boot
 * whose clock its deadlines are on. */

#include "core/job.h"

typedef struct Store Store;

typedef struct StoredPending {
        PendingKind kind;
        bool block_logins;
        usec_t due; /* CLOCK_MONOTONIC: see PENDING_LATE_MAX_USEC */
} StoredPending;

/* directory: the runtime directory, "/run/usher". */
int store_new(Store **ret, const char *directory);
Store *store_free(Store *s);
DEFINE_CLEANUP(Store *, store_free);

/* Writes all: begin, one add for each, commit. The file is written whole and renamed. */
int store_begin(Store *s);
int store_add(Store *s, const Job *j);
int store_add_pending(Store *s, const StoredPending *p);
int store_commit(Store *s);

/* Returns 1 when it is called for the first time since the machine was started, 0 later. */
int store_mark_boot(Store *s);

/* Gets one stored job after the other; it may take what it owns out of it. */
typedef void (*StoreHandler)(Job *j, void *userdata);

/* Reads what was committed last; the plan stays as it is where there is none. A file that is missing is no
 * error; a job that cannot be read is logged and left out, the others stand. */
int store_load(Store *s, StoredPending *pending, StoreHandler handler, void *userdata);
