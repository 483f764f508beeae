/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-warn: warns one user before their sessions end. usherd has systemd start it as that user when there
 * is a job or a notice for the user. It shows all of them, and exits after the last one. */

#include <systemd/sd-daemon.h>

#include "common/arguments.h"
#include "common/log.h"
#include "warn/banner.h"
#include "warn/language.h"
#include "warn/warning.h"

/* After the last job, so that the next one needs no new process and the last text is sent. */
#define LINGER_USEC USEC_PER_SEC

/* After a last text: some servers remove the notifications of a program that exits. */
#define LINGER_WORDS_USEC (10 * USEC_PER_SEC)

/* How often to wait for LINGER_USEC when a notification server hangs. */
#define LINGER_MAX 10U

typedef struct Program {
        WarnContext context;
        Client *client;
        Language *language;
        ClientNotices *notices;
        sd_event_source *linger;
        unsigned lingered;
        bool speaking;  /* the language is known */
        bool abandoned; /* usherd is gone, so the jobs that are still known do not count */
        bool leaving;
} Program;

static void linger(Program *p, usec_t t);

/* Whether there is a job or a notice to show. */
static bool has_work(Program *p) {
        if (!client_notices_is_empty(p->notices))
                return true;
        if (p->abandoned)
                return false;

        for (WarnJob *job = jobs_next(p->context.jobs, NULL); job; job = jobs_next(p->context.jobs, job))
                if (job->announced)
                        return true;

        return false;
}

static int on_linger(sd_event_source *source, uint64_t usec, void *userdata) {
        Program *p = userdata;
        int r;

        p->linger = sd_event_source_disable_unref(p->linger);

        if (has_work(p))
                return 0;

        /* A job is being read, or a notification is being removed. */
        if ((!jobs_is_empty(p->context.jobs) || !notifier_is_idle(p->context.notifier)) &&
                        p->lingered++ < LINGER_MAX) {
                linger(p, LINGER_USEC);
                return 0;
        }

        if (p->leaving)
                return sd_event_exit(p->context.event, EXIT_SUCCESS);

        /* What was requested before systemd knew is in the lists, so they decide. */
        p->leaving = true;
        client_announce_exit();

        r = jobs_reload(p->context.jobs);
        if (r < 0)
                return sd_event_exit(p->context.event, EXIT_SUCCESS);

        return 0;
}

static void linger(Program *p, usec_t t) {
        uint64_t until;

        /* The longer time counts. */
        if (p->linger && sd_event_source_get_time(p->linger, &until) >= 0) {
                uint64_t now;

                if (sd_event_now(p->context.event, CLOCK_MONOTONIC, &now) >= 0 && until >= now + t)
                        return;
        }

        p->linger = sd_event_source_disable_unref(p->linger);
        if (sd_event_add_time_relative(p->context.event, &p->linger, CLOCK_MONOTONIC, t, 0, on_linger, p) <
                        0)
                (void) sd_event_exit(p->context.event, EXIT_FAILURE);
}

static bool is_live(const char *path, void *userdata) {
        Program *p = userdata;

        for (WarnJob *job = jobs_next(p->context.jobs, NULL); job; job = jobs_next(p->context.jobs, job))
                if (streq(job->path, path))
                        return true;

        return false;
}

static void warn(Program *p, WarnJob *job) {
        Warning *w = NULL;
        int r;

        r = warning_new(&w, &p->context, job);
        if (r < 0)
                log_error_errno(r, "Failed to warn session '%s': %m", job->info.session);

        job->userdata = w;
}

static void on_job(WarnJob *job, JobEvent event, const char *result, void *userdata) {
        Program *p = userdata;

        if (p->leaving) {
                if (event == JOB_ADDED)
                        (void) sd_event_exit(p->context.event, CLIENT_EXIT_AGAIN);
                return;
        }

        switch (event) {
        case JOB_ADDED:
                p->linger = sd_event_source_disable_unref(p->linger);
                p->lingered = 0;

                /* Jobs that come before the language is known are shown when it is. */
                if (p->speaking)
                        warn(p, job);
                break;
        case JOB_CHANGED:
                if (job->userdata)
                        warning_update(job->userdata);
                break;
        case JOB_REMOVED:
                job->userdata = warning_free(job->userdata, result);
                notifier_close_strays(p->context.notifier, is_live, p);
                linger(p, streq(result, "cancelled") ? LINGER_WORDS_USEC : LINGER_USEC);
                break;
        }
}

static void post(Program *p, ClientNotice *n) {
        Banner *banner = NULL;
        int r;

        r = banner_new(&banner, &p->context, n);
        if (r < 0) {
                log_error_errno(r, "Failed to show notice %" PRIu32 ": %m", n->number);
                (void) client_notice_report(n, "none");
        }

        n->userdata = banner;
}

static void on_notice(ClientNotice *n, void *userdata) {
        Program *p = userdata;

        if (p->leaving) {
                (void) sd_event_exit(p->context.event, CLIENT_EXIT_AGAIN);
                return;
        }

        p->linger = sd_event_source_disable_unref(p->linger);
        p->lingered = 0;
        if (p->speaking)
                post(p, n);
}

