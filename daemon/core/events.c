/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/seat-id.h"
#include "core/events.h"
#include "core/jobs.h"
#include "core/notice.h"
#include "core/privilege.h"

/* The session is new, or its id belongs to another session now. */
static void begin_session(Session *s) {
        s->outlives_log_off = false;
        privilege_begin(s);

        if (session_kind(s->info) == SESSION_KIND_UNKNOWN)
                log_info("Session '%s' has the unknown class '%s', it is never ended.", s->info->id,
                                s->info->class);

        MANAGER_CALL_FEATURES(s->manager, session_new, s);
}

void events_apply_session(Manager *m, const SessionInfo *info) {
        Session *s = manager_find_session(m, info->id);
        unsigned mask = SESSION_CHANGED_IDENTITY;

        if (!s) {
                s = malloc(sizeof(*s));
                if (!s) {
                        log_oom();
                        return;
                }
                *s = (Session) { .manager = m, .info = info };
                if (manager_add_session(m, s) < 0) {
                        free(s);
                        log_oom();
                        return;
                }
        } else {
                mask = session_info_compare(s->info, info);
                if (mask & SESSION_CHANGED_SEAT)
                        manager_station_changed(m, s->info->seat, STATION_CHANGED_SESSIONS);
                if (mask & SESSION_CHANGED_IDENTITY)
                        notice_session_gone(m, info->id);
                manager_set_session_info(s, info);
        }

        if (mask & SESSION_CHANGED_IDENTITY)
                begin_session(s);
        if (mask != 0)
                manager_station_changed(m, info->seat,
                                mask & ~(SESSION_CHANGED_IDLE | SESSION_CHANGED_LOCKED) ?
                                                STATION_CHANGED_SESSIONS :
                                                0);

        MANAGER_CALL_FEATURES(m, session_changed, s);
        jobs_advance_session(m, info->id);
}

void events_remove_session(Session *s) {
        Manager *m = s->manager;
        _cleanup_free_ char *id = strdup(s->info->id);

        manager_station_changed(m, s->info->seat, STATION_CHANGED_SESSIONS);
        MANAGER_CALL_FEATURES(m, session_gone, s);
        manager_remove_session(s);
        session_free(s);
        if (!id) {
                log_oom();
                return;
        }

        notice_session_gone(m, id);
        jobs_advance_session(m, id);
}

static void on_session(const SessionInfo *info, void *userdata) {
        events_apply_session(userdata, info);
}

static void on_session_gone(const char *id, void *userdata) {
        Session *s = manager_find_session(userdata, id);

        if (s)
                events_remove_session(s);
}

static void on_seat(const char *id, void *userdata) {
        Manager *m = userdata;
        Station *s;

        if (!seat_id_is_valid(id)) {
                log_warning("logind lists a seat with an invalid id, ignoring it.");
                return;
        }

        if (manager_add_station(m, id, &s) < 0) {
                log_oom();
                return;
        }

        s->present = true;
        manager_changed(m, 0);
}

static void on_seat_gone(const char *id, void *userdata) {
        Manager *m = userdata;
        Station *s = manager_find_station(m, id);

        if (!s)
                return;

        s->present = false;
        s->login_screen_missing = false;
        manager_changed(m, 0);
}

static void on_logind_synced(void *userdata) {
        Manager *m = userdata;

        if (!m->logind_synced || m->logind_lost) {
                m->logind_synced = true;
                m->logind_lost = false;
                manager_changed(m, 0);
                jobs_advance(m);
                MANAGER_CALL_FEATURES(m, synced);
        }

        MANAGER_CALL_FEATURES(m, looked);
}

static void on_logind_lost(void *userdata) {
        Manager *m = userdata;

        m->logind_lost = true;
        manager_changed(m, 0);
        MANAGER_CALL_FEATURES(m, lost);
        jobs_advance(m);
}

static void on_resumed(void *userdata) {
        Manager *m = userdata;
        JobRunner *j, *next;

        for (j = TAILQ_FIRST(&m->jobs); j; j = next) {
                next = TAILQ_NEXT(j, jobs);
                job_runner_wake(j);
        }
}

