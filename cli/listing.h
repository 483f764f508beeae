/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The three tables. The same columns serve the listings, status and monitor. */

#include "cli/snapshot.h"
#include "cli/table.h"

int stations_table_new(const Command *c, Table **ret);
void stations_table_add(Table *t, const Snapshot *s, const SnapshotStation *station);

int hubs_table_new(const Command *c, Table **ret);
struct libscols_line *hubs_table_add(
                Table *t, const Snapshot *s, const SnapshotHub *hub, struct libscols_line *parent);

/* Adds the hubs as a tree: all, or those of one station (a hub whose parent is not among them is a root). */
void hubs_table_add_tree(Table *t, const Snapshot *s, const SnapshotStation *only);

int jobs_table_new(const Command *c, Table **ret);
void jobs_table_add(Table *t, const Snapshot *s, const SnapshotJob *job);

Color station_state_color(const SnapshotStation *station);
Color station_health_color(const SnapshotStation *station);
