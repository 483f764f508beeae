/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where things are in the manager: stations, sessions and jobs by what people and programs call them. */

#include "core/job-runner.h"
#include "core/manager.h"

Station *manager_find_station(Manager *m, const char *id) {
        Station *s;

        TAILQ_FOREACH(s, &m->stations, stations)
                if (streq(s->id, id))
                        return s;

        return NULL;
}

Station *manager_find_station_by_name(Manager *m, const char *name) {
        Station *s;

        s = manager_find_station(m, name);
        if (s || isempty(name))
                return s;

        TAILQ_FOREACH(s, &m->stations, stations)
                if (streq(s->label, name))
                        return s;

        return NULL;
}

Station *manager_find_station_by_session(Manager *m, const SessionInfo *f) {
        return isempty(f->seat) ? NULL : manager_find_station(m, f->seat);
}

Session *manager_find_session_entry(Manager *m, const char *id) {
        Session *s;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (streq(s->info->id, id))
                        return s;

        return NULL;
}

const SessionInfo *manager_find_session(Manager *m, const char *id) {
        Session *s = manager_find_session_entry(m, id);

        return s ? s->info : NULL;
}

JobRunner *manager_find_job(Manager *m, uint32_t number) {
        JobRunner *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (l->job.number == number)
                        return l;

        return NULL;
}

JobRunner *manager_find_job_of(Manager *m, const SessionInfo *f) {
        JobRunner *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (session_identity_matches(&l->job.session, f))
                        return l;

        return NULL;
}

static int compare_stations(const void *a, const void *b) {
        return station_compare(*(Station *const *) a, *(Station *const *) b);
}

int manager_make_station(Manager *m, const char *id, Station **ret) {
        Station *s = manager_find_station(m, id);
        int r;

        if (!s) {
                r = station_new(&s, id);
                if (r < 0)
                        return r;
                TAILQ_INSERT_TAIL(&m->stations, s, stations);
                manager_changed(m, 0);
        }

        *ret = s;
        return 0;
}

int manager_sort_stations(Manager *m, Station ***ret, size_t *ret_n) {
        Station **sorted, *s;
        size_t n = 0;

        TAILQ_FOREACH(s, &m->stations, stations)
                n++;

        sorted = calloc(n + 1, sizeof(*sorted));
        if (!sorted)
                return -ENOMEM;

        n = 0;
        TAILQ_FOREACH(s, &m->stations, stations)
                if (s->announced)
                        sorted[n++] = s;

        qsort(sorted, n, sizeof(*sorted), compare_stations);
        *ret = sorted;
        *ret_n = n;
        return 0;
}

int manager_sessions_of(Manager *m, const char *seat, const SessionInfo ***ret, size_t *ret_n) {
        const SessionInfo **found;
        size_t n = 0;
        Session *s;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                n++;

        found = calloc(n + 1, sizeof(*found));
        if (!found)
                return -ENOMEM;

        n = 0;
        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (streq(s->info->seat, seat))
                        found[n++] = s->info;

        *ret = found;
        *ret_n = n;
        return 0;
}
