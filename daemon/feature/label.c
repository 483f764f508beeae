/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "feature/label-check.h"
#include "feature/label.h"

static void on_label(const char *station, const char *label, void *userdata) {
        Manager *m = userdata;
        Station *s;

        if (manager_make_station(m, station, &s) < 0 || string_replace(&s->label, label) < 0)
                log_oom();
}

void station_labels_load(Manager *m) {
        int r;

        r = labels_load(m->labels, on_label, m);
        if (r < 0)
                log_warning("The stations' labels are not read, going on without: %s.", labels_problem(r));
}

int station_label_check(Manager *m,
                const Station *s,
                const char *label,
                const Station **ret_other,
                const char **ret_problem) {

        LabelVerdict verdict = label_check(label);
        Station *other;

        if ((int) verdict == -ENOMEM)
                return -ENOMEM;
        /* Its own id is what it is called already. */
        if (verdict == LABEL_EMPTY || streq(label, s->id))
                return 0;

        other = manager_find_station_by_name(m, label);
        if (other && other != s) {
                *ret_other = other;
                return -EEXIST;
        }

        if (verdict != LABEL_GOOD) {
                *ret_problem = label_verdict_explain(verdict);
                return -EINVAL;
        }

        return 0;
}

/* All labels, with this station's as it is going to be. */
static int write_labels(Manager *m, const Station *changed, const char *label) {
        const Station *s;
        unsigned n = 0;
        int r;

        r = labels_begin(m->labels);
        if (r < 0)
                return r;

        TAILQ_FOREACH(s, &m->stations, stations) {
                const char *l = s == changed ? label : s->label;

                if (isempty(l))
                        continue;
                if (++n > LABELS_MAX)
                        return -ENOBUFS;

                r = labels_add(m->labels, s->id, l);
                if (r < 0)
                        return r;
        }

        return labels_commit(m->labels);
}

int station_label_set(Manager *m, Station *s, const char *label) {
        _cleanup_free_ char *copy = NULL;
        int r;

        if (streq(s->label, label))
                return 0;

        copy = strdup(label);
        if (!copy)
                return -ENOMEM;

        r = write_labels(m, s, label);
        if (r < 0)
                return r;

        if (isempty(label))
                log_info("Station '%s' is no longer called '%s'.", s->id, s->label);
        else
                log_info("Station '%s' is called '%s' now.", s->id, label);

        free(s->label);
        s->label = TAKE_PTR(copy);
        manager_station_changed(m, s->id, STATION_CHANGED_LABEL);
        manager_changed(m, MANAGER_CHANGED_STATIONS);
        return 0;
}
