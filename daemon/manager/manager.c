/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "attachment.h"
#include "facts.h"
#include "hub-lost.h"
#include "idle-watch.h"
#include "journal.h"
#include "log.h"
#include "login-screen.h"
#include "logoff.h"
#include "manager.h"
#include "mode.h"
#include "notice.h"
#include "order.h"
#include "plan.h"
#include "shutdown.h"
#include "station-label.h"

Station *manager_find_station(Manager *m, const char *id) {
        Station *s;

        TAILQ_FOREACH(s, &m->stations, stations)
                if (streq(s->id, id))
                        return s;

        return NULL;
}

Station *manager_find_station_by_name(Manager *m, const char *name) {
        Station *s;

        s = manager_find_station(m, name);
        if (s || isempty(name))
                return s;

        TAILQ_FOREACH(s, &m->stations, stations)
                if (streq(s->label, name))
                        return s;

        return NULL;
}

Station *manager_find_station_by_session(Manager *m, const SessionFacts *f) {
        return isempty(f->seat) ? NULL : manager_find_station(m, f->seat);
}

Session *manager_find_session_entry(Manager *m, const char *id) {
        Session *s;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (streq(s->facts->id, id))
                        return s;

        return NULL;
}

const SessionFacts *manager_find_session(Manager *m, const char *id) {
        Session *s = manager_find_session_entry(m, id);

        return s ? s->facts : NULL;
}

LogOff *manager_find_job(Manager *m, uint32_t number) {
        LogOff *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (l->job.number == number)
                        return l;

        return NULL;
}

LogOff *manager_find_job_of(Manager *m, const SessionFacts *f) {
        LogOff *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (session_identity_matches(&l->job.session, f))
                        return l;

        return NULL;
}

static int compare_stations(const void *a, const void *b) {
        return station_compare(*(Station *const *) a, *(Station *const *) b);
}

int manager_make_station(Manager *m, const char *id, Station **ret) {
        Station *s = manager_find_station(m, id);
        int r;

        if (!s) {
                r = station_new(&s, id);
                if (r < 0)
                        return r;
                TAILQ_INSERT_TAIL(&m->stations, s, stations);
                manager_changed(m, 0);
        }

        *ret = s;
        return 0;
}

int manager_sort_stations(Manager *m, Station ***ret, size_t *ret_n) {
        Station **sorted, *s;
        size_t n = 0;

        TAILQ_FOREACH(s, &m->stations, stations)
                n++;

        sorted = calloc(n + 1, sizeof(*sorted));
        if (!sorted)
                return -ENOMEM;

        n = 0;
        TAILQ_FOREACH(s, &m->stations, stations)
                if (s->announced)
                        sorted[n++] = s;

        qsort(sorted, n, sizeof(*sorted), compare_stations);
        *ret = sorted;
        *ret_n = n;
        return 0;
}

int manager_sessions_of(Manager *m, const char *seat, const SessionFacts ***ret, size_t *ret_n) {
        const SessionFacts **found;
        size_t n = 0;
        Session *s;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                n++;

        found = calloc(n + 1, sizeof(*found));
        if (!found)
                return -ENOMEM;

        n = 0;
        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (streq(s->facts->seat, seat))
                        found[n++] = s->facts;

        *ret = found;
        *ret_n = n;
        return 0;
}

void manager_store_jobs(Manager *m) {
        LogOff *l;
        int r;

        m->store_dirty = false;

        r = store_begin(m->store);
        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (r >= 0)
                        r = store_add(m->store, &l->job);
        if (r >= 0)
                r = store_commit(m->store);
        if (r < 0)
                log_error_errno(r, "Failed to write the live jobs down, a restart would forget them: %m");
}

static bool has_job(Manager *m, const char *seat) {
        LogOff *l;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (streq(l->job.station, seat))
                        return true;

        return false;
}

