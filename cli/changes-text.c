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

static void tell_text(Parts *p, const char *what, const char *before, const char *now) {
        if (streq(before, now))
                return;

        next_part(p);
        fprintf(p->f, "%s%s %s %s", what, isempty(before) ? "nothing" : before, p->utf8 ? "→" : "->",
                        isempty(now) ? "nothing" : now);
}

static void tell_number(Parts *p, const char *one, const char *many, size_t before, size_t now) {
        if (before == now)
                return;

        next_part(p);
        fprintf(p->f, "%zu %s (was %zu)", now, now == 1 ? one : many, before);
}

static size_t list_length(char *const *list) {
        size_t n = 0;

        while (list[n])
                n++;

        return n;
}

static void tell_station(Parts *p, const SnapshotStation *before, const SnapshotStation *now) {
        tell_text(p, "label ", before->label, now->label);
        tell_text(p, "", before->state, now->state);
        tell_text(p, "health ", before->health, now->health);

        if (!streq(before->active_user.name, now->active_user.name)) {
                next_part(p);
                if (isempty(now->active_user.name))
                        fprintf(p->f, "%s is gone", before->active_user.name);
                else
                        fprintf(p->f, "%s is there", now->active_user.name);
        }

        tell_number(p, "session", "sessions", before->sessions.n, now->sessions.n);
        tell_number(p, "hub", "hubs", list_length(before->hubs), list_length(now->hubs));
        tell_number(p, "display", "displays", list_length(before->displays), list_length(now->displays));
        tell_number(p, "device", "devices", before->devices.n, now->devices.n);
}

static void tell_hub(Parts *p, const Snapshot *s, const SnapshotHub *before, const SnapshotHub *now) {
        const SnapshotStation *station = snapshot_find_station_by_path(s, now->station);

        tell_text(p, "", before->role, now->role);

        if (!streq(before->station, now->station)) {
                next_part(p);
                fprintf(p->f, "now of %s", station ? snapshot_station_title(station) : "no station");
        }

        tell_number(p, "device", "devices", before->devices.n, now->devices.n);
}

static void tell_left(Parts *p, const SnapshotJob *job) {
        _cleanup_free_ char *left = progress_seconds(job->remaining);

        next_part(p);
        fprintf(p->f, "%s left", strempty(left));
}

static void tell_job(Parts *p, const SnapshotJob *before, const SnapshotJob *now) {
        if (!streq(before->phase, now->phase)) {
                next_part(p);
                fputs(progress_phase_text(now->phase), p->f);
        } else if (before->deadline != now->deadline && streq(now->phase, "warning"))
                tell_left(p, now);

        if (!streq(before->warned, now->warned)) {
                next_part(p);
                fputs(progress_warned_text(now->warned), p->f);
        }
}

/* "hub 1-1.2: " */
static void tell_name(FILE *f, const Change *change) {
        if (change->kind == &snapshot_kind_station)
                fprintf(f, "%s: ", snapshot_station_title(change->object));
        else if (change->kind == &snapshot_kind_hub)
                fprintf(f, "hub %s: ", ((const SnapshotHub *) change->object)->id);
        else
                fprintf(f, "job %" PRIu32 ": ", ((const SnapshotJob *) change->object)->number);
}

/* What it is that came or went. */
static void tell_whole(Parts *p, const Change *change) {
        const Snapshot *s = change->snapshot;

        if (change->kind == &snapshot_kind_station) {
                const SnapshotStation *station = change->object;

                fprintf(p->f, " (%s, health %s)", station->state, station->health);
        } else if (change->kind == &snapshot_kind_hub) {
                const SnapshotHub *hub = change->object;
                const SnapshotStation *station = snapshot_find_station_by_path(s, hub->station);

                fprintf(p->f, " (%s, %s%s%s)", hub->role, isempty(hub->product) ? "no name" : hub->product,
                                station ? ", " : "", station ? snapshot_station_title(station) : "");
        } else {
                const SnapshotJob *job = change->object;

                fprintf(p->f, " (%s, %s, session %s, reason %s, by %s)",
                                snapshot_station_name(s, job->station), job->user.name, job->session,
                                job->reason, job->started_by.name);
        }
}

static void tell(Parts *p, const Change *change) {
        switch (change->event) {
        case CHANGE_CHANGED:
                if (change->kind == &snapshot_kind_station)
                        tell_station(p, change->before, change->object);
                else if (change->kind == &snapshot_kind_hub)
                        tell_hub(p, change->snapshot, change->before, change->object);
                else
                        tell_job(p, change->before, change->object);
                return;

        case CHANGE_REMOVED:
                next_part(p);
                fputs("gone", p->f);
                tell_whole(p, change);
                return;

        default:
                if (change->kind == &snapshot_kind_job) {
                        const SnapshotJob *job = change->object;

                        tell_left(p, job);
                        tell_whole(p, change);
                        /* It may have happened before we heard of the job. */
                        if (!streq(job->warned, "pending"))
                                fprintf(p->f, ", %s", progress_warned_text(job->warned));
                        return;
                }

                next_part(p);
                fputs("is there", p->f);
                tell_whole(p, change);
        }
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
        tell_name(f, change);
        tell(&p, change);

        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        if (!p.any)
                text[0] = '\0';

        return text;
}
