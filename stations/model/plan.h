/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Whom a log-off would end and whom it leaves alone: the answer of DryRun. */

#include <gio/gio.h>

typedef struct UsherPlanEntry {
        char *session, *station, *user;
        guint32 uid;
        char *why; /* it is left alone; "" if it would be ended */
} UsherPlanEntry;

typedef struct UsherPlan {
        GPtrArray *entries; /* of UsherPlanEntry */
        guint n_ending, n_left;
} UsherPlan;

#define USHER_PLAN_TYPE "(a(ssusso))"

/* reply: of the type above. */
UsherPlan *usher_plan_new(GVariant *reply);
void usher_plan_free(UsherPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsherPlan, usher_plan_free)

/* Adds what another call answered. Takes ownership of it. */
void usher_plan_join(UsherPlan *plan, UsherPlan *other);
