/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A job is live until JobRemoved brings its result. A job is missing while usherd is not on the bus, or
 * shows other jobs but not this one (a usherd that has just started may not have read its own state yet). A
 * timer runs then; a job that is still missing when it ends is lost. So a wait survives a restart of usherd,
 * and no wait lasts for ever. */

#include "cli/listing.h"
#include "cli/progress.h"
#include "cli/wait-show.h"
#include "cli/wait.h"
#include "cli/watch.h"
#include "common/log.h"
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
                free(w->jobs[i].path);
                sd_bus_message_unref(w->jobs[i].source);
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
                if (streq(w->jobs[i].path, path))
                        return w->jobs + i;

        return NULL;
}

int wait_add(Wait *w, const char *job_path) {
        WaitJob *jobs;
        char *path;

        /* Two requests may have met in one job. */
        if (find_job(w, job_path))
                return 0;

        jobs = reallocarray(w->jobs, w->n_jobs + 1, sizeof(*jobs));
        if (!jobs)
                return log_oom();
        w->jobs = jobs;

        path = strdup(job_path);
        if (!path)
                return log_oom();

        jobs[w->n_jobs++] = (WaitJob) {
                .path = path,
                .seen = snapshot_job_unknown(path),
                .deadline = USEC_INFINITY,
        };
        return 0;
}

/* Remembers the job as it was seen: its strings point into |source|. */
static int job_set(WaitJob *job, const Snapshot *s, const SnapshotJob *seen, sd_bus_message *source) {
        const char *kind = isempty(seen->station) ? "Session " : "";
        const char *place = isempty(seen->station) ? seen->session : snapshot_station_name(s, seen->station);
        _cleanup_free_ char *who = NULL;
        char *safe;
        int r;

        if (isempty(seen->user.name))
                r = asprintf(&who, "%s%s", kind, place);
        else
                r = asprintf(&who, "%s%s (%s)", kind, place, seen->user.name);
        if (r < 0) {
                who = NULL;
                return -ENOMEM;
        }

        safe = output_safe(who);
        if (!safe)
                return -ENOMEM;
        free(job->who);
        job->who = safe;

        sd_bus_message_ref(source);
        sd_bus_message_unref(job->source);
        job->source = source;
        job->seen = *seen;
        return 0;
}

static int job_update(WaitJob *job, const Snapshot *s, const SnapshotJob *seen) {
        job->deadline = s->taken + seen->remaining;
        job->total = MAX_OF(job->total, seen->remaining);

        return job_set(job, s, seen, s->reply);
}

/* Updates our jobs from the snapshot. The timer runs while it does not show one of them. */
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
        (void) output_error(error, "Failed to wait: %m");
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

static void on_job_ended(const Snapshot *s, const JobEnd *end, void *userdata) {
        Wait *w = userdata;
        WaitJob *job = find_job(w, end->path);
        int r = 0;

        if (!job || job->result)
                return;

        /* The signal is all that is known of a job that ended before the first snapshot with it. */
        if (!job->who) {
                SnapshotJob seen = job->seen;

                seen.number = end->number;
                seen.station = end->station;
                seen.session = end->session;
                r = job_set(job, s, &seen, end->signal);
        }
        if (r >= 0)
                r = string_replace(&job->result, end->result);

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

        for (size_t i = 0; i < w->n_jobs && r >= 0; i++) {
                WaitJob *job = w->jobs + i;

                if (job->result || (!w->show.away && !job->missing))
                        continue;
                if (!job->who)
                        r = job_set(job, watch_snapshot(w->watch), &job->seen, NULL);
                if (r >= 0)
                        r = string_replace(&job->result, RESULT_LOST);
        }

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
                return log_oom();
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
                return output_error(r, "Failed to set up a timer: %m");

        r = watch_new(c, w->event, &handlers, w, &w->watch);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(w);
        return 0;
}

/* Prints which jobs go on, and how to cancel them. */
static void print_live_jobs(const Wait *w) {
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

        if (n == 1)
                output_line(stderr, "No longer waiting. The job goes on; to cancel it: usherctl cancel%s",
                                numbers);
        else
                output_line(stderr, "No longer waiting. %zu jobs go on; to cancel them: usherctl cancel%s",
                                n, numbers);
}

static int print_json(const Wait *w) {
        _cleanup_(table_freep) Table *t = NULL;

        if (jobs_table_new(w->command, &t) < 0)
                return log_oom();

        for (size_t i = 0; i < w->n_jobs; i++) {
                SnapshotJob job = w->jobs[i].seen;

                if (w->jobs[i].result) {
                        job.remaining = 0;
                        job.result = w->jobs[i].result;
                }
                jobs_table_add(t, wait_snapshot(w), &job);
        }

        return table_show(t, w->command, "job", "jobs");
}

int wait_run(Wait *w) {
        int status = EXIT_OK, r = 0;

        if (w->n_jobs > 0) {
                r = update(w, watch_snapshot(w->watch));
                if (r < 0)
                        return output_error(r, "Failed to wait: %m");

                show(w);
                status = watch_run(w->watch);
                if (status < 0)
                        return status;
                if (status >= EXIT_SIGNAL)
                        print_live_jobs(w);
        }

        if (w->command->json != JSON_OFF && !w->command->quiet)
                r = print_json(w);

        return r < 0 ? r : status;
}
