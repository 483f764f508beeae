/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* --dry-run: whom a log-off would end, and whom it would leave alone. */

#include "cli/snapshot.h"
#include "cli/table.h"

int dry_run_table_new(const Command *c, Table **ret);

/* Adds the sessions of DryRun's reply. Returns a negative errno after it has printed the error. */
int dry_run_read(Table *t, const Snapshot *s, sd_bus_message *reply);
