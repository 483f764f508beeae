/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"
#include "cli/snapshot.h"

/* Waits for jobs and shows their progress. A wait subscribes when it is created: create it before the call
 * that starts the jobs. */
typedef struct Wait Wait;

int wait_new(Command *c, Wait **ret);
Wait *wait_free(Wait *w);
DEFINE_CLEANUP(Wait *, wait_free);

/* The stations as they were when the wait was created, or at the last wait_refresh(). */
const Snapshot *wait_snapshot(const Wait *w);
int wait_refresh(Wait *w);

int wait_add(Wait *w, const char *job_path);

/* Returns when all jobs have ended, with EXIT_FAILED if one failed or was lost, else EXIT_CANCELLED if one
 * was cancelled, else EXIT_OK. A signal ends the wait, not the jobs. */
int wait_run(Wait *w);
