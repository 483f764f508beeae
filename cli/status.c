/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* status: a block of text for each station, or in JSON five tables of what belongs to the stations. */

#include "cli/connection.h"
#include "cli/json.h"
#include "cli/listing.h"
#include "cli/progress.h"
#include "cli/station-name.h"
#include "cli/text-console.h"
#include "common/log.h"
#include "common/timespan.h"

#define HEADING_WIDTH 10

enum {
        SESSION_ID,
        SESSION_USER,
        SESSION_TYPE,
        SESSION_STATE,
        SESSION_UID,
        SESSION_STATION,
};

static const Column session_columns[] = {
        [SESSION_ID] = { "SESSION", 0 },
        [SESSION_USER] = { "USER", 0 },
        [SESSION_TYPE] = { "TYPE", 0 },
        [SESSION_STATE] = { "STATE", 0 },
        [SESSION_UID] = { "uid", COLUMN_JSON_ONLY | COLUMN_NUMBER },
        [SESSION_STATION] = { "station", COLUMN_JSON_ONLY },
};

enum {
        DEVICE_KIND,
        DEVICE_SYSPATH,
        DEVICE_STATION,
};

static const Column device_columns[] = {
        [DEVICE_KIND] = { "KIND", 0 },
        [DEVICE_SYSPATH] = { "SYSPATH", COLUMN_CUT },
        [DEVICE_STATION] = { "station", COLUMN_JSON_ONLY },
};

/* The tables of one station's block, or of all stations in JSON. */
typedef struct Tables {
        Table *stations, *sessions, *hubs, *devices, *jobs;
} Tables;

static void tables_done(Tables *t) {
        table_free(t->stations);
        table_free(t->sessions);
        table_free(t->hubs);
        table_free(t->devices);
        table_free(t->jobs);
}

static int tables_init(Tables *t, const Command *c) {
        int r;

        *t = (Tables) {};

        r = stations_table_new(c, &t->stations);
        if (r >= 0)
                r = table_new(c, "sessions", session_columns, ELEMENTSOF(session_columns), &t->sessions);
        if (r >= 0)
                r = hubs_table_new(c, &t->hubs);
        if (r >= 0)
                r = table_new(c, "devices", device_columns, ELEMENTSOF(device_columns), &t->devices);
        if (r >= 0)
                r = jobs_table_new(c, &t->jobs);

        return r;
}

static void add_sessions(Table *t, const SnapshotStation *station) {
        for (size_t i = 0; i < station->sessions.n; i++) {
                const SnapshotSession *session = station->sessions.items + i;

                table_add(t, NULL);
                table_set(t, SESSION_ID, session->id);
                table_set(t, SESSION_USER, session->user);
                table_set(t, SESSION_TYPE, session->type);
                table_set(t, SESSION_STATE, session->state);
                table_set_number(t, SESSION_UID, session->uid);
                table_set(t, SESSION_STATION, station->id);
        }
}

static void add_devices(Table *t, const SnapshotStation *station) {
        for (size_t i = 0; i < station->devices.n; i++) {
                table_add(t, NULL);
                table_set(t, DEVICE_KIND, station->devices.items[i].kind);
                table_set(t, DEVICE_SYSPATH, station->devices.items[i].syspath);
                table_set(t, DEVICE_STATION, station->id);
        }
}

static void tables_add(Tables *t, const Snapshot *s, const SnapshotStation *station) {
        stations_table_add(t->stations, s, station);
        add_sessions(t->sessions, station);
        hubs_table_add_tree(t->hubs, s, station);
        add_devices(t->devices, station);
        for (size_t i = 0; i < s->n_jobs; i++)
                if (streq(s->jobs[i].station, station->id))
                        jobs_table_add(t->jobs, s, s->jobs + i);
}

/* Prints a table without its headings, its rows behind the block's own heading. */
static int print_table(FILE *f, const char *heading, Table *t) {
        _cleanup_free_ char *text = NULL;
        char *state = NULL;
        int r;

        if (table_n_rows(t) == 0)
                return 0;

        table_hide_headings(t);
        table_reduce_width(t, HEADING_WIDTH + 2);
        r = table_format(t, &text);
        if (r < 0)
                return r;

        for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
                fprintf(f, "%*s %s\n", HEADING_WIDTH + 1, heading, line);
                heading = "";
        }

        return 0;
}

static void print_colored(FILE *f, const char *heading, const char *text, Color color) {
        bool colored = output_has_colors() && color_start(color);

        fprintf(f, "%*s: %s", HEADING_WIDTH, heading, colored ? color_start(color) : "");
        output_text(f, isempty(text) ? "-" : text);
        fprintf(f, "%s\n", colored ? COLOR_END : "");
}

