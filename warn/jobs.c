/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls go to the unique name of usherd: that never starts a usherd that somebody has stopped, and what a
 * newer one says is not mixed up with the words of an older. When usherd restarts, the jobs stay and are
 * read again. */

#include <pwd.h>
#include <stdarg.h>

#include "common/log.h"
#include "common/names.h"
#include "warn/jobs.h"

#define CALL_TIMEOUT_USEC (10 * USEC_PER_SEC)

/* A usherd that is away longer than this was not restarted. */
#define ABSENCE_USEC USEC_PER_MINUTE

/* As many at once as anybody has sessions, and more. */
#define JOBS_MAX 64U
#define REMINDERS_MAX 16U

struct Jobs {
        sd_event *event;
        sd_bus *bus;
        const JobsHandler *handler;
        void *userdata;

        char *user_name; /* NULL where we have none */
        char *owner;     /* unique name of usherd, NULL while there is none */
        sd_bus_slot *match_owner, *match_new, *match_removed;
        sd_bus_slot *owner_call, *manager_call, *list_call;
        sd_event_source *absence;

        WarnJob *first;
        size_t n_jobs;

        usec_t reminders[REMINDERS_MAX];
        size_t n_reminders;
        usec_t maximum_grace;
};

static void remember(Jobs *j, WarnJob *job) {
        job->next = j->first;
        j->first = job;
        j->n_jobs++;
}

void jobs_announce(Jobs *j, WarnJob *job) {
        JobEvent event = job->announced ? JOB_CHANGED : JOB_ADDED;

        job->announced = true;
        j->handler->event(job, event, "", j->userdata);
}

void jobs_drop(Jobs *j, WarnJob *job, const char *result) {
        for (WarnJob **p = &j->first; *p; p = &(*p)->next)
                if (*p == job) {
                        *p = job->next;
                        j->n_jobs--;
                        break;
                }

        if (job->announced)
                j->handler->event(job, JOB_REMOVED, result, j->userdata);

        (void) job_free(job);
}

bool jobs_is_sender(const Jobs *j, sd_bus_message *m) {
        return j->owner && streq_ptr(sd_bus_message_get_sender(m), j->owner);
}

int jobs_callv(Jobs *j,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                va_list ap) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        if (!j->owner)
                return -ENOTCONN;

        r = sd_bus_message_new_method_call(j->bus, &m, j->owner, path, interface, member);
        if (r < 0)
                return r;

        if (types) {
                r = sd_bus_message_appendv(m, types, ap);
                if (r < 0)
                        return r;
        }

        if (!func) {
                r = sd_bus_message_set_expect_reply(m, false);
                return r < 0 ? r : sd_bus_send(j->bus, m, NULL);
        }

        return sd_bus_call_async(j->bus, ret, m, func, userdata, CALL_TIMEOUT_USEC);
}

int jobs_call(Jobs *j,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...) {
        va_list ap;
        int r;

        va_start(ap, types);
        r = jobs_callv(j, ret, path, interface, member, func, userdata, types, ap);
        va_end(ap);

        return r;
}

static WarnJob *job_find(Jobs *j, const char *path) {
        for (WarnJob *job = j->first; job; job = job->next)
                if (streq(job->path, path))
                        return job;

        return NULL;
}

/* Reads a job, which makes it known if it is ours. */
static int job_look(Jobs *j, const char *path) {
        WarnJob *job;
        int r;

        if (!startswith(path, USHER_PATH_JOB "/"))
                return -EINVAL;

        job = job_find(j, path);
        if (!job) {
                if (j->n_jobs >= JOBS_MAX)
                        return -E2BIG;

                r = job_new(&job, j, j->bus, path);
                if (r < 0)
                        return r;

                remember(j, job);
        }

        job_read(job);
        return 0;
}

static int on_job_new(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Jobs *j = userdata;
        const char *path;

        if (jobs_is_sender(j, m) && sd_bus_message_read(m, "uo", NULL, &path) >= 0)
                (void) job_look(j, path);

        return 0;
}

static int on_job_removed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *path, *result;
        Jobs *j = userdata;
        WarnJob *job;

        if (!jobs_is_sender(j, m) || sd_bus_message_read(m, "uosss", NULL, &path, NULL, NULL, &result) < 0)
                return 0;

        job = job_find(j, path);
        if (job)
                jobs_drop(j, job, result);

        return 0;
}

/* Looks at those that have our name on them, and drops those that are gone. */
static int read_list(Jobs *j, sd_bus_message *m) {
        const char *user, *path;
        WarnJob *next;
        int r;

        r = sd_bus_message_enter_container(m, 'a', "(ussstso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(m, "(ussstso)", NULL, NULL, NULL, &user, NULL, NULL, &path)) > 0) {
                WarnJob *job;

                if (j->user_name && !streq(j->user_name, user))
                        continue;

                r = job_look(j, path);
                if (r < 0)
                        log_warning_errno(r, "Cannot watch '%s', ignoring: %m", path);

                job = job_find(j, path);
                if (job)
                        job->listed = true;
        }
        if (r < 0)
                return r;

        for (WarnJob *job = j->first; job; job = next) {
                next = job->next;
                if (!job->listed)
                        jobs_drop(j, job, "");
                else
                        job->listed = false;
        }

        return 0;
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Jobs *j = userdata;
        int r;

        j->list_call = sd_bus_slot_unref(j->list_call);

        r = sd_bus_message_is_method_error(m, NULL) ? -sd_bus_message_get_errno(m) : read_list(j, m);
        if (r < 0)
                log_warning_errno(r, "Failed to list jobs, ignoring: %m");

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
        return jobs_call(j, &j->list_call, USHER_PATH, USHER_IFACE_MANAGER, "ListJobs", on_list, j, NULL);
}

