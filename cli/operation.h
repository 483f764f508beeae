/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A verb that makes jobs: it calls usherd once or several times, then tells of the jobs or waits for them.
 */

#include "cli/wait.h"

typedef struct Operation {
        Command *command;
        Wait *wait;         /* with --wait */
        Snapshot *snapshot; /* else */
        char **jobs;        /* paths */
        size_t n_jobs;
        bool failed; /* one of the calls */
} Operation;

/* Looks at the stations, and subscribes with --wait. Says what went wrong. */
int operation_begin(Command *c, Operation *ret);
void operation_done(Operation *o);

/* The stations as they were at the beginning. */
const Snapshot *operation_snapshot(const Operation *o);

/* Calls a method of the Manager that takes |argument| (a string, or NULL for none) and the options of the
 * command line. *ret_n is how many jobs that made. A refusal is told as |what| and remembered; only what
 * makes going on senseless is returned. */
int operation_call(Operation *o, const char *member, const char *argument, const char *what, size_t *ret_n);

/* Tells of the jobs, or waits for them. Returns the verb's exit status. */
int operation_finish(Operation *o);
