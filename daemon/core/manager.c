/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/caller.h"
#include "common/log.h"
#include "core/changes.h"
#include "core/events.h"
#include "core/job-runner.h"
#include "core/manager.h"
#include "core/notice.h"
#include "feature/attachment.h"
#include "feature/hub-lost.h"
#include "feature/identify.h"
#include "feature/idle.h"
#include "feature/label.h"
#include "feature/login-screen.h"
#include "feature/logind-request.h"
#include "feature/mode.h"
#include "feature/pending.h"
#include "feature/shutdown.h"

void manager_store_jobs(Manager *m) {
        StoredPending pending;
        JobRunner *l;
        int r;

        m->store_dirty = false;

        r = store_begin(m->store);
        if (r >= 0 && pending_to_be_stored(m, &pending))
                r = store_add_pending(m->store, &pending);
        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (r >= 0)
                        r = store_add(m->store, &l->job);
        if (r >= 0)
                r = store_commit(m->store);
        if (r < 0)
                log_error_errno(r, "Failed to write the live jobs down, a restart would forget them: %m");
}

void manager_set_last_operation(Manager *m, const Operation *o) {
        m->last_operation = *o;
        manager_changed(m, MANAGER_CHANGED_LAST_OPERATION);
}

static void on_stored_job(Job *j, void *userdata) {
        Manager *m = userdata;
        int r;

        r = job_runner_restore(m, j);
        if (r < 0)
                log_error_errno(r, "Failed to take up job %" PRIu32 " again: %m", j->number);
}

int manager_new(Manager **ret,
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
                .callers = TAILQ_HEAD_INITIALIZER(m->callers),
                .jobs = TAILQ_HEAD_INITIALIZER(m->jobs),
                .login_screens = TAILQ_HEAD_INITIALIZER(m->login_screens),
                .hubs_lost = TAILQ_HEAD_INITIALIZER(m->hubs_lost),
                .logind_requests = TAILQ_HEAD_INITIALIZER(m->logind_requests),
                .attachments = TAILQ_HEAD_INITIALIZER(m->attachments),
                .notices = TAILQ_HEAD_INITIALIZER(m->notices),
                .identifications = TAILQ_HEAD_INITIALIZER(m->identifications),
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

        r = changes_start(m);
        if (r < 0)
                return r;

        r = idle_watch_new(&m->idle_watch, m);
        if (r < 0)
                return r;

        r = polkit_new(&m->polkit, bus);
        if (r < 0)
                return r;

        r = users_new(&m->users, event);
        if (r < 0)
                return r;

        r = deferred_new(&m->deferred, bus);
        if (r < 0)
                return r;

        r = units_new(&m->units, bus);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(m);
        return 0;
}

/* A job's Deadline is told as a time of day, and that is another one now; when it ends is not. */
static void on_clock_set(void *userdata) {
        Manager *m = userdata;
        JobRunner *l;

        log_info("The clock was set; countdowns go on as before.");
        TAILQ_FOREACH(l, &m->jobs, jobs)
                m->events->job_changed(l, JOB_CHANGED_DEADLINE, m->userdata);
}

int manager_start(Manager *m, const ManagerEvents *events, void *userdata) {
        StoredPending pending = {};
        int r;

        m->events = events;
        m->userdata = userdata;

        /* Before the first flush: what has a label is there from the beginning, be it as absent. */
        station_labels_load(m);

        r = udev_host_new(&m->udev, m->event, &events_from_udev, m);
        if (r < 0)
                return log_error_errno(r, "Failed to listen to udev: %m");

        r = logind_new(&m->logind, m->bus, &events_from_logind, m);
        if (r < 0)
                return log_error_errno(r, "Failed to watch logind: %m");

        r = clock_new(&m->clock, m->event, on_clock_set, m);
        if (r < 0)
                return log_error_errno(r, "Failed to watch the clock: %m");

        r = shutdown_start(m);
        if (r >= 0)
                r = mode_start(m);
        if (r < 0)
                return log_error_errno(r, "Failed to follow the units of ours: %m");

        r = store_load(m->store, &pending, on_stored_job, m);
        if (r < 0)
                log_warning_errno(r, "Failed to read the jobs from before the restart: %m");
        pending_restore(m, &pending);
        hub_lost_restore(m);

        r = udev_host_start(m->udev);
        if (r < 0)
                return log_error_errno(r, "Failed to ask udev for the devices: %m");

        return 0;
}

void manager_serve(Manager *m) {
        JobRunner *l, *next;

        m->serving = true;
        pending_serve(m);
        hub_lost_serve(m);

        /* Nobody could read of a job until now: what it has left begins now. */
        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                next = TAILQ_NEXT(l, jobs);
                job_runner_resume(l);
        }
}

void manager_set_config(Manager *m, const Config *config) {
        m->config = *config;
        hub_lost_reconfigure(m);
        manager_changed(m, MANAGER_CHANGED_CONFIG);
}

Session *session_free(Session *s) {
        TAILQ_REMOVE(&s->manager->sessions, s, sessions);
        lookup_free(s->privilege_lookup);
        free(s);
        return NULL;
}

Manager *manager_free(Manager *m) {
        Station *station;
        Session *session;
        JobRunner *job;

        if (!m)
                return NULL;

        /* The jobs are not ended: they stay on disk for the usherd that comes next. */
        if (m->store_dirty)
                manager_store_jobs(m);
        pending_free(m->pending);
        while ((job = TAILQ_FIRST(&m->jobs)))
                job_runner_free(job);
        idle_watch_free(m->idle_watch);
        shutdown_done(m);
        mode_done(m);
        login_screen_done(m);
        hub_lost_done(m);
        logind_request_done(m);
        attachment_done(m);
        identify_done(m);
        notice_free_all(m);
        caller_done(m);
        while ((session = TAILQ_FIRST(&m->sessions)))
                session_free(session);
        while ((station = TAILQ_FIRST(&m->stations))) {
                TAILQ_REMOVE(&m->stations, station, stations);
                station_free(station);
        }

        clock_free(m->clock);
        udev_host_free(m->udev);
        logind_free(m->logind);
        polkit_free(m->polkit);
        deferred_free(m->deferred);
        users_free(m->users);
        units_free(m->units);
        topology_free(m->topology);
        store_free(m->store);
        labels_free(m->labels);
        nologin_free(m->nologin);
        changes_done(m);
        sd_bus_unref(m->bus);
        sd_event_unref(m->event);
        free(m);
        return NULL;
}