static int update_station(Manager *m, Station *s) {
        _cleanup_free_ const SessionFacts **sessions = NULL;
        const TopologySeat *seat = topology_find_seat(m->topology, s->id);
        size_t n;
        int r;

        r = manager_sessions_of(m, s->id, &sessions, &n);
        if (r < 0)
                return r;

        /* logind makes a seat of a device, seat0 apart: where udev has told of none, it is on its way. */
        r = station_update(s, sessions, n, has_job(m, s->id),
                        &(StationEquipment) {
                                        .known = udev_host_is_live(m->udev) && (seat || streq(s->id, "seat0")),
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

/* A station stays while its seat is there, while it has a label to be missed by, while hubs are waiting for its screen,
 * and while a job runs on it. */
static bool is_wanted(Manager *m, const Station *s) {
        return s->present || !isempty(s->label) || has_hub(m, s->id) || has_job(m, s->id);
}

static void flush_station(Manager *m, Station *s) {
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
        LogOff *l;

        /* Nor is a machine that goes down a place to log in at. */
        if (shutdown_is_under_way(m) || (m->plan && m->plan->block_logins))
                return;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (l->job.block_logins)
                        return;

        nologin_unblock(m->nologin);
}

static int on_flush(sd_event_source *source, void *userdata) {
        Manager *m = userdata;
        Station *s, *next;
        unsigned mask;

        for (s = TAILQ_FIRST(&m->stations); s; s = next) {
                next = TAILQ_NEXT(s, stations);
                flush_station(m, s);
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
        return 0;
}

void manager_changed(Manager *m, unsigned mask) {
        m->changed |= mask;
        (void) sd_event_source_set_enabled(m->flush, SD_EVENT_ONESHOT);
}

void manager_station_changed(Manager *m, const char *seat, unsigned mask) {
        Station *s = manager_find_station(m, seat);

        if (s)
                s->changed |= mask;
        manager_changed(m, 0);
}

void manager_set_last_operation(Manager *m, const Operation *o) {
        m->last_operation = *o;
        manager_changed(m, MANAGER_CHANGED_LAST_OPERATION);
}

static void on_stored_job(Job *j, void *userdata) {
        Manager *m = userdata;
        int r;

        r = logoff_restore(m, j);
        if (r < 0)
                log_error_errno(r, "Failed to take up job %" PRIu32 " again: %m", j->number);
}

int manager_new(
                Manager **ret,
                sd_event *event,
                sd_bus *bus,
                const Config *config,
                const char *runtime_directory,
                const char *state_directory,
                const char *nologin_path) {

        _cleanup_(manager_freep) Manager *m = NULL;
        int r;

        m = malloc(sizeof(*m));
        if (!m)
                return -ENOMEM;
        *m = (Manager) {
                .event = sd_event_ref(event),
                .bus = sd_bus_ref(bus),
                .config = *config,
                .stations = TAILQ_HEAD_INITIALIZER(m->stations),
                .sessions = TAILQ_HEAD_INITIALIZER(m->sessions),
                .jobs = TAILQ_HEAD_INITIALIZER(m->jobs),
                .login_screens = TAILQ_HEAD_INITIALIZER(m->login_screens),
                .hubs_lost = TAILQ_HEAD_INITIALIZER(m->hubs_lost),
                .orders = TAILQ_HEAD_INITIALIZER(m->orders),
                .attachments = TAILQ_HEAD_INITIALIZER(m->attachments),
                .notices = TAILQ_HEAD_INITIALIZER(m->notices),
        };

        r = topology_new(&m->topology);
        if (r < 0)
                return r;

        r = store_new(&m->store, runtime_directory);
        if (r < 0)
                return log_error_errno(r, "Failed to open '%s': %m", runtime_directory);

        r = labels_new(&m->labels, state_directory);
        if (r < 0)
                return r;

        r = nologin_new(&m->nologin, nologin_path, runtime_directory);
        if (r < 0)
                return r;

        r = sd_event_add_defer(event, &m->flush, on_flush, m);
        if (r < 0)
                return r;

        /* After the messages that are waiting: what they change goes into one flush. */
        r = sd_event_source_set_priority(m->flush, SD_EVENT_PRIORITY_NORMAL + 10);
        if (r < 0)
                return r;

        r = idle_watch_new(&m->idle_watch, m);
        if (r < 0)
                return r;

        r = polkit_new(&m->polkit, bus);
        if (r < 0)
                return r;

        r = units_new(&m->units, bus);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(m);
        return 0;
}

int manager_start(Manager *m, const ManagerEvents *events, void *userdata) {
        int r;

        m->events = events;
        m->userdata = userdata;

        /* Before the first flush: what has a label is there from the beginning, be it as absent. */
        station_labels_load(m);

        r = udev_host_new(&m->udev, m->event, &facts_from_udev, m);
        if (r < 0)
                return log_error_errno(r, "Failed to listen to udev: %m");

        r = logind_new(&m->logind, m->bus, &facts_from_logind, m);
        if (r < 0)
                return log_error_errno(r, "Failed to watch logind: %m");

        r = shutdown_start(m);
        if (r >= 0)
                r = mode_start(m);
        if (r < 0)
                return log_error_errno(r, "Failed to follow the units of ours: %m");

        r = store_load(m->store, on_stored_job, m);
        if (r < 0)
                log_warning_errno(r, "Failed to read the jobs from before the restart: %m");
        plan_restore(m);

        r = udev_host_start(m->udev);
        if (r < 0)
                return log_error_errno(r, "Failed to ask udev for the devices: %m");

        return 0;
}

void manager_serve(Manager *m) {
        LogOff *l, *next;

        m->serving = true;
        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                next = TAILQ_NEXT(l, jobs);
                logoff_advance(l);
        }
}

void manager_set_config(Manager *m, const Config *config) {
        m->config = *config;
        hub_lost_reconfigure(m);
        manager_changed(m, MANAGER_CHANGED_CONFIG);
}

Manager *manager_free(Manager *m) {
        Station *station;
        Session *session;
        LogOff *job;

        if (!m)
                return NULL;

        /* The jobs are not ended: they stay on disk for the usherd that comes next. */
        if (m->store_dirty)
                manager_store_jobs(m);
        plan_free(m->plan);
        while ((job = TAILQ_FIRST(&m->jobs)))
                logoff_free(job);
        idle_watch_free(m->idle_watch);
        shutdown_done(m);
        mode_done(m);
        login_screen_done(m);
        hub_lost_done(m);
        order_done(m);
        attachment_done(m);
        notice_free_all(m);
        while ((session = TAILQ_FIRST(&m->sessions))) {
                TAILQ_REMOVE(&m->sessions, session, sessions);
                free(session);
        }
        while ((station = TAILQ_FIRST(&m->stations))) {
                TAILQ_REMOVE(&m->stations, station, stations);
                station_free(station);
        }

        udev_host_free(m->udev);
        logind_free(m->logind);
        polkit_free(m->polkit);
        units_free(m->units);
        topology_free(m->topology);
        store_free(m->store);
        labels_free(m->labels);
        nologin_free(m->nologin);
        sd_event_source_disable_unref(m->flush);
        sd_bus_unref(m->bus);
        sd_event_unref(m->event);
        free(m);
        return NULL;
}
