/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What people read about jobs. Pure: text in, text out. Names must be escaped already, since lines are cut
 * to fit the terminal. All functions that allocate return NULL when out of memory. */

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

/* usherd came back without the job, or not at all: how the job ended is unknown. */
#define RESULT_LOST "lost"

/* What the words of Job.Phase, Job.Warned and the results mean to people. The first two return fixed texts
 * that may be kept. */
const char *progress_phase_text(const char *phase);
const char *progress_warned_text(const char *warned);
const char *progress_result_text(const char *result);

/* Who started a job: the user's name, or "Usher" where |started_by| is empty. */
const char *progress_starter(const char *started_by);

/* Who started a job, and why: "by root (restart)", "by Usher (hub unplugged)". */
char *progress_origin(const char *started_by, const char *reason);

/* "anna: 12 s left, warned on the desktop": a line for a log. */
char *progress_sentence(const Progress *p);

/* A line for a terminal, with a bar, at most |columns| wide; |who_columns| aligns the bars of several lines.
 * Plain ASCII unless utf8. */
char *progress_line(const Progress *p, size_t who_columns, size_t columns, bool utf8);

/* How many columns of a terminal a text takes, in the current locale. */
size_t progress_columns(const char *text);

/* A short countdown: "12 s", "1 min 30 s". */
char *progress_seconds(usec_t t);

/* How many sessions a call for everybody did not log off, by the reason. */
typedef struct LeftAlone {
        uint32_t caller;
        uint32_t administrators;
        uint32_t seatless;
        uint32_t classes;
} LeftAlone;

/* "2 administrators' sessions and 1 session without a seat were left alone.", or "" for none. */
char *left_alone_sentence(const LeftAlone *l);
