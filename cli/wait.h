/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"
#include "cli/snapshot.h"

/* Waits for jobs and shows how they go on. It subscribes when it is made: make it before the call that makes
 * the jobs. */
typedef struct Wait Wait;

int wait_new(Command *c, Wait **ret);
Wait *wait_free(Wait *w);
DEFINE_CLEANUP(Wait *, wait_free);

/* The stations as they were when the wait was made, or after wait_refresh(). */
const Snapshot *wait_snapshot(const Wait *w);
int wait_refresh(Wait *w);

int wait_add(Wait *w, const char *job_path);

/* Returns when all jobs have ended, with an ExitStatus from their results: one failed or was lost, else one
 * cancelled, else all ended. A signal ends the wait and leaves the jobs alone. */
int wait_run(Wait *w);
