/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Structured journal records, for example of who ended which session. units/usher.catalog explains each. If
 * usherd logs to a terminal, a record is one line there. */

#include "core/job.h"
#include "core/station.h"

typedef struct JournalRecord JournalRecord;

/* A record with MESSAGE_ID=, PRIORITY= and its MESSAGE=. Returns NULL when out of memory; the functions
 * below take that. */
JournalRecord *journal_record(const char *message_id, int priority, const char *format, ...) _printf_(3, 4);

/* Adds a field, "NAME=value". What the value holds is one field, newlines or not. */
void journal_field(JournalRecord *r, const char *format, ...) _printf_(2, 3);

/* Writes the record and frees it; a failure is logged. */
void journal_send(JournalRecord *r);

/* The record of a job at its end. station: what people call it. phase_began: when each phase began, on
 * CLOCK_MONOTONIC, 0 for one that was not entered. blockers: what held up the desktop's log-out; survivors:
 * programs that still ran after SIGKILL; both may be NULL. */
void journal_job_ended(const Job *j,
                const char *station,
                const usec_t phase_began[_JOB_PHASE_MAX],
                const char *blockers,
                const char *survivors);

void journal_station_health(const Station *s);
