/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A job that is waited for is live until JobRemoved tells its result. While usherd is not on the bus, or
 * shows other jobs but not this one (it has just started and has not read its own state yet), a timer runs;
 * a job that is still missing at its end is lost. So a restart of usherd is waited through, and nothing
 * waits for ever. */

#include "cli/connection.h"
#include "cli/json.h"
#include "cli/listing.h"
#include "cli/progress.h"
#include "cli/wait-show.h"
#include "cli/wait.h"
#include "cli/watch.h"
#include "common/timespan.h"

#define MISSING_USEC (30 * USEC_PER_SEC)
#define TICK_USEC USEC_PER_SEC

struct Wait {
        Command *command;
        sd_event *event;
        Watch *watch;
        WaitShow show;
        WaitJob *jobs;
        size_t n_jobs;
        sd_event_source *tick_timer;
        sd_event_source *missing_timer;
};

Wait *wait_free(Wait *w) {
        if (!w)
                return NULL;

        sd_event_source_disable_unref(w->tick_timer);
        sd_event_source_disable_unref(w->missing_timer);
        watch_free(w->watch);
        sd_event_unref(w->event);

        for (size_t i = 0; i < w->n_jobs; i++) {
                snapshot_job_done(&w->jobs[i].seen);
                free(w->jobs[i].who);
                free(w->jobs[i].result);
        }
        free(w->jobs);
        free(w);
        return NULL;
}

const Snapshot *wait_snapshot(const Wait *w) {
        return watch_snapshot(w->watch);
}

int wait_refresh(Wait *w) {
        return watch_refresh(w->watch);
}

static WaitJob *find_job(Wait *w, const char *path) {
        for (size_t i = 0; i < w->n_jobs; i++)
                if (streq(w->jobs[i].seen.path, path))
                        return w->jobs + i;

        return NULL;
}

int wait_add(Wait *w, const char *job_path) {
        WaitJob *jobs;

        /* Two requests may have met in one job. */
        if (find_job(w, job_path))
                return 0;

        jobs = reallocarray(w->jobs, w->n_jobs + 1, sizeof(*jobs));
        if (!jobs)
                return complain(ENOMEM, "Out of memory.");
        w->jobs = jobs;

        jobs[w->n_jobs] = (WaitJob) { .deadline = USEC_INFINITY };
        if (snapshot_job_init(&jobs[w->n_jobs].seen, job_path) < 0)
                return complain(ENOMEM, "Out of memory.");

        w->n_jobs++;
        return 0;
}

/* "Station 3 (anna)", escaped. */
static int name_job(WaitJob *job,
                const Snapshot *s,
                const char *station,
                const char *session,
                const char *user) {

        _cleanup_free_ char *who = NULL;
        int r;

        if (isempty(station))
                r = asprintf(&who, "Session %s%s%s%s", session, *user ? " (" : "", user, *user ? ")" : "");
        else
                r = asprintf(&who, "%s%s%s%s", snapshot_station_name(s, station), *user ? " (" : "", user,
                                *user ? ")" : "");
        if (r < 0) {
                who = NULL;
                return -ENOMEM;
        }

        free(job->who);
        job->who = output_safe(who);
        return job->who ? 0 : -ENOMEM;
}

static int job_update(WaitJob *job, const Snapshot *s, const SnapshotJob *seen) {
        SnapshotJob copy;
        int r;

        r = snapshot_job_copy(seen, &copy);
        if (r < 0)
                return r;

        snapshot_job_done(&job->seen);
        job->seen = copy;
        job->deadline = s->taken + seen->remaining;
        job->total = MAX_OF(job->total, seen->remaining);

        return name_job(job, s, seen->station, seen->session, seen->user.name);
}

/* Takes over what the snapshot tells of our jobs, and minds those that it does not show. */
static int update(Wait *w, const Snapshot *s) {
        bool missing = w->show.away;
        int enabled = SD_EVENT_OFF, r;

        for (size_t i = 0; i < w->n_jobs; i++) {
                WaitJob *job = w->jobs + i;
                const SnapshotJob *seen;

                if (job->result)
                        continue;

                seen = snapshot_find_job_by_path(s, job->seen.path);
                job->missing = !seen;
                missing = missing || job->missing;
                if (!seen)
                        continue;

                r = job_update(job, s, seen);
                if (r < 0)
                        return r;
        }

        (void) sd_event_source_get_enabled(w->missing_timer, &enabled);
        if (!missing)
                (void) sd_event_source_set_enabled(w->missing_timer, SD_EVENT_OFF);
        else if (enabled == SD_EVENT_OFF) {
                (void) sd_event_source_set_time_relative(w->missing_timer, MISSING_USEC);
                (void) sd_event_source_set_enabled(w->missing_timer, SD_EVENT_ONESHOT);
        }

        return 0;
}

static bool all_ended(const Wait *w) {
        for (size_t i = 0; i < w->n_jobs; i++)
                if (!w->jobs[i].result)
                        return false;

        return true;
}

static int end_status(const Wait *w) {
        bool cancelled = false;

        for (size_t i = 0; i < w->n_jobs; i++) {
                const char *result = w->jobs[i].result;

                if (streq(result, "cancelled"))
                        cancelled = true;
                else if (!streq(result, "done") && !streq(result, "left"))
                        return EXIT_FAILED;
        }

        return cancelled ? EXIT_CANCELLED : EXIT_OK;
}

