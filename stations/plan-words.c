/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/plan-words.h"

#include <glib/gi18n.h>

#include "stations/words.h"

/* More names than that are a number. */
#define NAMES_MAX 12U

static char *name_of(const UsherPlanEntry *entry, UsherContext *context) {
        UsherPerson *person = usher_people_get(context->people, entry->uid, entry->user);

        return usher_words_isolate(usher_person_get_name(person));
}

static char *join(GPtrArray *names) {
        guint more = names->len > NAMES_MAX ? names->len - NAMES_MAX : 0;
        g_autofree char *list = NULL;

        if (more > 0)
                g_ptr_array_remove_range(names, NAMES_MAX, more);
        g_ptr_array_add(names, NULL);
        /* TRANSLATORS: between the names of people in a list */
        list = g_strjoinv(C_("list", ", "), (char **) names->pdata);
        if (more == 0)
                return g_steal_pointer(&list);

        /* TRANSLATORS: a list of names, and how many more there are */
        return g_strdup_printf(ngettext("%s and %u more", "%s and %u more", more), list, more);
}

static GPtrArray *list_names(UsherPlan *plan, UsherContext *context, gboolean ending) {
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < plan->entries->len; i++) {
                const UsherPlanEntry *entry = plan->entries->pdata[i];
                g_autofree char *name = NULL;

                if (ending != !entry->why[0])
                        continue;
                name = name_of(entry, context);
                /* TRANSLATORS: a name, and why this person is left alone */
                g_ptr_array_add(names,
                                ending ? g_steal_pointer(&name) :
                                         g_strdup_printf(_("%s (%s)"), name, usher_words_why(entry->why)));
        }

        return names;
}

char *usher_plan_words_ending(UsherPlan *plan, UsherContext *context) {
        g_autoptr(GPtrArray) names = list_names(plan, context, TRUE);
        g_autofree char *list = NULL;

        if (plan->n_ending == 0)
                return g_strdup(_("Nobody: there is nobody to log off."));

        list = join(names);
        /* TRANSLATORS: how many people, and their names */
        return g_strdup_printf(
                        ngettext("%u person: %s", "%u people: %s", plan->n_ending), plan->n_ending, list);
}

char *usher_plan_words_left(UsherPlan *plan, UsherContext *context) {
        g_autoptr(GPtrArray) names = list_names(plan, context, FALSE);
        g_autofree char *list = NULL;

        if (plan->n_left == 0)
                return g_strdup("");

        list = join(names);
        return g_strdup_printf(_("Left alone: %s"), list);
}
