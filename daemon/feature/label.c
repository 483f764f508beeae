/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "feature/label-check.h"
#include "feature/label.h"

typedef struct Label {
        Manager *manager;
        Labels *labels;
        bool loaded; /* the labels on disk are known, so that writing the file loses none */
} Label;

static void on_label(const char *station, const char *label, void *userdata) {
        Label *l = userdata;
        Station *s;

        if (manager_add_station(l->manager, station, &s) < 0 || string_replace(&s->label, label) < 0)
                log_oom();
        manager_station_changed(l->manager, station, STATION_CHANGED_LABEL);
        manager_changed(l->manager, MANAGER_CHANGED_STATIONS);
}

static int load(Label *l) {
        int r;

        if (l->loaded)
                return 0;

        r = labels_load(l->labels, on_label, l);
        l->loaded = r >= 0;
        return r;
}

/* Before the first notification: a station with a label exists from the beginning, present or not. */
static int label_start(void *state) {
        Label *l = state;
        int r;

        r = load(l);
        if (r < 0)
                log_warning("Failed to read the labels of the stations, ignoring: %s.", labels_problem(r));

        return 0;
}

int label_check_for_station(Manager *m,
                const Station *s,
                const char *label,
                const Station **ret_other,
                const char **ret_problem) {

        LabelVerdict verdict = label_check(label);
        const Station *other;

        if ((int) verdict == -ENOMEM)
                return -ENOMEM;
        /* A station may have its own id as its label. */
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

/* Adds all labels, with the one that this station is about to get. */
static int add_labels(Label *l, const Station *changed, const char *label) {
        const Station *s;
        unsigned n = 0;
        int r;

        TAILQ_FOREACH(s, &l->manager->stations, stations) {
                const char *text = s == changed ? label : s->label;

                if (isempty(text))
                        continue;
                if (++n > LABELS_MAX)
                        return -ENOBUFS;

                r = labels_add(l->labels, s->id, text);
                if (r < 0)
                        return r;
        }

        return 0;
}

static int write_labels(Label *l, const Station *changed, const char *label) {
        int r;

        r = labels_begin(l->labels);
        if (r < 0)
                return r;

        r = add_labels(l, changed, label);
        if (r < 0) {
                labels_abort(l->labels);
                return r;
        }

        return labels_commit(l->labels);
}

/* A label that was read only now may be the one that was checked before. */
static int load_late(Label *l, const Station *s, const char *label) {
        const Station *other;
        int r;

        r = load(l);
        if (r < 0)
                return r;

        other = manager_find_station_by_name(l->manager, label);
        return other && other != s ? -EEXIST : 0;
}

int label_set(Manager *m, Station *s, const char *label) {
        Label *l = manager_feature(m, &label_feature);
        _cleanup_free_ char *copy = NULL;
        int r;

        r = l->loaded ? 0 : load_late(l, s, label);
        if (r < 0)
                return r;
        if (streq(s->label, label))
                return 0;

        copy = strdup(label);
        if (!copy)
                return -ENOMEM;

        r = write_labels(l, s, label);
        if (r < 0)
                return r;

        if (isempty(label))
                log_info("Removed the label '%s' of station '%s'.", s->label, s->id);
        else
                log_info("Station '%s' now has the label '%s'.", s->id, label);

        free(s->label);
        s->label = TAKE_PTR(copy);
        manager_station_changed(m, s->id, STATION_CHANGED_LABEL);
        manager_changed(m, MANAGER_CHANGED_STATIONS);
        return 0;
}

static void label_free(void *state) {
        Label *l = state;

        labels_free(l->labels);
        free(l);
}

static int label_new(Manager *m, void **ret) {
        Label *l;
        int r;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;
        *l = (Label) { .manager = m };

        r = labels_new(&l->labels, m->state_directory);
        if (r < 0) {
                label_free(l);
                return r;
        }

        *ret = l;
        return 0;
}

const Feature label_feature = {
        .name = "label",
        .new = label_new,
        .free = label_free,
        .start = label_start,
};