static void show(Wait *w) {
        wait_show_update(&w->show, w->jobs, w->n_jobs, now_monotonic());
        if (all_ended(w))
                (void) sd_event_exit(w->event, end_status(w));
}

static void give_up(Wait *w, int error) {
        (void) complain(error, "Failed to wait: %m");
        (void) sd_event_exit(w->event, EXIT_FAILED);
}

static void on_changed(const Snapshot *before, const Snapshot *now, void *userdata) {
        Wait *w = userdata;
        int r;

        r = update(w, now);
        if (r < 0)
                give_up(w, r);
        else
                show(w);
}

static int end_job(Wait *w, WaitJob *job, const char *result) {
        int r;

        if (!job->who) {
                r = name_job(job, watch_snapshot(w->watch), job->seen.station, job->seen.session, "");
                if (r < 0)
                        return r;
        }

        return string_replace(&job->result, result);
}

static void on_job_ended(const Snapshot *s, const JobEnd *end, void *userdata) {
        Wait *w = userdata;
        WaitJob *job = find_job(w, end->path);
        int r;

        if (!job || job->result)
                return;

        job->seen.number = end->number;
        r = string_replace(&job->seen.station, end->station);
        if (r >= 0)
                r = string_replace(&job->seen.session, end->session);
        if (r >= 0)
                r = end_job(w, job, end->result);

        if (r < 0)
                give_up(w, r);
        else
                show(w);
}

static void on_owner_changed(bool present, void *userdata) {
        Wait *w = userdata;
        int r;

        w->show.away = !present;
        if (present)
                return; /* a snapshot follows */

        r = update(w, watch_snapshot(w->watch));
        if (r < 0)
                give_up(w, r);
        else
                show(w);
}

static int on_missing(sd_event_source *source, uint64_t usec, void *userdata) {
        Wait *w = userdata;
        int r = 0;

        for (size_t i = 0; i < w->n_jobs && r >= 0; i++)
                if (!w->jobs[i].result && (w->show.away || w->jobs[i].missing))
                        r = end_job(w, w->jobs + i, RESULT_LOST);

        if (r < 0)
                give_up(w, r);
        else
                show(w);

        return 0;
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata) {
        Wait *w = userdata;

        (void) sd_event_source_set_time_relative(source, TICK_USEC);
        (void) sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        wait_show_update(&w->show, w->jobs, w->n_jobs, now_monotonic());

        return 0;
}

int wait_new(Command *c, Wait **ret) {
        static const WatchHandlers handlers = {
                .changed = on_changed,
                .job_ended = on_job_ended,
                .owner_changed = on_owner_changed,
        };
        _cleanup_(wait_freep) Wait *w = NULL;
        sd_event *e;
        int r;

        w = calloc(1, sizeof(*w));
        if (!w)
                return complain(ENOMEM, "Out of memory.");
        w->command = c;
        wait_show_init(&w->show, c);

        r = sd_event_new(&w->event);
        e = w->event;
        if (r >= 0)
                r = sd_event_add_time_relative(e, &w->tick_timer, CLOCK_MONOTONIC, TICK_USEC, 0, on_tick, w);
        if (r >= 0)
                r = sd_event_add_time_relative(e, &w->missing_timer, CLOCK_MONOTONIC, 0, 0, on_missing, w);
        if (r >= 0)
                r = sd_event_source_set_enabled(w->missing_timer, SD_EVENT_OFF);
        if (r < 0)
                return complain(r, "Failed to make a timer: %m");

        r = watch_new(c, w->event, &handlers, w, &w->watch);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(w);
        return 0;
}

/* What goes on without us, and how to stop it. */
static void tell_left_alone(const Wait *w) {
        _cleanup_free_ char *numbers = NULL;
        size_t size = 0, n = 0;
        FILE *f;

        f = open_memstream(&numbers, &size);
        if (!f)
                return;
        for (size_t i = 0; i < w->n_jobs; i++)
                if (!w->jobs[i].result) {
                        fprintf(f, " %" PRIu32, w->jobs[i].seen.number);
                        n++;
                }
        if (fclose(f) != 0 || n == 0)
                return;

        say(stderr, "No longer waiting. %zu %s on; to call %s off: usherctl cancel%s", n,
                        n == 1 ? "job goes" : "jobs go", n == 1 ? "it" : "them", numbers);
}

static int print_json(const Wait *w) {
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        r = jobs_table_new(w->command, &t);
        for (size_t i = 0; r >= 0 && i < w->n_jobs; i++) {
                SnapshotJob job = w->jobs[i].seen;

                job.remaining = 0;
                r = jobs_table_add_result(t, wait_snapshot(w), &job, w->jobs[i].result);
        }
        if (r < 0)
                return complain(r, "Failed to make the table: %m");

        return table_show(t, w->command, "job", "jobs");
}

int wait_run(Wait *w) {
        int status, r;

        if (w->n_jobs > 0) {
                r = update(w, watch_snapshot(w->watch));
                if (r < 0)
                        return complain(r, "Failed to wait: %m");

                show(w);
                status = watch_run(w->watch);
                wait_show_done(&w->show);
                if (status < 0)
                        return status;
                if (status >= EXIT_SIGNAL)
                        tell_left_alone(w);
        } else
                status = EXIT_OK;

        if (w->command->json != JSON_OFF && !w->command->quiet) {
                r = print_json(w);
                if (r < 0)
                        return r;
        }

        return status;
}
