/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/job.h"

struct _UsherJob {
        UsherItem parent_instance;
        gint64 total; /* the most time that was left while the user was warned, as far as seen */
};

G_DEFINE_FINAL_TYPE(UsherJob, usher_job, USHER_TYPE_ITEM)

const char *usher_job_get_station(UsherJob *job) {
        return usher_item_get_string(USHER_ITEM(job), "Station");
}

const char *usher_job_get_user(UsherJob *job, guint32 *ret_uid) {
        return usher_item_get_user(USHER_ITEM(job), "User", ret_uid);
}

const char *usher_job_get_reason(UsherJob *job) {
        return usher_item_get_string(USHER_ITEM(job), "Reason");
}

const char *usher_job_get_started_by(UsherJob *job) {
        return usher_item_get_user(USHER_ITEM(job), "StartedBy", NULL);
}

gboolean usher_job_is_warning(UsherJob *job) {
        return g_str_equal(usher_item_get_string(USHER_ITEM(job), "Phase"), "warning");
}

gint64 usher_job_get_remaining(UsherJob *job, gint64 now) {
        gint64 deadline = (gint64) usher_item_get_number(USHER_ITEM(job), "DeadlineMonotonic");

        return MAX(deadline - now, 0);
}

double usher_job_get_fraction(UsherJob *job, gint64 now) {
        return job->total > 0 ?
                        CLAMP((double) usher_job_get_remaining(job, now) / (double) job->total, 0, 1) :
                        0;
}

gint64 usher_job_get_next_second(UsherJob *job, gint64 now) {
        gint64 remaining = usher_job_get_remaining(job, now);

        return remaining % G_USEC_PER_SEC ?: G_USEC_PER_SEC;
}

guint32 usher_job_get_time_requested(UsherJob *job) {
        return (guint32) usher_item_get_number(USHER_ITEM(job), "TimeRequested");
}

static void usher_job_update(UsherItem *item) {
        UsherJob *job = USHER_JOB(item);

        if (usher_job_is_warning(job))
                job->total = MAX(job->total, usher_job_get_remaining(job, g_get_monotonic_time()));
}

static void usher_job_class_init(UsherJobClass *class) {
        USHER_ITEM_CLASS(class)->update = usher_job_update;
}

static void usher_job_init(UsherJob *job) {
}