static void on_notice_removed(ClientNotice *n, void *userdata) {
        n->userdata = banner_free(n->userdata);
        linger(userdata, LINGER_WORDS_USEC);
}

static void on_notices_listed(void *userdata) {
        Program *p = userdata;

        if (p->leaving && jobs_is_empty(p->context.jobs) && client_notices_is_empty(p->notices))
                (void) sd_event_exit(p->context.event, EXIT_SUCCESS);
        else
                linger(p, LINGER_USEC); /* until a job turns out to be the user's */
}

/* usher-identify shows the signs. */
static bool wants_notice(const char *kind) {
        return !streq(kind, CLIENT_NOTICE_SIGN);
}

static const ClientNoticesHandler notices_handler = {
        .wants = wants_notice,
        .added = on_notice,
        .removed = on_notice_removed,
        .listed = on_notices_listed,
};

static void on_listed(void *userdata) {
        Program *p = userdata;

        notifier_close_strays(p->context.notifier, is_live, p);

        /* usherd is there, and may be a new one with other notices. */
        if (client_notices_reload(p->notices) < 0)
                on_notices_listed(p);
}

static void on_abandoned(void *userdata) {
        Program *p = userdata;

        log_notice("usherd has been away for too long, exiting.");
        p->abandoned = true;

        for (WarnJob *job = jobs_next(p->context.jobs, NULL); job; job = jobs_next(p->context.jobs, job))
                job->userdata = warning_free(job->userdata, "");
        client_notices_forget(p->notices);

        linger(p, LINGER_USEC);
}

static const JobsHandler jobs_handler = {
        .event = on_job,
        .listed = on_listed,
        .abandoned = on_abandoned,
};

static void on_language(void *userdata) {
        Program *p = userdata;

        p->speaking = true;

        for (WarnJob *job = jobs_next(p->context.jobs, NULL); job; job = jobs_next(p->context.jobs, job))
                if (job->announced && !job->userdata)
                        warn(p, job);

        for (ClientNotice *n = client_notices_next(p->notices, NULL); n;
                        n = client_notices_next(p->notices, n))
                if (!n->userdata)
                        post(p, n);
}

static void on_owner(const char *owner, void *userdata) {
        Program *p = userdata;

        jobs_set_owner(p->context.jobs, owner);
}

static int program_init(Program *p) {
        WarnContext *a = &p->context;
        int r;

        r = sd_event_default(&a->event);
        if (r < 0)
                return log_error_errno(r, "Failed to create the event loop: %m");

        r = sd_event_set_signal_exit(a->event, true);
        if (r < 0)
                return log_error_errno(r, "Failed to handle signals: %m");

        r = client_open_bus(&a->system_bus, a->event);
        if (r < 0)
                return r;

        r = user_bus_new(&a->user_bus, a->event);
        if (r >= 0)
                r = notifier_new(&a->notifier, a->event, a->user_bus);
        if (r >= 0)
                r = client_new(&p->client, a->system_bus, on_owner, p);
        if (r >= 0)
                r = jobs_new(&a->jobs, a->event, p->client, &jobs_handler, p);
        if (r >= 0)
                r = client_notices_new(&p->notices, p->client, &notices_handler, p);
        if (r >= 0)
                r = language_new(&p->language, a->event, a->user_bus, on_language, p);
        if (r < 0)
                return log_error_errno(r, "Failed to set up: %m");

        return 0;
}

static void program_done(Program *p) {
        WarnContext *a = &p->context;

        for (WarnJob *job = a->jobs ? jobs_next(a->jobs, NULL) : NULL; job; job = jobs_next(a->jobs, job))
                job->userdata = warning_free(job->userdata, "");

        for (ClientNotice *n = p->notices ? client_notices_next(p->notices, NULL) : NULL; n;
                        n = client_notices_next(p->notices, n))
                n->userdata = banner_free(n->userdata);

        sd_event_source_disable_unref(p->linger);
        language_free(p->language);
        client_notices_free(p->notices);
        jobs_free(a->jobs);
        client_free(p->client);
        notifier_free(a->notifier);
        user_bus_free(a->user_bus);
        sd_bus_flush_close_unref(a->system_bus);
        sd_event_unref(a->event);
}

#define _cleanup_program_ _cleanup_(program_done)

static int run(void) {
        _cleanup_program_ Program p = {};
        int r;

        r = program_init(&p);
        if (r < 0)
                return r;

        (void) sd_notify(false, "READY=1");

        r = sd_event_loop(p.context.event);
        if (r < 0)
                return log_error_errno(r, "Failed to run the event loop: %m");

        return r;
}

int main(int argc, char *argv[]) {
        return arguments_main(argc, argv, "usher-warn",
                        "Warns the calling user before their sessions end, when usherd requests it.\n"
                        "usher-warn@.service starts it; see usher-warn(8).",
                        run);
}
