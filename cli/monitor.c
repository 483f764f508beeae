/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* monitor: prints a line for each change, until Ctrl-C. In JSON a line is an object with the same members as
 * in the listings; the first lines are the objects that exist already. */

#include <time.h>

#include "cli/changes.h"
#include "cli/json.h"
#include "cli/listing.h"
#include "cli/progress.h"
#include "cli/watch.h"
#include "common/log.h"
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

/* A reader that has gone, as in `usherctl monitor | head`, ends us: at once, or with the next line where the
 * event loop cannot see that. */
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
        output_line(stdout, "%s  %s", clock, sentence);
        flush(m);
}

static void print_json(Monitor *m, const char *event, const char *kind, const char *table) {
        _cleanup_free_ char *line = NULL;
        char first[96];

        (void) snprintf(first, sizeof(first), "\"time\":%" PRIu64 ",\"event\":\"%s\",\"kind\":\"%s\"",
                        now_realtime(), event, kind);
        line = json_row(table, first);
        if (!line) {
                (void) log_oom();
                return;
        }

        puts(line);
        flush(m);
}

/* A table of one row, which has the object's members. */
static int format_object(Monitor *m, const Change *change, char **ret) {
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        switch (change->kind) {
        case CHANGE_STATION:
                r = stations_table_new(m->command, &t);
                if (r >= 0)
                        stations_table_add(t, change->snapshot, change->object);
                break;
        case CHANGE_HUB:
                r = hubs_table_new(m->command, &t);
                if (r >= 0)
                        (void) hubs_table_add(t, change->snapshot, change->object, NULL);
                break;
        default:
                r = jobs_table_new(m->command, &t);
                if (r >= 0)
                        jobs_table_add(t, change->snapshot, change->object);
        }

        return r < 0 ? r : table_format(t, ret);
}

static void print_object(Monitor *m, const Change *change) {
        _cleanup_free_ char *table = NULL;
        int r;

        r = format_object(m, change, &table);
        if (r < 0)
                (void) output_error(r, "Failed to format the output: %m");
        else
                print_json(m, change_event_to_string(change->event), change_kind_to_string(change->kind),
                                table);
}

static void on_change(const Change *change, void *userdata) {
        _cleanup_free_ char *sentence = NULL;
        Monitor *m = userdata;

        if (m->command->json != JSON_OFF) {
                print_object(m, change);
                return;
        }

        sentence = change_sentence(change, output_is_utf8());
        if (!isempty(sentence))
                print_text(m, sentence);
}

static void on_changed(const Snapshot *before, const Snapshot *now, void *userdata) {
        changes_find(before, now, on_change, userdata);
}

static void print_end(Monitor *m, const Snapshot *s, const SnapshotJob *job) {
        _cleanup_free_ char *sentence = NULL;
        const char *user = job->user.name;

        if (m->command->json != JSON_OFF) {
                print_object(m, &(Change) { CHANGE_REMOVED, CHANGE_JOB, s, job, NULL });
                return;
        }

        if (asprintf(&sentence, "job %" PRIu32 ": %s (%s%s%s)", job->number,
                            progress_result_text(job->result), snapshot_station_name(s, job->station),
                            isempty(user) ? "" : ", ", user) < 0)
                sentence = NULL;
        else
                print_text(m, sentence);
}

static void on_job_ended(const Snapshot *s, const JobEnd *end, void *userdata) {
        const SnapshotJob *seen = snapshot_find_job_by_path(s, end->path);
        SnapshotJob job;

        /* The signal is all that is known of a job that came and went between two snapshots. */
        job = seen ? *seen : snapshot_job_unknown(end->path);
        job.number = end->number;
        job.station = end->station;
        job.session = end->session;
        job.result = end->result;
        job.remaining = 0;
        print_end(userdata, s, &job);
}

static void on_owner_changed(bool present, void *userdata) {
        Monitor *m = userdata;

        if (m->command->json != JSON_OFF)
                print_json(m, present ? "added" : "removed", "daemon", "");
        else
                print_text(m, present ? "usherd started" : "usherd stopped");
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
                return output_error(r, "Failed to create an event loop: %m");
        /* The only event is that the reader has gone. A file gives -EPERM, and needs no event. */
        (void) sd_event_add_io(m.event, NULL, STDOUT_FILENO, 0, on_output, NULL);

        r = watch_new(c, m.event, &handlers, &m, &m.watch);
        if (r < 0)
                return r;

        s = watch_snapshot(m.watch);
        if (c->json != JSON_OFF)
                changes_find(NULL, s, on_change, &m);
        else if (!c->quiet && c->legend)
                output_line(stderr,
                                "Stations: %zu, hubs: %zu, jobs: %zu. Changes follow; press Ctrl-C to stop.",
                                s->n_stations, s->n_hubs, s->n_jobs);

        r = watch_run(m.watch);

        /* Ctrl-C is the normal end. */
        return r >= EXIT_SIGNAL ? EXIT_OK : r;
}
