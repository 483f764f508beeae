/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A verb that starts jobs: it calls usherd once or several times, then prints the jobs or waits for them. */

#include "cli/table.h"
#include "cli/wait.h"

typedef struct Operation {
        Command *command;
        Wait *wait;         /* with --wait */
        Snapshot *snapshot; /* without */
        char **jobs;        /* paths */
        size_t n_jobs;
        Table *dry_run; /* with --dry-run: the sessions */
        bool failed;    /* one of the calls was refused */
} Operation;

/* Gets the stations, and subscribes with --wait (which has no effect with --dry-run). Prints what went
 * wrong. */
int operation_begin(Command *c, Operation *ret);
void operation_done(Operation *o);

/* The stations as they were at the beginning. */
const Snapshot *operation_snapshot(const Operation *o);

/* Calls a method of the Manager that takes |argument| (a string, or NULL for none) and the options of the
 * command line. Returns 1 and sets *ret_n to the number of jobs (of sessions with --dry-run), or 0 when
 * usherd refused: that is printed with |what| and makes the operation fail at its end, but other calls may
 * follow. */
int operation_call(Operation *o, const char *member, const char *argument, const char *what, size_t *ret_n);

/* Prints the jobs or, with --dry-run, the sessions, or waits for them. Returns the verb's exit status. */
int operation_finish(Operation *o);

/* A whole operation that makes one call for all users. If the call starts no job, prints |nobody| unless
 * that is NULL, and then which sessions were skipped. Returns the verb's exit status. */
int operation_run_for_all(
                Command *c, const char *member, const char *argument, const char *what, const char *nobody);