static int on_manager(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Jobs *j = userdata;
        int r;

        j->manager_call = sd_bus_slot_unref(j->manager_call);

        r = sd_bus_message_is_method_error(m, NULL) ?
                        -sd_bus_message_get_errno(m) :
                        bus_message_read_properties(m, read_manager_property, j);
        if (r < 0)
                log_warning_errno(r, "Failed to read when to remind, ignoring: %m");

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

static void set_owner(Jobs *j, const char *owner) {
        if (streq_ptr(j->owner, owner))
                return;

        if (string_replace(&j->owner, owner) < 0) {
                (void) log_oom();
                return;
        }

        j->manager_call = sd_bus_slot_unref(j->manager_call);
        j->list_call = sd_bus_slot_unref(j->list_call);
        for (WarnJob *job = j->first; job; job = job->next)
                job->call = sd_bus_slot_unref(job->call);

        (void) sd_event_source_set_enabled(j->absence, SD_EVENT_OFF);

        if (owner)
                (void) jobs_call(j, &j->manager_call, USHER_PATH, DBUS_IFACE_PROPERTIES, "GetAll",
                                on_manager, j, "s", USHER_IFACE_MANAGER);
        else {
                (void) sd_event_source_set_time_relative(j->absence, ABSENCE_USEC);
                (void) sd_event_source_set_enabled(j->absence, SD_EVENT_ONESHOT);
        }
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Jobs *j = userdata;
        const char *owner;

        j->owner_call = sd_bus_slot_unref(j->owner_call);

        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "s", &owner) >= 0)
                set_owner(j, owner);

        return 0;
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *name, *after;
        Jobs *j = userdata;

        if (!streq_ptr(sd_bus_message_get_sender(m), DBUS_BUS_NAME) ||
                        sd_bus_message_read(m, "sss", &name, NULL, &after) < 0 ||
                        !streq(name, USHER_BUS_NAME))
                return 0;

        j->owner_call = sd_bus_slot_unref(j->owner_call);
        set_owner(j, isempty(after) ? NULL : after);
        return 0;
}

static int subscribe(Jobs *j) {
        int r;

        r = sd_bus_add_match_async(j->bus, &j->match_owner,
                        "type='signal',sender='" DBUS_BUS_NAME "',interface='" DBUS_IFACE
                        "',member='NameOwnerChanged',arg0='" USHER_BUS_NAME "'",
                        on_owner_changed, NULL, j);
        if (r < 0)
                return r;

        r = sd_bus_match_signal_async(j->bus, &j->match_new, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER,
                        "JobNew", on_job_new, NULL, j);
        if (r < 0)
                return r;

        r = sd_bus_match_signal_async(j->bus, &j->match_removed, USHER_BUS_NAME, USHER_PATH,
                        USHER_IFACE_MANAGER, "JobRemoved", on_job_removed, NULL, j);
        if (r < 0)
                return r;

        return sd_bus_call_method_async(j->bus, &j->owner_call, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE,
                        "GetNameOwner", on_owner, j, "s", USHER_BUS_NAME);
}

int jobs_new(Jobs **ret, sd_event *event, sd_bus *bus, const JobsHandler *handler, void *userdata) {
        _cleanup_jobs_ Jobs *j = NULL;
        const struct passwd *pw;
        int r;

        j = malloc(sizeof(*j));
        if (!j)
                return -ENOMEM;

        *j = (Jobs) {
                .event = sd_event_ref(event),
                .bus = sd_bus_ref(bus),
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

        r = subscribe(j);
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
                (void) job_free(job);
        }

        sd_bus_slot_unref(j->match_owner);
        sd_bus_slot_unref(j->match_new);
        sd_bus_slot_unref(j->match_removed);
        sd_bus_slot_unref(j->owner_call);
        sd_bus_slot_unref(j->manager_call);
        sd_bus_slot_unref(j->list_call);
        sd_event_source_disable_unref(j->absence);
        sd_bus_unref(j->bus);
        sd_event_unref(j->event);
        free(j->user_name);
        free(j->owner);
        free(j);
        return NULL;
}

bool jobs_is_empty(const Jobs *j) {
        return !j->first;
}

WarnJob *jobs_next(Jobs *j, WarnJob *job) {
        return job ? job->next : j->first;
}

const usec_t *jobs_get_reminders(const Jobs *j, size_t *ret_n) {
        *ret_n = j->n_reminders;
        return j->reminders;
}

usec_t jobs_get_maximum_grace(const Jobs *j) {
        return j->maximum_grace;
}
