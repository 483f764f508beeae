/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How a job looks while somebody waits for it. Pure: text in, text out. Who it is must be escaped already,
 * since lines are cut to fit the terminal. All return NULL when out of memory. */

#include "common/macro.h"

typedef struct Progress {
        const char *who;    /* "Station 3 (anna)" */
        const char *phase;  /* of Job.Phase */
        const char *warned; /* of Job.Warned */
        const char *result; /* of JobRemoved, NULL while the job is live */
        usec_t left;
        usec_t total;
        bool away; /* usherd is not on the bus */
} Progress;

/* usherd came back without the job, or not at all: what became of it is not known. */
#define RESULT_LOST "lost"

/* What a person understands by the words of Job.Phase, Job.Warned and the results. The first two are fixed
 * texts that may be kept. */
const char *progress_phase_text(const char *phase);
const char *progress_warned_text(const char *warned);
const char *progress_result_text(const char *result);

/* "anna 12 s left, warned on the desktop": a line for a log. */
char *progress_sentence(const Progress *p);

/* A line for a terminal, with a bar, at most |columns| wide; |who_columns| makes the bars stand under each
 * other. Plain ASCII unless utf8. */
char *progress_line(const Progress *p, size_t who_columns, size_t columns, bool utf8);

/* How many columns of a terminal a text takes, in the current locale. */
size_t progress_columns(const char *text);

/* How people read a short countdown: "12 s", "1 min 30 s". */
char *progress_seconds(usec_t t);
