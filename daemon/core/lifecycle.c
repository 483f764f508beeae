/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/changes.h"
#include "core/events.h"
#include "core/helpers.h"
#include "core/job-store.h"
#include "core/jobs.h"
#include "core/lifecycle.h"
#include "core/notice.h"
#include "core/request.h"

typedef struct Restore {
        Manager *manager;
        int malformed; /* records */
} Restore;

static void on_stored_job(const StoreRecord *record, void *userdata) {
        Restore *restore = userdata;
        Job job = {};
        int r;

        if (!streq(record->type, JOB_STORE_TYPE))
                return;

        r = job_store_read(&job, record);
        if (r == -EBADMSG)
                restore->malformed++;
        else if (r >= 0)
                r = job_runner_restore(restore->manager, &job);
        if (r < 0 && r != -EBADMSG)
                log_warning_errno(r, "Failed to restore a job, ignoring it: %m");
        job_done(&job);
}

/* Jobs of usherd 0.1 carry what is a record of a feature's own now, so features see all records but other
 * features'. */
static void on_stored_record(const StoreRecord *record, void *userdata) {
        Manager *m = userdata;

        for (size_t i = 0; m->features[i]; i++)
                if (m->features[i]->store_read &&
                                (streq(record->type, m->features[i]->name) ||
                                                streq(record->type, JOB_STORE_TYPE)))
                        m->features[i]->store_read(m->feature_states[i], record);
}

static int new_features(Manager *m) {
        size_t n = 0;
        int r;

        while (m->features[n])
                n++;
        m->feature_states = calloc(n + 1, sizeof(*m->feature_states));
        if (!m->feature_states)
                return log_oom();

        for (size_t i = 0; i < n; i++) {
                r = m->features[i]->new (m, &m->feature_states[i]);
                if (r < 0)
                        return log_error_errno(
                                        r, "Failed to set up the feature '%s': %m", m->features[i]->name);
        }

        return 0;
}

int manager_new(Manager **ret,
                sd_event *event,
                sd_bus *bus,
                const Config *config,
                const Feature *const *features,
                const char *runtime_directory,
                const char *state_directory,
                const char *nologin_path) {

        _cleanup_(manager_freep) Manager *m = NULL;
        int r;

        m = malloc(sizeof(*m));
        if (!m)
                return log_oom();
        *m = (Manager) {
                .event = sd_event_ref(event),
                .bus = sd_bus_ref(bus),
                .config = *config,
                .state_directory = strdup(state_directory),
                .features = features,
                .waits_until = USEC_INFINITY,
                .stations = TAILQ_HEAD_INITIALIZER(m->stations),
                .sessions = TAILQ_HEAD_INITIALIZER(m->sessions),
                .jobs = TAILQ_HEAD_INITIALIZER(m->jobs),
                .requests = TAILQ_HEAD_INITIALIZER(m->requests),
                .notices = TAILQ_HEAD_INITIALIZER(m->notices),
        };
        if (!m->state_directory)
                return log_oom();

        r = store_new(&m->store, runtime_directory);
        if (r < 0)
                return log_error_errno(r, "Failed to open '%s': %m", runtime_directory);

        r = logins_new(&m->logins, nologin_path, runtime_directory);
        if (r >= 0)
                r = topology_new(&m->topology);
        if (r >= 0)
                r = changes_start(m);
        if (r >= 0)
                r = users_new(&m->users, event);
        if (r >= 0)
                r = systemd_new(&m->systemd, bus);
        if (r >= 0)
                r = warn_starts_new(&m->warn_starts, m);
        if (r < 0)
                return log_error_errno(r, "Failed to set up: %m");

        r = new_features(m);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(m);
        return 0;
}

/* Deadline is a wall-clock time, so it changes when the clock is set. The countdown itself does not. */
static void on_clock_set(void *userdata) {
        Manager *m = userdata;
        JobRunner *j;

        log_info("The clock was set; countdowns go on unchanged.");
        TAILQ_FOREACH(j, &m->jobs, jobs)
                m->events->job_changed(j, JOB_CHANGED_DEADLINE, m->userdata);
}

