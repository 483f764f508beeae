/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A hub that is pulled out takes keyboard and mouse along, and leaves a screen with somebody's work on it.
 * The topology says which hubs a seat has lost; here is one timer for each such seat, and what it does once.
 * A log-off that comes of it bears the hubs' names: so it is known after a restart of usherd what to look
 * out for. */

#include "common/log.h"
#include "core/job-runner.h"
#include "core/journal.h"
#include "feature/hub-lost.h"
#include "feature/logind-request.h"

#define MESSAGE "The keyboard's hub of this station was unplugged."

struct HubLostWatch {
        Manager *manager;
        char *seat;
        sd_event_source *timer; /* NULL once it has acted */
        TAILQ_ENTRY(HubLostWatch) watches;
};

static void watch_free(HubLostWatch *w) {
        TAILQ_REMOVE(&w->manager->hubs_lost, w, watches);
        sd_event_source_disable_unref(w->timer);
        free(w->seat);
        free(w);
}

static HubLostWatch *watch_find(Manager *m, const char *seat) {
        HubLostWatch *w;

        TAILQ_FOREACH(w, &m->hubs_lost, watches)
                if (streq(w->seat, seat))
                        return w;

        return NULL;
}

/* Those that were begun for nothing but a hub of this seat. */
static void call_off(Manager *m, const char *seat, const char *why) {
        JobRunner *l, *next;

        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                uint32_t number = l->job.number;

                next = TAILQ_NEXT(l, jobs);
                if (isempty(l->job.lost_hubs) || !streq(l->job.station, seat) || job_runner_cancel(l) < 0)
                        continue;

                log_info("%s at station '%s': job %" PRIu32 " is called off.", why, seat, number);
        }
}

static void log_off(Manager *m, const TopologySeat *seat) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        _cleanup_free_ char *hubs = topology_seat_format_lost(seat, " ");
        size_t n;

        if (!hubs || manager_sessions_of(m, seat->id, &sessions, &n) < 0) {
                log_oom();
                return;
        }

        for (size_t i = 0; i < n; i++) {
                JobRunner *l;
                int r;

                /* A countdown that runs already stays as it is. */
                if (session_kind(sessions[i]) != SESSION_KIND_USER || manager_find_job_of(m, sessions[i]))
                        continue;

                r = job_runner_begin(m, sessions[i],
                                &(JobRequest) {
                                                .grace = m->config.grace_usec,
                                                .reason = JOB_REASON_REQUESTED,
                                                .message = MESSAGE,
                                                .by_uid = 0,
                                                .by_user = "",
                                                .lost_hubs = hubs,
                                },
                                &l);
                if (r < 0)
                        log_error_errno(r, "Failed to log session '%s' off: %m", sessions[i]->id);
        }

        manager_store_jobs(m);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        HubLostWatch *w = userdata;
        Manager *m = w->manager;
        const TopologySeat *seat = topology_find_seat(m->topology, w->seat);
        Station *s = manager_find_station(m, w->seat);
        int r;

        w->timer = sd_event_source_disable_unref(w->timer);
        if (!s || !seat)
                return 0;

        journal_hub_lost(s, seat, m->config.hub_lost);
        switch (m->config.hub_lost) {
        case HUB_LOST_LOCK:
                r = logind_request_lock(m, NULL, w->seat);
                if (r < 0)
                        log_error_errno(r, "Failed to lock station '%s': %m", w->seat);
                break;
        case HUB_LOST_LOG_OFF:
                log_off(m, seat);
                break;
        default:
                break;
        }

        return 0;
}

static int watch_new(HubLostWatch **ret, Manager *m, const char *seat) {
        HubLostWatch *w;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (HubLostWatch) { .manager = m, .seat = strdup(seat) };
        TAILQ_INSERT_TAIL(&m->hubs_lost, w, watches);
        if (!w->seat) {
                watch_free(w);
                return -ENOMEM;
        }

        *ret = w;
        return 0;
}

static void watch_begin(Manager *m, const char *seat) {
        HubLostWatch *w;
        int r;

        r = watch_new(&w, m, seat);
        if (r >= 0) {
                r = sd_event_add_time_relative(m->event, &w->timer, CLOCK_MONOTONIC, m->config.hub_lost_usec,
                                0, on_timeout, w);
                if (r < 0)
                        watch_free(w);
        }
        if (r < 0)
                log_warning_errno(r, "Cannot wait for the hub of station '%s': %m", seat);
}

void hub_lost_check(Manager *m, const char *seat) {
        const TopologySeat *t = topology_find_seat(m->topology, seat);
        HubLostWatch *w = watch_find(m, seat);

        /* Nobody could hear of a job that is called off; there is another look then. */
        if (!m->serving)
                return;

        if (!t || t->n_lost == 0) {
                if (w) {
                        call_off(m, seat, "The hub is back");
                        watch_free(w);
                }
        } else if (!w && m->config.hub_lost != HUB_LOST_KEEP)
                watch_begin(m, seat);
}

static void check_all(Manager *m) {
        HubLostWatch *w, *next;

        for (w = TAILQ_FIRST(&m->hubs_lost); w; w = next) {
                next = TAILQ_NEXT(w, watches);
                hub_lost_check(m, w->seat);
        }

        for (size_t i = 0; i < topology_n_seats(m->topology); i++)
                hub_lost_check(m, topology_seat_at(m->topology, i)->id);
}

static int restore(JobRunner *l) {
        _cleanup_free_ char *hubs = strdup(l->job.lost_hubs);
        Manager *m = l->manager;
        HubLostWatch *w;
        char *rest = NULL;
        int r = 0;

        if (!hubs)
                return -ENOMEM;

        for (char *hub = strtok_r(hubs, " ", &rest); hub && r >= 0; hub = strtok_r(NULL, " ", &rest))
                r = topology_note_lost(m->topology, l->job.station, hub);
        if (r >= 0 && !watch_find(m, l->job.station))
                r = watch_new(&w, m, l->job.station);

        return r;
}

void hub_lost_restore(Manager *m) {
        JobRunner *l;
        int r;

        TAILQ_FOREACH(l, &m->jobs, jobs) {
                if (isempty(l->job.lost_hubs))
                        continue;

                r = restore(l);
                if (r < 0)
                        log_error_errno(r, "Cannot look out for the hub of station '%s': %m",
                                        l->job.station);
        }
}

void hub_lost_serve(Manager *m) {
        check_all(m);
}

void hub_lost_reconfigure(Manager *m) {
        HubLostWatch *w, *next;

        /* What has been done is done; what is waited for has new terms. */
        for (w = TAILQ_FIRST(&m->hubs_lost); w; w = next) {
                next = TAILQ_NEXT(w, watches);
                if (w->timer)
                        watch_free(w);
        }

        check_all(m);
}

void hub_lost_forget(Manager *m) {
        HubLostWatch *w;

        TAILQ_FOREACH(w, &m->hubs_lost, watches)
                call_off(m, w->seat, "The hubs are assigned anew, so none is missed");

        hub_lost_done(m);
        for (size_t i = 0; i < topology_n_seats(m->topology); i++)
                topology_forget_lost(m->topology, topology_seat_at(m->topology, i)->id);
}

void hub_lost_done(Manager *m) {
        HubLostWatch *w;

        while ((w = TAILQ_FIRST(&m->hubs_lost)))
                watch_free(w);
}
