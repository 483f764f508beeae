/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A hub that is pulled out takes keyboard and mouse along, and leaves a screen with somebody's work on it. The
 * topology says which hubs a seat has lost; here is one timer for each such seat, and what it does once. */

#include "hub-lost.h"
#include "journal.h"
#include "log.h"
#include "logoff.h"
#include "order.h"

#define MESSAGE "The keyboard's hub of this station was unplugged."

struct HubLostWatch {
        Manager *manager;
        char *seat;
        sd_event_source *timer; /* NULL once it has acted */
        uint32_t *jobs;         /* the log-offs that it began */
        size_t n_jobs;
        TAILQ_ENTRY(HubLostWatch) watches;
};

static void watch_free(HubLostWatch *w) {
        TAILQ_REMOVE(&w->manager->hubs_lost, w, watches);
        sd_event_source_disable_unref(w->timer);
        free(w->jobs);
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

/* A job that somebody else has asked for as well, and sooner, is theirs. */
static bool is_ours(const Job *j) {
        return j->by_uid == 0 && isempty(j->by_user);
}

static void call_off(HubLostWatch *w) {
        Manager *m = w->manager;

        for (size_t i = 0; i < w->n_jobs; i++) {
                LogOff *l = manager_find_job(m, w->jobs[i]);

                if (l && is_ours(&l->job) && logoff_cancel(l) >= 0)
                        log_info("The hub of station '%s' is back: job %" PRIu32 " is called off.", w->seat,
                                        w->jobs[i]);
        }
}

static void log_off(HubLostWatch *w) {
        _cleanup_free_ const SessionFacts **sessions = NULL;
        Manager *m = w->manager;
        size_t n;

        if (manager_sessions_of(m, w->seat, &sessions, &n) < 0) {
                log_oom();
                return;
        }

        w->jobs = calloc(n + 1, sizeof(*w->jobs));
        if (!w->jobs) {
                log_oom();
                return;
        }

        for (size_t i = 0; i < n; i++) {
                LogOff *l;
                int r;

                /* A countdown that runs already stays as it is. */
                if (session_kind(sessions[i]) != SESSION_KIND_USER || manager_find_job_of(m, sessions[i]))
                        continue;

                r = logoff_begin(m, sessions[i],
                                &(JobRequest) {
                                                .grace = m->config.grace_usec,
                                                .reason = JOB_REASON_REQUESTED,
                                                .message = MESSAGE,
                                                .by_uid = 0,
                                                .by_user = "",
                                },
                                &l);
                if (r < 0)
                        log_error_errno(r, "Failed to log session '%s' off: %m", sessions[i]->id);
                else
                        w->jobs[w->n_jobs++] = l->job.number;
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
                r = order_lock(m, NULL, w->seat);
                if (r < 0)
                        log_error_errno(r, "Failed to lock station '%s': %m", w->seat);
                break;
        case HUB_LOST_LOG_OFF:
                log_off(w);
                break;
        default:
                break;
        }

        return 0;
}

static void watch_begin(Manager *m, const char *seat) {
        HubLostWatch *w;
        int r = -ENOMEM;

        w = malloc(sizeof(*w));
        if (!w)
                goto fail;
        *w = (HubLostWatch) { .manager = m, .seat = strdup(seat) };
        TAILQ_INSERT_TAIL(&m->hubs_lost, w, watches);
        if (!w->seat) {
                watch_free(w);
                goto fail;
        }

        r = sd_event_add_time_relative(
                        m->event, &w->timer, CLOCK_MONOTONIC, m->config.hub_lost_usec, 0, on_timeout, w);
        if (r < 0) {
                watch_free(w);
                goto fail;
        }

        return;

fail:
        log_warning_errno(r, "Cannot wait for the hub of station '%s': %m", seat);
}

void hub_lost_check(Manager *m, const char *seat) {
        const TopologySeat *t = topology_find_seat(m->topology, seat);
        HubLostWatch *w = watch_find(m, seat);

        if (!t || t->n_lost == 0) {
                if (w) {
                        call_off(w);
                        watch_free(w);
                }
        } else if (!w && m->config.hub_lost != HUB_LOST_KEEP)
                watch_begin(m, seat);
}

void hub_lost_reconfigure(Manager *m) {
        HubLostWatch *w, *next;

        /* What has been done is done; what is waited for has new terms. */
        for (w = TAILQ_FIRST(&m->hubs_lost); w; w = next) {
                next = TAILQ_NEXT(w, watches);
                if (w->timer)
                        watch_free(w);
        }

        for (size_t i = 0; i < topology_n_seats(m->topology); i++)
                hub_lost_check(m, topology_seat_at(m->topology, i)->id);
}

void hub_lost_forget(Manager *m) {
        hub_lost_done(m);
        for (size_t i = 0; i < topology_n_seats(m->topology); i++)
                topology_forget_lost(m->topology, topology_seat_at(m->topology, i)->id);
}

void hub_lost_done(Manager *m) {
        HubLostWatch *w;

        while ((w = TAILQ_FIRST(&m->hubs_lost)))
                watch_free(w);
}
