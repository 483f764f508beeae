/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Unplugging a hub takes keyboard and mouse away from a screen that shows somebody's work. The topology
 * knows which hubs a seat has lost. Each such seat has one timer here, which acts once. While a log-off for
 * lost hubs runs, the store holds their names, so that the next usherd knows which hubs cancel it. */

#include "common/log.h"
#include "common/message-ids.h"
#include "core/jobs.h"
#include "core/journal.h"
#include "core/request.h"
#include "feature/hub-lost.h"

#define STORE_TYPE "hub-lost"

typedef struct HubLostState HubLostState;

/* A seat that has lost a hub. */
typedef struct HubLostWatch {
        HubLostState *state;
        char *seat;
        char *hubs;             /* those that were lost when it acted, separated by spaces; NULL before */
        sd_event_source *timer; /* NULL once it has acted */
        TAILQ_ENTRY(HubLostWatch) watches;
} HubLostWatch;

struct HubLostState {
        Manager *manager;
        TAILQ_HEAD(, HubLostWatch) watches;
};

static HubLostWatch *watch_free(HubLostWatch *w) {
        TAILQ_REMOVE(&w->state->watches, w, watches);
        sd_event_source_disable_unref(w->timer);
        free(w->seat);
        free(w->hubs);
        free(w);
        return NULL;
}

static HubLostWatch *watch_find(HubLostState *h, const char *seat) {
        HubLostWatch *w;

        TAILQ_FOREACH(w, &h->watches, watches)
                if (streq(w->seat, seat))
                        return w;

        return NULL;
}

static int watch_new(HubLostWatch **ret, HubLostState *h, const char *seat) {
        HubLostWatch *w;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (HubLostWatch) { .state = h, .seat = strdup(seat) };
        TAILQ_INSERT_TAIL(&h->watches, w, watches);
        if (!w->seat) {
                watch_free(w);
                return -ENOMEM;
        }

        *ret = w;
        return 0;
}

/* Whether the job was begun for nothing but a lost hub of this seat. */
static bool is_for_hub(const Job *j, void *userdata) {
        const HubLostWatch *w = userdata;

        return job_is_automatic(j) && j->origin == JOB_ORIGIN_HUB_LOST && streq(j->station, w->seat);
}

static void cancel_jobs(HubLostWatch *w, const char *why) {
        unsigned n;

        n = jobs_cancel(w->state->manager, is_for_hub, w);
        if (n > 0)
                log_info("Station '%s': %s. Log-offs cancelled: %u.", w->seat, why, n);
}

static void log_off(Manager *m, const char *seat) {
        _cleanup_free_ Session **sessions = NULL;
        size_t n;
        int r;

        r = manager_list_sessions(m, seat, true, &sessions, &n);
        if (r < 0) {
                log_oom();
                return;
        }
        if (n == 0)
                return;

        /* A countdown that runs already stays as it is. */
        r = jobs_start(m, sessions, n,
                        &(JobRequest) {
                                        .origin = JOB_ORIGIN_HUB_LOST,
                                        .reason = JOB_REASON_HUB_LOST,
                                        .grace = m->config.grace_usec,
                        },
                        NULL, NULL);
        if (r < 0)
                log_error_errno(r, "Failed to log off station '%s': %m", seat);
}

static void write_journal(const Station *s, const TopologySeat *seat, HubLost action) {
        _cleanup_free_ char *hubs = topology_seat_format_lost(seat, ", ");
        const char *name = station_name(s), *what = hub_lost_to_string(action);
        JournalRecord *record;

        record = journal_record(USHER_MESSAGE_HUB_LOST, LOG_NOTICE,
                        "Station '%s' has been without its hub (%s) for too long: %s", name, strempty(hubs),
                        what);
        journal_field(record, "USHER_STATION=%s", name);
        journal_field(record, "USHER_HUBS=%s", strempty(hubs));
        journal_field(record, "USHER_ACTION=%s", what);
        journal_field(record, "SEAT_ID=%s", s->id);
        journal_send(record);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        HubLostWatch *w = userdata;
        Manager *m = w->state->manager;
        const TopologySeat *seat = topology_find_seat(m->topology, w->seat);
        const Station *s = manager_find_station(m, w->seat);
        int r;

        w->timer = sd_event_source_disable_unref(w->timer);
        if (!s || !seat)
                return 0;

        w->hubs = topology_seat_format_lost(seat, " ");
        if (!w->hubs)
                log_oom();

        write_journal(s, seat, m->config.hub_lost);
        switch (m->config.hub_lost) {
        case HUB_LOST_LOCK:
                r = manager_lock_seat(m, w->seat, NULL, NULL);
                if (r < 0)
                        log_error_errno(r, "Failed to lock station '%s': %m", w->seat);
                break;
        case HUB_LOST_LOG_OFF:
                log_off(m, w->seat);
                break;
        default:
                break;
        }

        return 0;
}

static void watch_start(HubLostState *h, const char *seat) {
        Manager *m = h->manager;
        HubLostWatch *w;
        int r;

        r = watch_new(&w, h, seat);
        if (r >= 0) {
                r = sd_event_add_time_relative(m->event, &w->timer, CLOCK_MONOTONIC, m->config.hub_lost_usec,
                                0, on_timeout, w);
                if (r < 0)
                        watch_free(w);
        }
        if (r < 0)
                log_warning_errno(r, "Failed to wait for the hub of station '%s': %m", seat);
}

