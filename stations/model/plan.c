/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/plan.h"

static void entry_free(gpointer p) {
        UsherPlanEntry *entry = p;

        g_free(entry->session);
        g_free(entry->station);
        g_free(entry->user);
        g_free(entry->why);
        g_free(entry);
}

static void count(UsherPlan *plan, const UsherPlanEntry *entry) {
        if (entry->why[0])
                plan->n_left++;
        else
                plan->n_ending++;
}

UsherPlan *usher_plan_new(GVariant *reply) {
        g_autoptr(GVariantIter) iter = NULL;
        UsherPlan *plan = g_new(UsherPlan, 1);
        UsherPlanEntry entry = {};

        *plan = (UsherPlan) { .entries = g_ptr_array_new_with_free_func(entry_free) };
        g_variant_get(reply, USHER_PLAN_TYPE, &iter);
        while (g_variant_iter_next(iter, "(ssusso)", &entry.session, &entry.station, &entry.uid, &entry.user,
                        &entry.why, NULL)) {
                g_ptr_array_add(plan->entries, g_memdup2(&entry, sizeof(entry)));
                count(plan, &entry);
        }

        return plan;
}

void usher_plan_join(UsherPlan *plan, UsherPlan *other) {
        g_ptr_array_extend_and_steal(plan->entries, g_steal_pointer(&other->entries));
        plan->n_ending += other->n_ending;
        plan->n_left += other->n_left;
        usher_plan_free(other);
}

void usher_plan_free(UsherPlan *plan) {
        g_clear_pointer(&plan->entries, g_ptr_array_unref);
        g_free(plan);
}