static void print_title(FILE *f, const SnapshotStation *station) {
        bool colored = output_has_colors();

        fputs(colored ? color_start(COLOR_TITLE) : "", f);
        output_text(f, snapshot_station_title(station));
        fputs(colored ? COLOR_END : "", f);
        if (!isempty(station->label)) {
                fputs(" (", f);
                output_text(f, station->id);
                fputs(")", f);
        }
        fputc('\n', f);
}

static void print_idle(FILE *f, const SnapshotStation *station) {
        _cleanup_free_ char *text = NULL;
        usec_t now = now_realtime();

        if (station->idle_since == 0 || station->idle_since > now)
                return;

        text = timespan_format(now - station->idle_since);
        fprintf(f, "%*s: for %s\n", HEADING_WIDTH, "Idle", strempty(text));
}

static void print_jobs(FILE *f, const Snapshot *s, const SnapshotStation *station) {
        const char *heading = "Jobs:";

        for (const SnapshotJob *job = s->jobs; job < s->jobs + s->n_jobs; job++) {
                _cleanup_free_ char *who = NULL, *sentence = NULL, *origin = NULL;

                if (!streq(job->station, station->id))
                        continue;
                if (asprintf(&who, "%" PRIu32 " (%s)", job->number, job->user.name) < 0) {
                        who = NULL;
                        continue;
                }

                sentence = progress_sentence(&(Progress) {
                                .who = who,
                                .phase = job->phase,
                                .warned = job->warned,
                                .left = snapshot_job_left(s, job, now_monotonic()),
                });
                origin = progress_origin(job->started_by.name, job->reason);
                output_line(f, "%*s %s, %s", HEADING_WIDTH + 1, heading, strempty(sentence),
                                strempty(origin));
                heading = "";
        }
}

static void print_displays(FILE *f, const SnapshotStation *station) {
        const char *heading = "Displays:";

        for (size_t i = 0; i < station->displays.n; i++) {
                output_line(f, "%*s %s", HEADING_WIDTH + 1, heading, station->displays.items[i]);
                heading = "";
        }
}

static int print_block(FILE *f, const Command *c, const Snapshot *s, const SnapshotStation *station) {
        _cleanup_(tables_done) Tables t = {};
        int r;

        r = tables_init(&t, c);
        if (r < 0)
                return r;
        tables_add(&t, s, station);

        print_title(f, station);
        print_colored(f, "State", station->state, station_state_color(station));
        print_colored(f, "Health", station->health, station_health_color(station));
        if (!isempty(station->active_user.name))
                output_line(f, "%*s: %s (uid %" PRIu32 ")", HEADING_WIDTH, "User", station->active_user.name,
                                station->active_user.uid);
        print_idle(f, station);

        r = print_table(f, "Sessions:", t.sessions);
        if (r >= 0)
                r = print_table(f, "Hubs:", t.hubs);
        print_displays(f, station);
        if (r >= 0)
                r = print_table(f, "Devices:", t.devices);
        print_jobs(f, s, station);

        return r;
}

static int show_blocks(const Command *c, const Snapshot *s, const SnapshotStation **stations, size_t n) {
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        int r = 0;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f)
                return log_oom();

        for (size_t i = 0; r >= 0 && i < n; i++) {
                if (i > 0)
                        fputc('\n', f);
                r = print_block(f, c, s, stations[i]);
        }

        if (fclose(f) != 0 && r >= 0)
                r = -ENOMEM;
        if (r < 0)
                return output_error(r, "Failed to format the output: %m");

        return pager_print(c, text);
}

static int show_json(const Command *c, const Snapshot *s, const SnapshotStation **stations, size_t n) {
        _cleanup_(tables_done) Tables t = {};
        _cleanup_free_ char *document = NULL;
        char *texts[5] = {};
        int r;

        r = tables_init(&t, c);
        for (size_t i = 0; r >= 0 && i < n; i++)
                tables_add(&t, s, stations[i]);

        if (r >= 0) {
                Table *tables[] = { t.stations, t.sessions, t.hubs, t.devices, t.jobs };

                for (size_t i = 0; r >= 0 && i < ELEMENTSOF(tables); i++)
                        r = table_format(tables[i], texts + i);
        }
        if (r >= 0)
                document = json_document((const char *const *) texts, ELEMENTSOF(texts), c->json);

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                free(texts[i]);
        if (!document)
                return output_error(r < 0 ? r : -ENOMEM, "Failed to format the output: %m");

        return pager_print(c, document);
}

int verb_status(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_free_ const SnapshotStation **stations = NULL;
        size_t n;
        int r;

        r = connection_snapshot(c, &s);
        if (r >= 0)
                r = station_resolve_all(s, arguments, &stations, &n);
        if (r < 0)
                return r;

        r = c->json != JSON_OFF ? show_json(c, s, stations, n) : show_blocks(c, s, stations, n);
        if (r >= 0)
                text_console_remark(c);

        return r;
}
