/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What must hold after every drill, whatever happened. */

#include <string.h>

#include "drill.h"

/* From the end of a fault to the end of the last log-off. */
#define END_MSEC 90000

#define NOLOGIN "/run/nologin"
/* The catalog's id of the record of a log-off. */
#define RECORD "MESSAGE_ID=470f658d8c12434aa1f2f49fffad093a"

void drill_blame(DrillPerson *p, const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        g_string_append_vprintf(p->report, format, ap);
        va_end(ap);
        g_string_append(p->report, "; ");
}

static void blame_all(Drill *d, const char *what) {
        for (guint i = 0; i < DRILL_PHASES; i++)
                drill_blame(d->people + i, "%s", what);
}

bool drill_is_listed(Drill *d, const char *id) {
        g_autoptr(GVariant) reply = box_call(d->box, "org.freedesktop.login1", "/org/freedesktop/login1",
                        "org.freedesktop.login1.Manager", "GetSession", g_variant_new("(s)", id), NULL);

        return reply;
}

/* logind says that it is still opening the session, and will say so for ever. */
static bool is_opening_for_ever(Drill *d, const char *job) {
        DrillPerson *p = d->people + DRILL_OPENING;
        g_autoptr(GVariant) reply = NULL, state = NULL;
        const char *path;

        if (g_strcmp0(p->job, job) != 0)
                return false;
        reply = box_call(d->box, "org.freedesktop.login1", "/org/freedesktop/login1",
                        "org.freedesktop.login1.Manager", "GetSession", g_variant_new("(s)", p->id), NULL);
        if (!reply)
                return false;

        g_variant_get(reply, "(&o)", &path);
        state = box_get_property(d->box, "org.freedesktop.login1", path, "org.freedesktop.login1.Session",
                        "State", NULL);
        return state && g_str_equal(g_variant_get_string(state, NULL), "opening");
}

static bool all_over(gpointer userdata) {
        Drill *d = userdata;
        g_auto(GStrv) jobs = usher_jobs(&d->usher);

        if (jobs && jobs[0] && !jobs[1] && is_opening_for_ever(d, jobs[0])) {
                /* The user gives up. Until now nobody may have ended the session. */
                d->people[DRILL_OPENING].promised = g_get_monotonic_time();
                usher_systemctl("stop", NULL, d->people[DRILL_OPENING].session->unit);
                return false;
        }
        return jobs && !jobs[0] && !g_file_test(NOLOGIN, G_FILE_TEST_EXISTS);
}

/* The one record of this log-off. Returns its result. */
static char *read_result(DrillPerson *p) {
        g_autofree char *match = g_strdup_printf("USHER_TEXT=%s", p->text), *records = NULL, *field = NULL;
        const char *result;

        g_free(usher_output((const char *const[]) { "journalctl", "--sync", NULL }));
        records = usher_output((const char *const[]) {
                        "journalctl", "--quiet", "--output=export", "--no-pager", RECORD, match, NULL });
        field = g_strdup_printf("SESSION_ID=%s\n", p->id);
        if (usher_count(records, "USHER_RESULT=") != 1 || usher_count(records, field) != 1)
                drill_blame(p, "%u records for one log-off", usher_count(records, "USHER_RESULT="));

        result = strstr(records, "USHER_RESULT=");
        result = result ? result + strlen("USHER_RESULT=") : "";
        return g_strndup(result, strcspn(result, "\n"));
}

static bool was_warned(Drill *d, DrillPhase phase, gint64 ended) {
        return notifier_shown(d->neighbours[phase].notifier->file, d->people[phase].text, 0, ended);
}

/* A session that logind lost, or whose user gave up, has left. */
static bool is_expected(const DrillFault *f, DrillPhase phase, const char *result) {
        if (f->logind_forgets && phase == DRILL_OPENING && g_str_equal(result, "left"))
                return true;
        return g_str_equal(result, "done");
}

static void check_person(Drill *d, const DrillFault *f, DrillPhase phase) {
        DrillPerson *p = d->people + phase;
        gint64 ended = box_watch_ended(p->watch);
        g_autofree char *result = read_result(p);
        bool left = g_str_equal(result, "left");

        if (!is_expected(f, phase, result))
                drill_blame(p, "its log-off has the result '%s'", result);
        /* logind 252 lists a session for ever that was closing when it restarted. */
        if (drill_is_listed(d, p->id) && !(f->logind_forgets && phase == DRILL_KILLING))
                drill_blame(p, "it was forgotten");
        if (ended > 0 && ended < p->promised)
                drill_blame(p, "it was ended %.3f s early", (double) (p->promised - ended) / G_USEC_PER_SEC);
        if (ended == 0 && !left)
                drill_blame(p, "its program survived");
        if (ended > 0 && !left && !was_warned(d, phase, ended))
                drill_blame(p, "nobody was warned");
}

static void check_neighbour(Drill *d, DrillPhase phase) {
        DrillNeighbour *n = d->neighbours + phase;

        if (box_watch_ended(n->watch) > 0 || !drill_is_listed(d, n->session->id))
                drill_blame(d->people + phase, "the session of %s at '%s' ended too", n->session->user,
                                n->session->seat);
}

void drill_check(Drill *d, const DrillFault *f) {
        if (!box_wait(all_over, d, END_MSEC))
                blame_all(d, "it was not over in time");
        if (g_file_test(NOLOGIN, G_FILE_TEST_EXISTS))
                blame_all(d, "logins stayed blocked");

        for (DrillPhase i = 0; i < DRILL_PHASES; i++) {
                if (d->people[i].session)
                        check_person(d, f, i);
                check_neighbour(d, i);
        }
}
