/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* No fault makes usherd break its word: every fault of drill-faults.c in every phase of a log-off, with the
 * real systemd, logind, dbus-daemon, polkit and udev. With `-m slow` all faults, otherwise those that reach
 * the most code. The five phases of a fault happen at the same time. */

#include "drill.h"

static Drill drill;

/* A fault happens once, for all five phases, but its cases do not run one after the other. */
typedef struct {
        const DrillFault *fault;
        char *reports[DRILL_PHASES]; /* NULL: it has not happened yet */
} Outcome;

typedef struct {
        Outcome *outcome;
        DrillPhase phase;
} Case;

static void let_it_happen(Outcome *o) {
        drill_run(&drill, o->fault);
        drill_check(&drill, o->fault);
        for (DrillPhase i = 0; i < DRILL_PHASES; i++)
                o->reports[i] = g_strdup(drill.people[i].report->str);
        drill_clear(&drill);
}

static void test_case(gconstpointer data) {
        const Case *c = data;
        const char *report;

        if (!c->outcome->reports[c->phase])
                let_it_happen(c->outcome);
        report = c->outcome->reports[c->phase];
        if (report[0]) {
                g_test_message("%s", report);
                g_test_fail();
        }
}

static void add_cases(const DrillFault *f) {
        Outcome *o = g_new(Outcome, 1);

        *o = (Outcome) { .fault = f };
        for (DrillPhase i = 0; i < DRILL_PHASES; i++) {
                g_autofree char *path = g_strdup_printf("/drills/%s/%s", drill_phases[i], f->name);
                Case *c;

                if (!drill_has_case(f, i))
                        continue;

                c = g_new(Case, 1);
                *c = (Case) { o, i };
                g_test_add_data_func(path, c, test_case);
        }
}

int main(int argc, char *argv[]) {
        int r;

        g_test_init(&argc, &argv, NULL);
        g_assert_true(box_inside());

        for (const DrillFault *f = drill_faults; f->name; f++)
                add_cases(f);

        drill_set_up(&drill);
        r = g_test_run();
        drill_tear_down(&drill);
        return r;
}
