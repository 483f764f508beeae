/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/listing.h"

enum {
        STATION_ID,
        STATION_LABEL,
        STATION_STATE,
        STATION_HEALTH,
        STATION_USER,
        STATION_SESSION,
        STATION_UID,
        STATION_SESSIONS,
        STATION_HUBS,
        STATION_DISPLAYS,
        STATION_JOBS,
        STATION_IDLE_SINCE,
};

static const Column columns[] = {
        [STATION_ID] = { "STATION", 0 },
        [STATION_LABEL] = { "LABEL", COLUMN_CUT },
        [STATION_STATE] = { "STATE", 0 },
        [STATION_HEALTH] = { "HEALTH", 0 },
        [STATION_USER] = { "USER", 0 },
        [STATION_SESSION] = { "SESSION", 0 },
        [STATION_UID] = { "uid", COLUMN_JSON_ONLY | COLUMN_NUMBER },
        [STATION_SESSIONS] = { "sessions", COLUMN_JSON_ONLY | COLUMN_LIST },
        [STATION_HUBS] = { "hubs", COLUMN_JSON_ONLY | COLUMN_LIST },
        [STATION_DISPLAYS] = { "displays", COLUMN_JSON_ONLY | COLUMN_LIST },
        [STATION_JOBS] = { "jobs", COLUMN_JSON_ONLY | COLUMN_LIST | COLUMN_NUMBER },
        [STATION_IDLE_SINCE] = { "idle-since", COLUMN_JSON_ONLY | COLUMN_NUMBER },
};

int stations_table_new(const Command *c, Table **ret) {
        return table_new(c, "stations", columns, ELEMENTSOF(columns), ret);
}

Color station_state_color(const SnapshotStation *station) {
        if (streq(station->state, "in-use"))
                return COLOR_GOOD;
        if (streq(station->state, "ending"))
                return COLOR_CHANGING;

        return COLOR_NONE;
}

Color station_health_color(const SnapshotStation *station) {
        if (streq(station->health, "absent"))
                return COLOR_BAD;
        if (!isempty(station->health) && !streq(station->health, "ok"))
                return COLOR_CHANGING;

        return COLOR_NONE;
}

/* All sessions, or for people their users: the active one first, a user with several once. */
static int collect_sessions(const SnapshotStation *station, bool users, const char ***ret, size_t *ret_n) {
        const char **list;
        size_t n = 0;

        list = calloc(station->sessions.n + 1, sizeof(char *));
        if (!list)
                return -ENOMEM;

        if (users && !isempty(station->active_user.name))
                list[n++] = station->active_user.name;
        else if (!users && !isempty(station->active_session))
                list[n++] = station->active_session;

        for (size_t i = 0; i < station->sessions.n; i++) {
                const char *item = users ? station->sessions.items[i].user : station->sessions.items[i].id;
                bool known = false;

                for (size_t k = 0; k < n; k++)
                        known = known || streq(list[k], item);
                if (!known)
                        list[n++] = item;
        }

        *ret = list;
        *ret_n = n;
        return 0;
}

static int set_sessions(Table *t,
                struct libscols_line *line,
                size_t column,
                const SnapshotStation *station,
                bool users) {

        _cleanup_free_ const char **list = NULL;
        size_t n;
        int r;

        r = collect_sessions(station, users, &list, &n);
        if (r < 0)
                return r;

        return table_set_list(t, line, column, list, n);
}

static int set_hubs(
                Table *t, struct libscols_line *line, const Snapshot *s, const SnapshotStation *station) {
        _cleanup_free_ const char **list = NULL;
        size_t n = 0;

        list = calloc(s->n_hubs + 1, sizeof(char *));
        if (!list)
                return -ENOMEM;

        for (size_t i = 0; i < s->n_hubs; i++)
                if (streq(s->hubs[i].station, station->path))
                        list[n++] = s->hubs[i].id;

        return table_set_list(t, line, STATION_HUBS, list, n);
}

static int set_jobs(
                Table *t, struct libscols_line *line, const Snapshot *s, const SnapshotStation *station) {
        _cleanup_free_ const char **list = NULL;
        _cleanup_free_ char *numbers = NULL;
        size_t n = 0;

        list = calloc(s->n_jobs + 1, sizeof(char *));
        numbers = calloc(s->n_jobs + 1, 12);
        if (!list || !numbers)
                return -ENOMEM;

        for (size_t i = 0; i < s->n_jobs; i++)
                if (streq(s->jobs[i].station, station->id)) {
                        (void) snprintf(numbers + n * 12, 12, "%" PRIu32, s->jobs[i].number);
                        list[n] = numbers + n * 12;
                        n++;
                }

        return table_set_list(t, line, STATION_JOBS, list, n);
}

/* What only JSON has. */
static int set_details(
                Table *t, struct libscols_line *line, const Snapshot *s, const SnapshotStation *station) {
        const char *const *displays = (const char *const *) station->displays;
        size_t n = 0;
        int r = 0;

        while (displays[n])
                n++;

        if (!isempty(station->active_user.name))
                r = table_set_number(t, line, STATION_UID, station->active_user.uid);
        if (r >= 0)
                r = set_sessions(t, line, STATION_SESSIONS, station, false);
        if (r >= 0)
                r = set_hubs(t, line, s, station);
        if (r >= 0)
                r = table_set_list(t, line, STATION_DISPLAYS, displays, n);
        if (r >= 0)
                r = set_jobs(t, line, s, station);
        if (r >= 0 && station->idle_since > 0)
                r = table_set_number(t, line, STATION_IDLE_SINCE, station->idle_since);

        return r;
}

int stations_table_add(Table *t, const Snapshot *s, const SnapshotStation *station) {
        struct libscols_line *line;
        int r;

        r = table_add(t, NULL, &line);
        if (r >= 0)
                r = table_set(t, line, STATION_ID, station->id);
        if (r >= 0)
                r = table_set(t, line, STATION_LABEL, station->label);
        if (r >= 0)
                r = table_set(t, line, STATION_STATE, station->state);
        if (r >= 0)
                r = table_set_color(t, line, STATION_STATE, station_state_color(station));
        if (r >= 0)
                r = table_set(t, line, STATION_HEALTH, station->health);
        if (r >= 0)
                r = table_set_color(t, line, STATION_HEALTH, station_health_color(station));
        if (r < 0)
                return r;

        if (table_is_json(t)) {
                r = table_set(t, line, STATION_USER, station->active_user.name);
                if (r >= 0)
                        r = table_set(t, line, STATION_SESSION, station->active_session);
                return r < 0 ? r : set_details(t, line, s, station);
        }

        r = set_sessions(t, line, STATION_USER, station, true);
        return r < 0 ? r : set_sessions(t, line, STATION_SESSION, station, false);
}
