/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A new job is a hint to look. When usherd restarts, the jobs stay and are read again. */

#include <pwd.h>

#include "common/log.h"
#include "common/names.h"
#include "warn/jobs.h"

/* A usherd that is away for longer than this is not being restarted. */
#define ABSENCE_USEC USEC_PER_MINUTE

/* More than one user has sessions. */
#define JOBS_MAX 64U
#define REMINDERS_MAX 16U

/* A reminder that is due this soon is already being shown. */
#define REMINDER_MARGIN_USEC (USEC_PER_SEC / 2)

struct Jobs {
        Client *client;
        const JobsHandler *handler;
        void *userdata;

        char *user_name; /* NULL where the user has none */
        sd_bus_slot *match_new, *manager_call, *list_call;
        sd_event_source *absence;

        WarnJob *first;
        size_t n_jobs;

        usec_t reminders[REMINDERS_MAX];
        size_t n_reminders;
        usec_t maximum_grace;
        usec_t full_screen;
};

static void drop(Jobs *j, WarnJob *job, const char *result) {
        for (WarnJob **p = &j->first; *p; p = &(*p)->next)
                if (*p == job) {
                        *p = job->next;
                        j->n_jobs--;
                        break;
                }

        if (job->announced)
                j->handler->event(job, JOB_REMOVED, result, j->userdata);

        (void) warn_job_free(job);
}

static void on_job_loaded(WarnJob *job, void *userdata) {
        JobEvent event = job->announced ? JOB_CHANGED : JOB_ADDED;
        Jobs *j = userdata;

        job->announced = true;
        j->handler->event(job, event, "", j->userdata);
}

static void on_job_ended(WarnJob *job, const char *result, void *userdata) {
        drop(userdata, job, result);
}

static void on_job_lost(WarnJob *job, void *userdata) {
        drop(userdata, job, "");
}

static const WarnJobHandler job_handler = {
        .loaded = on_job_loaded,
        .ended = on_job_ended,
        .lost = on_job_lost,
};

static WarnJob *find(Jobs *j, const char *path) {
        for (WarnJob *job = j->first; job; job = job->next)
                if (streq(job->path, path))
                        return job;

        return NULL;
}

/* Reads a job. Its handlers say whether it is one of the user's. */
static int look(Jobs *j, const char *path) {
        WarnJob *job;
        int r;

        if (!startswith(path, USHER_PATH_JOB "/"))
                return -EINVAL;

        job = find(j, path);
        if (!job) {
                if (j->n_jobs >= JOBS_MAX)
                        return -E2BIG;

                r = warn_job_new(&job, j->client, path, &job_handler, j);
                if (r < 0)
                        return r;

                job->next = j->first;
                j->first = job;
                j->n_jobs++;
        }

        warn_job_load(job);
        return 0;
}

static int on_job_new(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Jobs *j = userdata;
        const char *path;

        if (client_is_sender(j->client, m) && sd_bus_message_read(m, "uo", NULL, &path) >= 0)
                (void) look(j, path);

        return 0;
}

/* Reads the jobs that name the user. */
static int read_list(Jobs *j, sd_bus_message *m) {
        const char *user, *path;
        int r;

        r = sd_bus_message_enter_container(m, 'a', "(ussstso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(m, "(ussstso)", NULL, NULL, NULL, &user, NULL, NULL, &path)) > 0) {
                WarnJob *job;

                if (j->user_name && !streq(j->user_name, user))
                        continue;

                r = look(j, path);
                if (r < 0)
                        log_warning_errno(r, "Failed to watch job '%s', ignoring: %m", path);

                job = find(j, path);
                if (job)
                        job->listed = true;
        }

        return r;
}

static void drop_unlisted(Jobs *j) {
        for (WarnJob *job = j->first, *next; job; job = next) {
                next = job->next;
                if (!job->listed)
                        drop(j, job, "");
                else
                        job->listed = false;
        }
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Jobs *j = userdata;
        int r;

        j->list_call = sd_bus_slot_unref(j->list_call);

        r = sd_bus_message_is_method_error(m, NULL) ? -sd_bus_message_get_errno(m) : read_list(j, m);
        if (r < 0)
                log_warning_errno(r, "Failed to list jobs, ignoring: %m");
        else
                drop_unlisted(j);

        j->handler->listed(j->userdata);
        return 0;
}

