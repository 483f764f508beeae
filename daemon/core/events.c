/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the peers tell, on its way into what the manager knows. */

#include "common/log.h"
#include "core/events.h"
#include "core/job-runner.h"
#include "core/journal.h"
#include "core/notice.h"
#include "core/privilege.h"
#include "feature/hub-lost.h"
#include "feature/login-screen.h"
#include "feature/pending.h"
#include "feature/shutdown.h"

static void advance_job_of(Manager *m, const char *session) {
        JobRunner *l, *next;

        /* An id is one session's at a time, but a job may still stand for the one that had it before. */
        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                next = TAILQ_NEXT(l, jobs);
                if (streq(l->job.session.id, session))
                        job_runner_advance(l);
        }
}

static void on_session(const SessionInfo *info, void *userdata) {
        Manager *m = userdata;
        Session *s = manager_find_session_entry(m, info->id);
        unsigned mask;

        if (!s) {
                s = malloc(sizeof(*s));
                if (!s) {
                        log_oom();
                        return;
                }
                *s = (Session) { .manager = m, .info = info };
                TAILQ_INSERT_TAIL(&m->sessions, s, sessions);
                mask = SESSION_CHANGED_IDENTITY;
        } else {
                mask = session_info_compare(s->info, info);
                if (mask & SESSION_CHANGED_SEAT)
                        manager_station_changed(m, s->info->seat, STATION_CHANGED_SESSIONS);
                if (mask & SESSION_CHANGED_IDENTITY) {
                        notice_session_gone(m, info->id);
                        s->inhibited = s->idle_reset = 0;
                }
                s->info = info;
        }

        if (mask & SESSION_CHANGED_IDENTITY)
                administrator_new_session(s);
        if (mask & SESSION_CHANGED_IDENTITY && session_kind(info) == SESSION_KIND_UNKNOWN)
                log_info("Session '%s' is of the class '%s', which is not known here: it is never ended.",
                                info->id, info->class);

        if (mask != 0)
                manager_station_changed(m, info->seat,
                                mask & ~(SESSION_CHANGED_IDLE | SESSION_CHANGED_LOCKED) ?
                                                STATION_CHANGED_SESSIONS :
                                                0);
        login_screen_check(m, info->seat);
        advance_job_of(m, info->id);
}

static void on_session_gone(const char *id, void *userdata) {
        Manager *m = userdata;
        Session *s = manager_find_session_entry(m, id);

        if (!s)
                return;

        manager_station_changed(m, s->info->seat, STATION_CHANGED_SESSIONS);
        session_free(s);
        notice_session_gone(m, id);
        advance_job_of(m, id);
}

static void on_seat(const char *id, void *userdata) {
        Manager *m = userdata;
        Station *s;

        if (!station_id_is_valid(id)) {
                log_warning("logind tells of a seat whose id no seat can have, ignoring it.");
                return;
        }

        if (manager_make_station(m, id, &s) < 0) {
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
        JobRunner *l, *next;

        if (m->logind_synced && !m->logind_lost)
                return;

        m->logind_synced = true;
        m->logind_lost = false;
        manager_changed(m, 0);
        shutdown_logind_synced(m);

        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                next = TAILQ_NEXT(l, jobs);
                job_runner_advance(l);
        }
        pending_logind_synced(m);
}

static void on_logind_lost(void *userdata) {
        Manager *m = userdata;
        JobRunner *l, *next;

        m->logind_lost = true;
        m->logind_absent = !logind_is_there(m->logind);
        manager_changed(m, 0);
        shutdown_logind_lost(m);
        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                next = TAILQ_NEXT(l, jobs);
                job_runner_advance(l);
        }
}

static void on_resumed(void *userdata) {
        Manager *m = userdata;
        JobRunner *l, *next;

        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                next = TAILQ_NEXT(l, jobs);
                job_runner_wake(l);
        }
}

static void on_shutting_down(bool begins, void *userdata) {
        shutdown_prepare(userdata, begins);
}

const LogindEvents events_from_logind = {
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
                log_warning("Device '%s' has an ID_SEAT that no seat can have, it belongs to none.",
                                info->syspath);
}

static void on_device_gone(const char *syspath, void *userdata) {
        Manager *m = userdata;

        (void) topology_remove(m->topology, syspath);
}

static void on_snapshot_begin(void *userdata) {
        Manager *m = userdata;

        topology_begin_snapshot(m->topology);
}

static void on_snapshot_end(void *userdata) {
        Manager *m = userdata;

        topology_end_snapshot(m->topology);
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
                hub_lost_check(m, seat);
}

/* A hub may belong to a seat that logind does not make, for want of a screen: that is a station all the
 * same, for an administrator must see where the hub has gone. */
static void make_stations_of_hubs(Manager *m) {
        for (size_t i = 0; i < topology_n_hubs(m->topology); i++) {
                const Hub *h = topology_hub_at(m->topology, i);
                Station *s;

                if (h->seat && manager_make_station(m, h->seat, &s) < 0)
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
                log_error_errno(r, "Failed to look at the hubs anew: %m");

        make_stations_of_hubs(m);
        m->udev_settled = true;
        overruns = udev_host_overruns(m->udev);
        manager_changed(m, overruns != m->udev_overruns ? MANAGER_CHANGED_UDEV_OVERRUNS : 0);
        m->udev_overruns = overruns;
}

const UdevEvents events_from_udev = {
        .device = on_device,
        .device_gone = on_device_gone,
        .snapshot_begin = on_snapshot_begin,
        .snapshot_end = on_snapshot_end,
        .settled = on_settled,
};