static void restore(Manager *m) {
        Restore jobs = { .manager = m };
        int r;

        r = store_read(m->store, on_stored_job, &jobs);
        if (r >= 0) {
                jobs.malformed += r;
                r = store_read(m->store, on_stored_record, m);
        }
        if (r < 0)
                log_warning_errno(r, "Failed to read the live jobs from before the restart, %s: %m",
                                store_set_aside(m->store) < 0 ? "ignoring them" :
                                                                "the file is now 'jobs.bad'");
        else if (jobs.malformed > 0)
                log_warning("Of the live jobs from before the restart, %d are malformed, ignoring them.",
                                jobs.malformed);

        /* usherd.service unblocked them when it stopped. */
        r = jobs_block_logins(m) ? logins_block(m->logins) : 0;
        if (r < 0)
                log_warning_errno(r, "Failed to block new logins again: %m");
}

int manager_start(Manager *m, const ManagerEvents *events, void *userdata) {
        int r;

        m->events = events;
        m->userdata = userdata;

        r = udev_host_new(&m->udev, m->event, &manager_udev_events, m);
        if (r < 0)
                return log_error_errno(r, "Failed to listen to udev: %m");

        r = logind_new(&m->logind, m->bus, &manager_logind_events, m);
        if (r < 0)
                return log_error_errno(r, "Failed to watch logind: %m");

        r = clock_new(&m->clock, m->event, on_clock_set, m);
        if (r < 0)
                return log_error_errno(r, "Failed to watch the clock: %m");

        for (size_t i = 0; m->features[i]; i++) {
                r = m->features[i]->start ? m->features[i]->start(m->feature_states[i]) : 0;
                if (r < 0)
                        return log_error_errno(
                                        r, "Failed to start the feature '%s': %m", m->features[i]->name);
        }

        restore(m);

        r = udev_host_start(m->udev);
        if (r < 0)
                return log_error_errno(r, "Failed to enumerate the devices: %m");
        if (!udev_host_is_live(m->udev))
                log_info("udev is not running; hubs and devices are unknown.");

        return 0;
}

void manager_serve(Manager *m) {
        JobRunner *j, *next;

        m->serving = true;
        MANAGER_CALL_FEATURES(m, serve);

        /* Clients could not see the restored jobs until now, so the jobs continue only now. */
        for (j = TAILQ_FIRST(&m->jobs); j; j = next) {
                next = TAILQ_NEXT(j, jobs);
                job_runner_serve(j);
        }
}

void manager_set_config(Manager *m, const Config *config) {
        JobRunner *j;

        m->config = *config;
        MANAGER_CALL_FEATURES(m, configured);
        manager_changed(m, MANAGER_CHANGED_CONFIG);
        TAILQ_FOREACH(j, &m->jobs, jobs)
                job_runner_changed(j, JOB_CHANGED_USER_EXTENDABLE);
}

Manager *manager_free(Manager *m) {
        LogindRequest *request;
        Notice *notice;
        Station *station;
        Session *session;
        JobRunner *job;

        if (!m)
                return NULL;

        if (m->changes.store)
                jobs_store(m);
        while ((notice = TAILQ_FIRST(&m->notices)))
                notice_free(notice);
        for (size_t i = 0; m->feature_states && m->features[i]; i++)
                if (m->feature_states[i])
                        m->features[i]->free(m->feature_states[i]);
        free(m->feature_states);
        while ((request = TAILQ_FIRST(&m->requests)))
                logind_request_free(request);
        while ((job = TAILQ_FIRST(&m->jobs)))
                job_runner_free(job);
        while ((session = TAILQ_FIRST(&m->sessions))) {
                manager_remove_session(session);
                session_free(session);
        }
        while ((station = TAILQ_FIRST(&m->stations)))
                manager_remove_station(station);
        index_done(&m->stations_by_id);
        index_done(&m->sessions_by_id);
        index_done(&m->sessions_by_seat);
        index_done(&m->jobs_by_number);
        index_done(&m->jobs_by_session);
        index_done(&m->jobs_by_station);

        warn_starts_free(m->warn_starts);
        changes_done(m);
        clock_free(m->clock);
        udev_host_free(m->udev);
        logind_free(m->logind);
        users_free(m->users);
        systemd_free(m->systemd);
        topology_free(m->topology);
        store_free(m->store);
        logins_free(m->logins);
        free(m->state_directory);
        sd_bus_unref(m->bus);
        sd_event_unref(m->event);
        free(m);
        return NULL;
}