static void check_seat(HubLostState *h, const char *seat) {
        Manager *m = h->manager;
        const TopologySeat *t = topology_find_seat(m->topology, seat);
        HubLostWatch *w = watch_find(h, seat);

        /* Nobody could hear yet of a job that is cancelled. When usherd serves, all seats are checked. */
        if (!m->serving)
                return;

        if (!t || t->n_lost == 0) {
                if (w) {
                        cancel_jobs(w, "the hub is back");
                        watch_free(w);
                }
        } else if (!w && m->config.hub_lost != HUB_LOST_KEEP)
                watch_start(h, seat);
}

static void check_all(HubLostState *h) {
        Manager *m = h->manager;
        HubLostWatch *w, *next;

        for (w = TAILQ_FIRST(&h->watches); w; w = next) {
                next = TAILQ_NEXT(w, watches);
                check_seat(h, w->seat);
        }

        for (size_t i = 0; i < topology_n_seats(m->topology); i++)
                check_seat(h, topology_seat_at(m->topology, i)->id);
}

static void hub_lost_serve(void *state) {
        check_all(state);
}

static void hub_lost_hub_lost(void *state, const char *seat) {
        check_seat(state, seat);
}

static void hub_lost_configured(void *state) {
        HubLostState *h = state;
        HubLostWatch *w, *next;

        /* A watch that has acted stays; one that waits starts again with the new settings. */
        for (w = TAILQ_FIRST(&h->watches); w; w = next) {
                next = TAILQ_NEXT(w, watches);
                if (w->timer)
                        watch_free(w);
        }

        check_all(h);
}

static void hub_lost_hubs_reassigned(void *state) {
        HubLostState *h = state;
        Topology *t = h->manager->topology;
        HubLostWatch *w;

        while ((w = TAILQ_FIRST(&h->watches))) {
                cancel_jobs(w, "the hubs were assigned again, so none is missing");
                watch_free(w);
        }

        for (size_t i = 0; i < topology_n_seats(t); i++)
                topology_forget_lost(t, topology_seat_at(t, i)->id);
}

static bool has_job(HubLostWatch *w) {
        const JobRunner *j;

        TAILQ_FOREACH(j, &w->state->manager->jobs, jobs)
                if (is_for_hub(&j->job, w))
                        return true;

        return false;
}

static void hub_lost_store_write(void *state, StoreWriter *writer) {
        HubLostState *h = state;
        HubLostWatch *w;

        TAILQ_FOREACH(w, &h->watches, watches) {
                if (isempty(w->hubs) || !has_job(w))
                        continue;

                store_write_record(writer, STORE_TYPE);
                store_write_text(writer, "Station", w->seat);
                store_write_text(writer, "Hubs", w->hubs);
        }
}

static int restore(HubLostState *h, const char *seat, const char *hubs) {
        _cleanup_free_ char *copy = strdup(hubs);
        HubLostWatch *w = watch_find(h, seat);
        char *rest = NULL;
        int r = 0;

        if (!copy)
                return -ENOMEM;

        for (char *hub = strtok_r(copy, " ", &rest); hub && r >= 0; hub = strtok_r(NULL, " ", &rest))
                r = topology_note_lost(h->manager->topology, seat, hub);
        if (r >= 0 && !w)
                r = watch_new(&w, h, seat);

        /* Without a timer it is one that has acted. */
        return r < 0 ? r : string_replace(&w->hubs, hubs);
}

static void hub_lost_store_read(void *state, const StoreRecord *record) {
        const char *seat = store_record_text(record, "Station"), *hubs;
        int r;

        /* In usherd 0.1 the record of the job itself had the hubs. */
        hubs = store_record_text(record, streq(record->type, STORE_TYPE) ? "Hubs" : "LostHubs");
        if (isempty(seat) || isempty(hubs))
                return;

        r = restore(state, seat, hubs);
        if (r < 0)
                log_error_errno(r, "Failed to watch for the hub of station '%s': %m", seat);
}

static void hub_lost_free(void *state) {
        HubLostState *h = state;
        HubLostWatch *w;

        while ((w = TAILQ_FIRST(&h->watches)))
                watch_free(w);
        free(h);
}

static int hub_lost_new(Manager *m, void **ret) {
        HubLostState *h;

        h = malloc(sizeof(*h));
        if (!h)
                return -ENOMEM;
        *h = (HubLostState) { .manager = m, .watches = TAILQ_HEAD_INITIALIZER(h->watches) };

        *ret = h;
        return 0;
}

const Feature hub_lost_feature = {
        .name = STORE_TYPE,
        .new = hub_lost_new,
        .free = hub_lost_free,
        .serve = hub_lost_serve,
        .configured = hub_lost_configured,
        .hub_lost = hub_lost_hub_lost,
        .hubs_reassigned = hub_lost_hubs_reassigned,
        .store_write = hub_lost_store_write,
        .store_read = hub_lost_store_read,
};
