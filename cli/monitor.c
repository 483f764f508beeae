/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* monitor: a line for each change, until Ctrl-C. In JSON a line is an object, with the same members as in
 * the listings; the first lines are what is there already. */

#include <time.h>

#include "cli/changes.h"
#include "cli/json.h"
#include "cli/listing.h"
#include "cli/monitor.h"
#include "cli/progress.h"
#include "cli/watch.h"
#include "common/timespan.h"

typedef struct Monitor {
        Command *command;
        sd_event *event;
        Watch *watch;
} Monitor;

static void monitor_done(Monitor *m) {
        watch_free(m->watch);
        sd_event_unref(m->event);
}

/* A reader that is gone, `usherctl monitor | head` say, ends us: at once, and where that cannot be seen with
 * the next line. */
static int on_output(sd_event_source *s, int fd, uint32_t revents, void *userdata) {
        return sd_event_exit(sd_event_source_get_event(s), EXIT_OK);
}

static void flush(Monitor *m) {
        if (fflush(stdout) != 0)
                (void) sd_event_exit(m->event, EXIT_OK);
}

static void print_text(Monitor *m, const char *sentence) {
        time_t now = (time_t) (now_realtime() / USEC_PER_SEC);
        struct tm tm = {};
        char clock[16] = "";

        (void) localtime_r(&now, &tm);
        (void) strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
        say(stdout, "%s  %s", clock, sentence);
        flush(m);
}

static void print_json(Monitor *m, const char *event, const char *kind, const char *table) {
        _cleanup_free_ char *line = NULL;
        char first[96];

        (void) snprintf(first, sizeof(first), "\"time\":%" PRIu64 ",\"event\":\"%s\",\"kind\":\"%s\"",
                        now_realtime(), event, kind);
        line = json_row(table, first);
        if (!line) {
                (void) complain(ENOMEM, "Out of memory.");
                return;
        }

        puts(line);
        flush(m);
}

/* A table of one row, which has the object's members. */
static int format_object(Monitor *m, const Change *change, const char *result, char **ret) {
        _cleanup_(table_freep) Table *t = NULL;
        struct libscols_line *line;
        int r;

        if (change->kind == &snapshot_kind_station) {
                r = stations_table_new(m->command, &t);
                if (r >= 0)
                        r = stations_table_add(t, change->snapshot, change->object);
        } else if (change->kind == &snapshot_kind_hub) {
                r = hubs_table_new(m->command, &t);
                if (r >= 0)
                        r = hubs_table_add(t, change->snapshot, change->object, NULL, &line);
        } else {
                r = jobs_table_new(m->command, &t);
                if (r >= 0)
                        r = jobs_table_add_result(t, change->snapshot, change->object, result);
        }

        return r < 0 ? r : table_format(t, ret);
}

static void print_object(Monitor *m, const Change *change, const char *result) {
        _cleanup_free_ char *table = NULL;
        const char *kind = "job";
        int r;

        r = format_object(m, change, result, &table);
        if (r < 0) {
                (void) complain(r, "Failed to make the text: %m");
                return;
        }

        if (change->kind == &snapshot_kind_station)
                kind = "station";
        else if (change->kind == &snapshot_kind_hub)
                kind = "hub";
        print_json(m, change_event_to_string(change->event), kind, table);
}

static void on_change(const Change *change, void *userdata) {
        _cleanup_free_ char *sentence = NULL;
        Monitor *m = userdata;

        if (m->command->json != JSON_OFF) {
                print_object(m, change, "");
                return;
        }

        sentence = change_sentence(change, output_is_utf8());
        if (!isempty(sentence))
                print_text(m, sentence);
}

static void on_changed(const Snapshot *before, const Snapshot *now, void *userdata) {
        changes_find(before, now, on_change, userdata);
}

static void tell_end(Monitor *m, const Snapshot *s, const SnapshotJob *job, const char *result) {
        _cleanup_free_ char *sentence = NULL;

        if (m->command->json != JSON_OFF) {
                print_object(m, &(Change) { CHANGE_REMOVED, &snapshot_kind_job, s, job, NULL }, result);
                return;
        }

        if (asprintf(&sentence, "job %" PRIu32 ": %s (%s%s%s)", job->number, progress_result_text(result),
                            snapshot_station_name(s, job->station), isempty(job->user.name) ? "" : ", ",
                            job->user.name) < 0)
                sentence = NULL;
        else
                print_text(m, sentence);
}

static void on_job_ended(const Snapshot *s, const JobEnd *end, void *userdata) {
        const SnapshotJob *seen = snapshot_find_job_by_path(s, end->path);
        Monitor *m = userdata;
        SnapshotJob job;
        int r;

        /* One that came and went between two looks is known by its end alone. */
        r = seen ? snapshot_job_copy(seen, &job) : snapshot_job_init(&job, end->path);
        if (r < 0) {
                (void) complain(r, "Failed to tell of a job: %m");
                return;
        }

        job.number = end->number;
        job.remaining = 0;
        if (string_replace(&job.station, end->station) >= 0 &&
                        string_replace(&job.session, end->session) >= 0)
                tell_end(m, s, &job, end->result);

        snapshot_job_done(&job);
}

static void on_owner_changed(bool present, void *userdata) {
        Monitor *m = userdata;

        if (m->command->json != JSON_OFF)
                print_json(m, present ? "added" : "removed", "daemon", "");
        else
                print_text(m, present ? "usherd is there" : "usherd is gone");
}

int verb_monitor(Command *c, char **arguments) {
        static const WatchHandlers handlers = {
                .changed = on_changed,
                .job_ended = on_job_ended,
                .owner_changed = on_owner_changed,
        };
        _cleanup_(monitor_done) Monitor m = { .command = c };
        const Snapshot *s;
        int r;

        r = sd_event_new(&m.event);
        if (r < 0)
                return complain(r, "Failed to make an event loop: %m");
        /* No event but that it is broken; -EPERM for a file. */
        (void) sd_event_add_io(m.event, NULL, STDOUT_FILENO, 0, on_output, NULL);

        r = watch_new(c, m.event, &handlers, &m, &m.watch);
        if (r < 0)
                return r;

        s = watch_snapshot(m.watch);
        if (c->json != JSON_OFF)
                changes_find(NULL, s, on_change, &m);
        else if (!c->quiet && c->legend)
                say(stderr, "Stations: %zu, hubs: %zu, jobs: %zu. Changes follow; Ctrl-C ends.",
                                s->n_stations, s->n_hubs, s->n_jobs);

        r = watch_run(m.watch);

        /* Ctrl-C is how it is meant to end. */
        return r >= EXIT_SIGNAL ? EXIT_OK : r;
}
