/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/changes.h"
#include "core/job-runner.h"
#include "core/journal.h"
#include "feature/idle.h"
#include "feature/mode.h"
#include "feature/pending.h"
#include "feature/shutdown.h"

/* Whoever has usherd answer without a pause, and everybody may, must not keep what changes from being told
 * and written down: so long it waits for one at most. */
#define NOTIFY_LATE_USEC (50 * USEC_PER_MSEC)

static bool has_job(Manager *m, const char *seat) {
        JobRunner *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (streq(l->job.station, seat))
                        return true;

        return false;
}

static int update_station(Manager *m, Station *s) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        const TopologySeat *seat = topology_find_seat(m->topology, s->id);
        size_t n;
        int r;

        r = manager_sessions_of(m, s->id, &sessions, &n);
        if (r < 0)
                return r;

        /* logind makes a seat of a device, seat0 apart: where udev has told of none, it is on its way. */
        r = station_update(s, sessions, n, has_job(m, s->id),
                        &(StationEquipment) {
                                        .known = udev_host_is_live(m->udev) &&
                                                        (seat || streq(s->id, "seat0")),
                                        .keyboard = seat && seat->has_keyboard,
                                        .pointer = seat && seat->has_pointer,
                                        .display = seat && seat->has_display,
                        });
        if (r < 0)
                return r;

        /* While the first picture is put together a station may look worse than it is. */
        if (m->ready && s->health != s->journal_health) {
                s->journal_health = s->health;
                journal_station_health(s);
        }

        return 0;
}

static bool has_hub(Manager *m, const char *seat) {
        for (size_t i = 0; i < topology_n_hubs(m->topology); i++)
                if (streq_ptr(topology_hub_at(m->topology, i)->seat, seat))
                        return true;

        return false;
}

/* A station stays while its seat is there, while it has a label to be missed by, while hubs are waiting for
 * its screen, and while a job runs on it. */
static bool is_wanted(Manager *m, const Station *s) {
        return s->present || !isempty(s->label) || has_hub(m, s->id) || has_job(m, s->id);
}

static void changes_notify_station(Manager *m, Station *s) {
        unsigned mask;

        if (!is_wanted(m, s)) {
                if (s->announced)
                        m->events->station_removed(s, m->userdata);
                TAILQ_REMOVE(&m->stations, s, stations);
                station_free(s);
                m->changed |= MANAGER_CHANGED_STATIONS;
                return;
        }

        if (update_station(m, s) < 0) {
                log_oom();
                return;
        }

        mask = s->changed;
        s->changed = 0;
        if (!s->announced) {
                s->announced = true;
                m->changed |= MANAGER_CHANGED_STATIONS;
                m->events->station_added(s, m->userdata);
        } else if (mask != 0)
                m->events->station_changed(s, mask, m->userdata);
}

static void check_ready(Manager *m) {
        if (m->ready || !m->udev_settled || !m->mode_known || !(m->logind_synced || m->logind_absent))
                return;

        m->ready = true;
        m->events->ready(m->userdata);
        manager_changed(m, 0);
        mode_boot(m);
}

int manager_block_logins(Manager *m) {
        int r;

        r = nologin_block(m->nologin);
        if (r < 0)
                return r;

        /* Should no job come of it after all, the flush lets them in again. */
        manager_changed(m, 0);
        return 0;
}

static void check_logins(Manager *m) {
        JobRunner *l;

        /* Nor is a machine that goes down a place to log in at. */
        if (shutdown_is_under_way(m) || (m->pending && m->pending->block_logins))
                return;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (l->job.block_logins)
                        return;

        nologin_unblock(m->nologin);
}

static void changes_notify(Manager *m) {
        Station *s, *next;
        unsigned mask;

        /* What changes from here on is for the next one. */
        (void) sd_event_source_set_enabled(m->notify, SD_EVENT_OFF);
        (void) sd_event_source_set_enabled(m->notify_late, SD_EVENT_OFF);

        for (s = TAILQ_FIRST(&m->stations); s; s = next) {
                next = TAILQ_NEXT(s, stations);
                changes_notify_station(m, s);
        }

        mask = m->changed;
        m->changed = 0;
        if (mask != 0)
                m->events->manager_changed(mask, m->userdata);

        if (m->store_dirty)
                manager_store_jobs(m);

        idle_watch_check(m->idle_watch);
        check_logins(m);
        check_ready(m);
}

static int on_notify(sd_event_source *source, void *userdata) {
        changes_notify(userdata);
        return 0;
}

static int on_notify_late(sd_event_source *source, uint64_t usec, void *userdata) {
        changes_notify(userdata);
        return 0;
}

int changes_start(Manager *m) {
        int r;

        r = sd_event_add_defer(m->event, &m->notify, on_notify, m);
        if (r < 0)
                return r;

        /* After the messages that are waiting: what they change goes into one flush. */
        r = sd_event_source_set_priority(m->notify, SD_EVENT_PRIORITY_NORMAL + 10);
        if (r < 0)
                return r;

        return sd_event_add_time_relative(
                        m->event, &m->notify_late, CLOCK_MONOTONIC, NOTIFY_LATE_USEC, 0, on_notify_late, m);
}

void changes_done(Manager *m) {
        sd_event_source_disable_unref(m->notify);
        sd_event_source_disable_unref(m->notify_late);
}

void manager_changed(Manager *m, unsigned mask) {
        m->changed |= mask;
        (void) sd_event_source_set_enabled(m->notify, SD_EVENT_ONESHOT);

        if (sd_event_source_get_enabled(m->notify_late, NULL) == 0) {
                (void) sd_event_source_set_time_relative(m->notify_late, NOTIFY_LATE_USEC);
                (void) sd_event_source_set_enabled(m->notify_late, SD_EVENT_ONESHOT);
        }
}

void manager_station_changed(Manager *m, const char *seat, unsigned mask) {
        Station *s = manager_find_station(m, seat);

        if (s)
                s->changed |= mask;
        manager_changed(m, 0);
}