static void on_shutting_down(bool begins, void *userdata) {
        Manager *m = userdata;

        MANAGER_CALL_FEATURES(m, shutdown_prepared, begins);
}

const LogindEvents manager_logind_events = {
        .session = on_session,
        .session_gone = on_session_gone,
        .seat = on_seat,
        .seat_gone = on_seat_gone,
        .synced = on_logind_synced,
        .lost = on_logind_lost,
        .resumed = on_resumed,
        .shutting_down = on_shutting_down,
};

/* udev */

static void on_device(const DeviceInfo *info, void *userdata) {
        Manager *m = userdata;
        int r;

        r = topology_apply(m->topology, info);
        if (r < 0)
                log_warning_errno(r, "Ignoring device '%s': %m", info->syspath);
        else if (r > 0 && info->flags & DEVICE_SEAT_IGNORED)
                log_warning("Device '%s' has an invalid ID_SEAT, it belongs to no seat.", info->syspath);
}

static void on_device_gone(const char *syspath, void *userdata) {
        Manager *m = userdata;

        (void) topology_remove(m->topology, syspath);
}

static void on_snapshot_begin(void *userdata) {
        topology_begin_snapshot(((Manager *) userdata)->topology);
}

static void on_snapshot_end(void *userdata) {
        topology_end_snapshot(((Manager *) userdata)->topology);
}

static void on_hub_removed(const Hub *h, void *userdata) {
        Manager *m = userdata;

        m->events->hub_removed(h, m->userdata);
}

static void on_hub_added(const Hub *h, void *userdata) {
        Manager *m = userdata;

        m->events->hub_added(h, m->userdata);
}

static void on_hub_changed(const Hub *h, unsigned mask, void *userdata) {
        Manager *m = userdata;

        m->events->hub_changed(h, mask, m->userdata);
}

static void on_seat_changed(const char *seat, unsigned mask, void *userdata) {
        Manager *m = userdata;
        unsigned changed = 0;

        if (mask & SEAT_CHANGED_HUBS)
                changed |= STATION_CHANGED_HUBS;
        if (mask & SEAT_CHANGED_DEVICES)
                changed |= STATION_CHANGED_DEVICES | STATION_CHANGED_DISPLAYS;

        manager_station_changed(m, seat, changed);
        if (mask & SEAT_CHANGED_LOST)
                MANAGER_CALL_FEATURES(m, hub_lost, seat);
}

/* A hub may belong to a seat that logind does not create for lack of a screen. That is a station all the
 * same: an administrator must see where the hub went. */
static void add_stations_of_hubs(Manager *m) {
        for (size_t i = 0; i < topology_n_hubs(m->topology); i++) {
                const Hub *h = topology_hub_at(m->topology, i);
                Station *s;

                if (h->seat && manager_add_station(m, h->seat, &s) < 0)
                        log_oom();
        }
}

static void on_settled(void *userdata) {
        static const TopologyEvents events = {
                .hub_removed = on_hub_removed,
                .hub_added = on_hub_added,
                .hub_changed = on_hub_changed,
                .seat_changed = on_seat_changed,
        };
        Manager *m = userdata;
        uint64_t overruns;
        int r;

        r = topology_settle(m->topology, &events, m);
        if (r < 0)
                log_error_errno(r, "Failed to update the hubs: %m");

        add_stations_of_hubs(m);
        m->udev_settled = true;
        overruns = udev_host_overruns(m->udev);
        if (overruns != m->udev_overruns)
                log_info("Device events were lost; enumerated all devices again.");
        manager_changed(m, overruns != m->udev_overruns ? MANAGER_CHANGED_UDEV_OVERRUNS : 0);
        m->udev_overruns = overruns;
}

static void on_udev_failed(int error, bool for_good, void *userdata) {
        if (for_good)
                log_error_errno(error, "Failed to read device events, no longer listening: %m");
        else
                log_warning_errno(error, "Failed to read devices, trying again: %m");
}

const UdevEvents manager_udev_events = {
        .device = on_device,
        .device_gone = on_device_gone,
        .snapshot_begin = on_snapshot_begin,
        .snapshot_end = on_snapshot_end,
        .settled = on_settled,
        .failed = on_udev_failed,
};
