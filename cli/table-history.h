/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The tables of "history" and "alerts". */

#include "cli/history.h"
#include "cli/snapshot.h"
#include "cli/table.h"

int history_table_new(const Command *c, Table **ret);
void history_table_add(Table *t, const HistoryRecord *record);

int alerts_table_new(const Command *c, Table **ret);

/* What is wrong with a station now. */
void alerts_table_add_station(Table *t, const SnapshotStation *station, const char *alert);

/* What was wrong at the time of the record. */
void alerts_table_add_record(Table *t, const HistoryRecord *record);