static int read_manager_property(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        const uint64_t *reminders;
        Jobs *j = userdata;
        size_t size;
        int r;

        if (streq(name, "MaximumGraceUSec")) {
                r = sd_bus_message_read(m, "t", &j->maximum_grace);
                return r < 0 ? r : 1;
        }

        if (streq(name, "FullScreenUSec")) {
                r = sd_bus_message_read(m, "t", &j->full_screen);
                return r < 0 ? r : 1;
        }

        if (!streq(name, "RemindUSec"))
                return 0;

        r = sd_bus_message_read_array(m, 't', (const void **) &reminders, &size);
        if (r < 0)
                return r;

        j->n_reminders = MIN_OF(size / sizeof(uint64_t), REMINDERS_MAX);
        memcpy(j->reminders, reminders, j->n_reminders * sizeof(uint64_t));
        return 1;
}

int jobs_reload(Jobs *j) {
        j->list_call = sd_bus_slot_unref(j->list_call);
        return client_call(j->client, &j->list_call, USHER_PATH, USHER_IFACE_MANAGER, "ListJobs", on_list, j,
                        NULL);
}

static int on_manager(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Jobs *j = userdata;
        int r;

        j->manager_call = sd_bus_slot_unref(j->manager_call);

        r = sd_bus_message_is_method_error(m, NULL) ?
                        -sd_bus_message_get_errno(m) :
                        bus_message_read_properties(m, read_manager_property, j);
        if (r < 0)
                log_warning_errno(r, "Failed to read the times of reminders, ignoring: %m");

        r = jobs_reload(j);
        if (r < 0)
                log_warning_errno(r, "Failed to list jobs, ignoring: %m");

        return 0;
}

static int on_absence(sd_event_source *source, uint64_t usec, void *userdata) {
        Jobs *j = userdata;

        j->handler->abandoned(j->userdata);
        return 0;
}

void jobs_set_owner(Jobs *j, const char *owner) {
        j->manager_call = sd_bus_slot_unref(j->manager_call);
        j->list_call = sd_bus_slot_unref(j->list_call);
        for (WarnJob *job = j->first; job; job = job->next)
                warn_job_forget_call(job);

        (void) sd_event_source_set_enabled(j->absence, SD_EVENT_OFF);

        if (owner)
                (void) client_call(j->client, &j->manager_call, USHER_PATH, DBUS_IFACE_PROPERTIES, "GetAll",
                                on_manager, j, "s", USHER_IFACE_MANAGER);
        else {
                (void) sd_event_source_set_time_relative(j->absence, ABSENCE_USEC);
                (void) sd_event_source_set_enabled(j->absence, SD_EVENT_ONESHOT);
        }
}

int jobs_new(Jobs **ret, sd_event *event, Client *client, const JobsHandler *handler, void *userdata) {
        _cleanup_jobs_ Jobs *j = NULL;
        const struct passwd *pw;
        int r;

        j = malloc(sizeof(*j));
        if (!j)
                return -ENOMEM;

        *j = (Jobs) {
                .client = client,
                .handler = handler,
                .userdata = userdata,
                .maximum_grace = USEC_INFINITY,
        };

        pw = getpwuid(getuid());
        r = string_replace(&j->user_name, pw ? pw->pw_name : NULL);
        if (r < 0)
                return r;

        r = sd_event_add_time_relative(event, &j->absence, CLOCK_MONOTONIC, ABSENCE_USEC, 0, on_absence, j);
        if (r < 0)
                return r;

        r = client_match(client, &j->match_new, USHER_PATH, USHER_IFACE_MANAGER, "JobNew", on_job_new, j);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(j);
        return 0;
}

Jobs *jobs_free(Jobs *j) {
        if (!j)
                return NULL;

        for (WarnJob *job = j->first, *next; job; job = next) {
                next = job->next;
                (void) warn_job_free(job);
        }

        sd_bus_slot_unref(j->match_new);
        sd_bus_slot_unref(j->manager_call);
        sd_bus_slot_unref(j->list_call);
        sd_event_source_disable_unref(j->absence);
        free(j->user_name);
        free(j);
        return NULL;
}

bool jobs_is_empty(const Jobs *j) {
        return !j->first;
}

WarnJob *jobs_next(Jobs *j, WarnJob *job) {
        return job ? job->next : j->first;
}

usec_t jobs_next_reminder(const Jobs *j, usec_t deadline, usec_t now) {
        usec_t next = USEC_INFINITY;

        for (size_t i = 0; i < j->n_reminders; i++)
                if (j->reminders[i] < deadline) {
                        usec_t t = deadline - j->reminders[i];

                        if (t > now + REMINDER_MARGIN_USEC && t < next)
                                next = t;
                }

        return next;
}

usec_t jobs_get_maximum_grace(const Jobs *j) {
        return j->maximum_grace;
}

usec_t jobs_get_full_screen(const Jobs *j) {
        return j->full_screen;
}
