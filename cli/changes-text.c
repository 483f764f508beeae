/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/changes.h"
#include "cli/progress.h"

/* Parts of a sentence, with commas between them. */
typedef struct Parts {
        FILE *f;
        bool utf8;
        bool any;
} Parts;

static void next_part(Parts *p) {
        fputs(p->any ? ", " : "", p->f);
        p->any = true;
}

static void tell(Parts *p, const char *text) {
        next_part(p);
        fputs(text, p->f);
}

static void tell_text(Parts *p, const char *what, const char *before, const char *now) {
        if (streq(before, now))
                return;

        next_part(p);
        fprintf(p->f, "%s%s %s %s", what, isempty(before) ? "none" : before, p->utf8 ? "→" : "->",
                        isempty(now) ? "none" : now);
}

static void tell_number(Parts *p, const char *one, const char *many, size_t before, size_t now) {
        if (before == now)
                return;

        next_part(p);
        fprintf(p->f, "%zu %s (was %zu)", now, now == 1 ? one : many, before);
}

static void tell_left(Parts *p, const SnapshotJob *job) {
        _cleanup_free_ char *left = progress_seconds(job->remaining);

        next_part(p);
        fprintf(p->f, "%s left", strempty(left));
}

static void station_changed(Parts *p, const SnapshotStation *before, const SnapshotStation *now) {
        tell_text(p, "label ", before->label, now->label);
        tell_text(p, "", before->state, now->state);
        tell_text(p, "health ", before->health, now->health);
        tell_text(p, "user ", before->active_user.name, now->active_user.name);
        tell_number(p, "session", "sessions", before->sessions.n, now->sessions.n);
        tell_number(p, "hub", "hubs", before->hubs.n, now->hubs.n);
        tell_number(p, "display", "displays", before->displays.n, now->displays.n);
        tell_number(p, "device", "devices", before->devices.n, now->devices.n);
}

static void station_sentence(Parts *p, const Change *change) {
        const SnapshotStation *station = change->object;

        fprintf(p->f, "%s: ", snapshot_station_title(station));

        if (change->event == CHANGE_CHANGED) {
                station_changed(p, change->before, station);
                return;
        }

        tell(p, change_event_to_string(change->event));
        fprintf(p->f, " (%s, health %s)", station->state, station->health);
}

static void hub_changed(Parts *p, const Snapshot *s, const SnapshotHub *before, const SnapshotHub *now) {
        const SnapshotStation *station = snapshot_find_station_by_path(s, now->station);

        tell_text(p, "", before->role, now->role);

        if (!streq(before->station, now->station)) {
                next_part(p);
                fprintf(p->f, "now at %s", station ? snapshot_station_title(station) : "no station");
        }

        tell_number(p, "device", "devices", before->devices.n, now->devices.n);
}

static void hub_sentence(Parts *p, const Change *change) {
        const SnapshotHub *hub = change->object;
        const SnapshotStation *station = snapshot_find_station_by_path(change->snapshot, hub->station);

        fprintf(p->f, "hub %s: ", hub->id);

        if (change->event == CHANGE_CHANGED) {
                hub_changed(p, change->snapshot, change->before, hub);
                return;
        }

        tell(p, change_event_to_string(change->event));
        fprintf(p->f, " (%s, %s", hub->role, isempty(hub->product) ? "no name" : hub->product);
        if (station)
                fprintf(p->f, ", %s", snapshot_station_title(station));
        fputs(")", p->f);
}

static void tell_asked(Parts *p, const SnapshotJob *job) {
        _cleanup_free_ char *time = progress_seconds(job->time_requested * USEC_PER_SEC);

        next_part(p);
        fprintf(p->f, "%s asks for %s more", job->user.name, strempty(time));
}

/* A request that ends with the warning, or that is granted, needs no words of its own. Each snapshot has its
 * own calculation of the deadline, so small differences are not changes. */
static void tell_request(Parts *p, const SnapshotJob *before, const SnapshotJob *now) {
        if (before->time_requested == now->time_requested || !streq(now->phase, "warning"))
                return;

        if (now->time_requested == 0) {
                if (now->deadline < before->deadline + USEC_PER_SEC / 2)
                        tell(p, "more time denied");
                return;
        }

        tell_asked(p, now);
}

static void job_changed(Parts *p, const SnapshotJob *before, const SnapshotJob *now) {
        if (!streq(before->phase, now->phase))
                tell(p, progress_phase_text(now->phase));
        else if (before->deadline != now->deadline && streq(now->phase, "warning"))
                tell_left(p, now);

        if (!streq(before->warned, now->warned))
                tell(p, progress_warned_text(now->warned));
        tell_request(p, before, now);
}

static void job_sentence(Parts *p, const Change *change) {
        const SnapshotJob *job = change->object;
        _cleanup_free_ char *origin = NULL;

        fprintf(p->f, "job %" PRIu32 ": ", job->number);

        if (change->event == CHANGE_CHANGED) {
                job_changed(p, change->before, job);
                return;
        }

        if (change->event == CHANGE_REMOVED)
                tell(p, "removed");
        else
                tell_left(p, job);

        origin = progress_origin(job->started_by.name, job->reason);
        fprintf(p->f, " (%s, %s, session %s, %s)", snapshot_station_name(change->snapshot, job->station),
                        job->user.name, job->session, strempty(origin));

        /* This may have happened before we heard of the job. */
        if (change->event != CHANGE_REMOVED && !streq(job->warned, "pending"))
                tell(p, progress_warned_text(job->warned));
        if (change->event != CHANGE_REMOVED && job->time_requested > 0)
                tell_asked(p, job);
}

char *change_sentence(const Change *change, bool utf8) {
        char *text = NULL;
        size_t size = 0;
        Parts p;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        p = (Parts) { .f = f, .utf8 = utf8 };
        switch (change->kind) {
        case CHANGE_STATION:
                station_sentence(&p, change);
                break;
        case CHANGE_HUB:
                hub_sentence(&p, change);
                break;
        default:
                job_sentence(&p, change);
        }

        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        if (!p.any)
                text[0] = '\0';

        return text;
}
