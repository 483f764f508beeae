/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/changes.h"
#include "core/journal.h"
#include "core/jobs.h"

static int station_derive(Manager *m, Station *s) {
        _cleanup_free_ Session **sessions = NULL;
        const TopologySeat *seat = topology_find_seat(m->topology, s->id);
        size_t n;
        int r;

        r = manager_list_sessions(m, s->id, false, &sessions, &n);
        if (r < 0)
                return r;

        /* Except for seat0, logind creates a seat only for a device. If udev has not reported one yet, it
         * will, so nothing is known to be missing. */
        r = station_update(s, sessions, n, jobs_at_station(m, s->id),
                        &(StationEquipment) {
                                        .known = udev_host_is_live(m->udev) &&
                                                        udev_host_is_settled(m->udev) &&
                                                        (seat || streq(s->id, "seat0")),
                                        .keyboard = seat && seat->has_keyboard,
                                        .pointer = seat && seat->has_pointer,
                                        .display = seat && seat->has_display,
                        });
        if (r < 0)
                return r;

        /* Until all peers have answered once, the health may look worse than it is. */
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

/* A station is kept while it has a seat, a label, a hub or a job. Without a seat it is listed as absent, for
 * example because its hubs are attached but it has no screen yet. */
static bool station_is_wanted(Manager *m, const Station *s) {
        return s->present || !isempty(s->label) || has_hub(m, s->id) || jobs_at_station(m, s->id);
}

static void notify_station(Manager *m, Station *s) {
        unsigned mask;

        if (!station_is_wanted(m, s)) {
                if (s->announced)
                        m->events->station_removed(s, m->userdata);
                manager_remove_station(s);
                m->changes.mask |= MANAGER_CHANGED_STATIONS;
                return;
        }

        if (station_derive(m, s) < 0) {
                log_oom();
                return;
        }

        mask = s->changed;
        s->changed = 0;
        if (!s->announced) {
                s->announced = true;
                m->changes.mask |= MANAGER_CHANGED_STATIONS;
                m->events->station_added(s, m->userdata);
        } else if (mask != 0)
                m->events->station_changed(s, mask, m->userdata);
}

static bool is_ready(Manager *m) {
        bool logind_absent = m->logind_lost && !logind_is_there(m->logind);

        if (!m->udev_settled || !(m->logind_synced || logind_absent))
                return false;

        for (size_t i = 0; m->features[i]; i++)
                if (m->features[i]->is_ready && !m->features[i]->is_ready(m->feature_states[i]))
                        return false;

        return true;
}

static void check_ready(Manager *m) {
        if (m->ready || !is_ready(m))
                return;

        m->ready = true;
        m->events->ready(m->userdata);
        manager_changed(m, 0);
        MANAGER_CALL_FEATURES(m, ready);
}

/* New logins stay blocked while the machine goes down, and while a job or a feature asks for it. */
static void check_logins(Manager *m) {
        if (!m->going_down && !jobs_block_logins(m))
                logins_unblock(m->logins);
}

static void changes_notify(Manager *m) {
        Station *s, *next;
        unsigned mask;

        /* What changes from here on is for the next notification. */
        (void) sd_event_source_set_enabled(m->changes.notify, SD_EVENT_OFF);
        (void) sd_event_source_set_enabled(m->changes.notify_late, SD_EVENT_OFF);

        for (s = TAILQ_FIRST(&m->stations); s; s = next) {
                next = TAILQ_NEXT(s, stations);
                notify_station(m, s);
        }

        mask = m->changes.mask;
        m->changes.mask = 0;
        if (mask != 0)
                m->events->changed(mask, m->userdata);

        if (m->changes.store)
                jobs_store(m);

        MANAGER_CALL_FEATURES(m, notified);
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

        r = sd_event_add_defer(m->event, &m->changes.notify, on_notify, m);
        if (r < 0)
                return r;

        /* After the messages that wait: what they change goes into one notification. */
        r = sd_event_source_set_priority(m->changes.notify, SD_EVENT_PRIORITY_NORMAL + 10);
        if (r < 0)
                return r;

        return sd_event_add_time_relative(m->event, &m->changes.notify_late, CLOCK_MONOTONIC,
                        MANAGER_NOTIFY_LATE_USEC, 0, on_notify_late, m);
}

void changes_done(Manager *m) {
        m->changes.notify = sd_event_source_disable_unref(m->changes.notify);
        m->changes.notify_late = sd_event_source_disable_unref(m->changes.notify_late);
}
