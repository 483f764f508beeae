/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/manager.h"

void *manager_feature(Manager *m, const Feature *f) {
        for (size_t i = 0; m->features[i]; i++)
                if (m->features[i] == f)
                        return m->feature_states[i];

        return NULL;
}

void manager_set_going_down(Manager *m, bool going_down, usec_t waits_until) {
        m->waits_until = going_down ? waits_until : USEC_INFINITY;
        if (m->going_down == going_down)
                return;

        m->going_down = going_down;
        manager_changed(m, 0);
        if (going_down)
                MANAGER_CALL_FEATURES(m, going_down);
}

void manager_hubs_reassigned(Manager *m) {
        MANAGER_CALL_FEATURES(m, hubs_reassigned);
}

int manager_switch_mode(Manager *m, Mode mode, ModeHandler handler, void *userdata) {
        for (size_t i = 0; m->features[i]; i++)
                if (m->features[i]->switch_mode)
                        return m->features[i]->switch_mode(m->feature_states[i], mode, handler, userdata);

        return -EOPNOTSUPP;
}

Station *manager_find_station(Manager *m, const char *id) {
        return index_find(&m->stations_by_id, id);
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

const char *manager_station_name(Manager *m, const char *id) {
        const Station *s = manager_find_station(m, id);

        return s ? station_name(s) : id;
}

Session *manager_find_session(Manager *m, const char *id) {
        return index_find(&m->sessions_by_id, id);
}

int manager_add_session(Manager *m, Session *s) {
        int r;

        r = index_add(&m->sessions_by_id, &s->by_id, s->info->id, s);
        if (r < 0)
                return r;

        r = index_add(&m->sessions_by_seat, &s->by_seat, s->info->seat, s);
        if (r < 0) {
                index_remove(&m->sessions_by_id, &s->by_id);
                return r;
        }

        TAILQ_INSERT_TAIL(&m->sessions, s, sessions);
        return 0;
}

void manager_set_session_info(Session *s, const SessionInfo *info) {
        Manager *m = s->manager;

        index_move_key(&s->by_id, info->id);
        if (streq(s->info->seat, info->seat))
                index_move_key(&s->by_seat, info->seat);
        else {
                index_remove(&m->sessions_by_seat, &s->by_seat);
                (void) index_add(&m->sessions_by_seat, &s->by_seat, info->seat, s); /* there is room */
        }

        s->info = info;
}

void manager_remove_session(Session *s) {
        index_remove(&s->manager->sessions_by_id, &s->by_id);
        index_remove(&s->manager->sessions_by_seat, &s->by_seat);
        TAILQ_REMOVE(&s->manager->sessions, s, sessions);
}

int manager_add_station(Manager *m, const char *id, Station **ret) {
        Station *s = manager_find_station(m, id);
        int r;

        if (!s) {
                r = station_new(&s, id);
                if (r < 0)
                        return r;
                s->manager = m;
                r = index_add(&m->stations_by_id, &s->by_id, s->id, s);
                if (r < 0) {
                        station_free(s);
                        return r;
                }
                TAILQ_INSERT_TAIL(&m->stations, s, stations);
                manager_changed(m, 0);
        }

        *ret = s;
        return 0;
}

void manager_remove_station(Station *s) {
        index_remove(&s->manager->stations_by_id, &s->by_id);
        TAILQ_REMOVE(&s->manager->stations, s, stations);
        station_free(s);
}

static int compare_stations(const void *a, const void *b) {
        return station_compare(*(Station *const *) a, *(Station *const *) b);
}

int manager_list_stations(Manager *m, Station ***ret, size_t *ret_n) {
        Station **stations, *s;
        size_t n = 0;

        TAILQ_FOREACH(s, &m->stations, stations)
                n++;

        stations = calloc(n + 1, sizeof(*stations));
        if (!stations)
                return -ENOMEM;

        n = 0;
        TAILQ_FOREACH(s, &m->stations, stations)
                if (s->announced)
                        stations[n++] = s;

        qsort(stations, n, sizeof(*stations), compare_stations);
        *ret = stations;
        *ret_n = n;
        return 0;
}

static Session *session_after(Manager *m, const char *seat, const Session *s) {
        const IndexEntry *e;

        if (!seat)
                return s ? TAILQ_NEXT(s, sessions) : TAILQ_FIRST(&m->sessions);

        e = s ? index_next(&s->by_seat) : index_first(&m->sessions_by_seat, seat);
        return e ? e->item : NULL;
}

int manager_list_sessions(Manager *m, const char *seat, bool only_people, Session ***ret, size_t *ret_n) {
        Session **sessions, *s;
        size_t n = 0;

        for (s = session_after(m, seat, NULL); s; s = session_after(m, seat, s))
                n++;

        sessions = calloc(n + 1, sizeof(*sessions));
        if (!sessions)
                return -ENOMEM;

        n = 0;
        for (s = session_after(m, seat, NULL); s; s = session_after(m, seat, s))
                if (!only_people || session_is_person(s))
                        sessions[n++] = s;

        *ret = sessions;
        *ret_n = n;
        return 0;
}

void manager_changed(Manager *m, unsigned mask) {
        m->changes.mask |= mask;
        (void) sd_event_source_set_enabled(m->changes.notify, SD_EVENT_ONESHOT);

        if (sd_event_source_get_enabled(m->changes.notify_late, NULL) == 0) {
                (void) sd_event_source_set_time_relative(m->changes.notify_late, MANAGER_NOTIFY_LATE_USEC);
                (void) sd_event_source_set_enabled(m->changes.notify_late, SD_EVENT_ONESHOT);
        }
}

void manager_station_changed(Manager *m, const char *seat, unsigned mask) {
        Station *s = manager_find_station(m, seat);

        if (s)
                s->changed |= mask;
        manager_changed(m, 0);
}

void manager_store_changed(Manager *m) {
        m->changes.store = true;
        manager_changed(m, 0);
}
