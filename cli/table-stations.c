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

/* The sessions of a station, or their users for people: the active one first, each one once. */
static void set_sessions(Table *t, size_t column, const SnapshotStation *station, bool users) {
        const char *active = users ? station->active_user.name : station->active_session;
        _cleanup_free_ const char **list = NULL;
        size_t n = 0;

        list = calloc(station->sessions.n + 1, sizeof(char *));
        if (!list) {
                table_set_failed(t);
                return;
        }

        if (!isempty(active))
                list[n++] = active;

        for (size_t i = 0; i < station->sessions.n; i++) {
                const char *item = users ? station->sessions.items[i].user : station->sessions.items[i].id;
                bool known = false;

                for (size_t k = 0; k < n; k++)
                        known = known || streq(list[k], item);
                if (!known)
                        list[n++] = item;
        }

        table_set_list(t, column, list, n);
}

static void set_hubs(Table *t, const Snapshot *s, const SnapshotStation *station) {
        _cleanup_free_ const char **list = NULL;
        size_t n = 0;

        list = calloc(s->n_hubs + 1, sizeof(char *));
        if (!list) {
                table_set_failed(t);
                return;
        }

        for (size_t i = 0; i < s->n_hubs; i++)
                if (streq(s->hubs[i].station, station->path))
                        list[n++] = s->hubs[i].id;

        table_set_list(t, STATION_HUBS, list, n);
}

static void set_jobs(Table *t, const Snapshot *s, const SnapshotStation *station) {
        typedef char Number[12];
        _cleanup_free_ const char **list = NULL;
        _cleanup_free_ Number *numbers = NULL;
        size_t n = 0;

        list = calloc(s->n_jobs + 1, sizeof(char *));
        numbers = calloc(s->n_jobs + 1, sizeof(Number));
        if (!list || !numbers) {
                table_set_failed(t);
                return;
        }

        for (size_t i = 0; i < s->n_jobs; i++)
                if (streq(s->jobs[i].station, station->id)) {
                        (void) snprintf(numbers[n], sizeof(Number), "%" PRIu32, s->jobs[i].number);
                        list[n] = numbers[n];
                        n++;
                }

        table_set_list(t, STATION_JOBS, list, n);
}

static void set_details(Table *t, const Snapshot *s, const SnapshotStation *station) {
        table_set(t, STATION_USER, station->active_user.name);
        table_set(t, STATION_SESSION, station->active_session);
        if (!isempty(station->active_user.name))
                table_set_number(t, STATION_UID, station->active_user.uid);
        set_sessions(t, STATION_SESSIONS, station, false);
        set_hubs(t, s, station);
        table_set_list(t, STATION_DISPLAYS, station->displays.items, station->displays.n);
        set_jobs(t, s, station);
        if (station->idle_since > 0)
                table_set_number(t, STATION_IDLE_SINCE, station->idle_since);
}

void stations_table_add(Table *t, const Snapshot *s, const SnapshotStation *station) {
        table_add(t, NULL);
        table_set(t, STATION_ID, station->id);
        table_set(t, STATION_LABEL, station->label);
        table_set_color(t, STATION_STATE, station->state, station_state_color(station));
        table_set_color(t, STATION_HEALTH, station->health, station_health_color(station));

        if (table_is_json(t)) {
                set_details(t, s, station);
                return;
        }

        set_sessions(t, STATION_USER, station, true);
        set_sessions(t, STATION_SESSION, station, false);
}
