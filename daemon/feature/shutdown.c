/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/names.h"
#include "common/shutdown-target.h"
#include "common/timespan.h"
#include "core/jobs.h"
#include "feature/shutdown.h"
#include "peer/delay-lock.h"
#include "peer/unit-watch.h"

/* The share of logind's delay that usherd uses, so that logind never has to go on without it. */
#define LAST_WARNING_PERCENT 60

typedef struct Shutdown {
        Manager *manager;
        UnitWatch *hook; /* usher-shutdown.service */
        DelayLock *lock;
        usec_t delay_max;              /* how long logind waits for the lock */
        sd_event_source *last_warning; /* while the lock delays a shutdown */
        AsyncCall *target_call;        /* while the hook is at work: is it for a shutdown? */
        bool prepared;                 /* logind is about to shut down */
        bool held;                     /* the hook holds up a shutdown */
        usec_t waits_until;            /* CLOCK_MONOTONIC: the hook, or the last warning, lasts no longer */
} Shutdown;

static void update(Shutdown *s) {
        manager_set_going_down(s->manager, s->prepared || s->held, s->waits_until);
}

static usec_t last_warning_usec(const Shutdown *s) {
        return s->delay_max * LAST_WARNING_PERCENT / 100;
}

/* logind goes on as soon as the lock is released, and then systemd stops the hook. */
static bool hook_will_warn(const Shutdown *s) {
        return s->manager->config.shutdown_grace_usec > 0 && unit_watch_state(s->hook) == UNIT_ACTIVE;
}

static void release(Shutdown *s) {
        s->last_warning = sd_event_source_disable_unref(s->last_warning);
        delay_lock_release(s->lock);
}

static int on_last_warning_over(sd_event_source *source, uint64_t usec, void *userdata) {
        release(userdata);
        return 0;
}

/* Returns how many sessions are warned. */
static int start_jobs(Manager *m, usec_t grace) {
        _cleanup_free_ Session **sessions = NULL;
        size_t n;
        int r;

        r = manager_list_sessions(m, NULL, true, &sessions, &n);
        if (r < 0)
                return r;

        /* logind does not say which kind of shutdown it is. */
        r = jobs_start(m, sessions, n,
                        &(JobRequest) {
                                        .origin = JOB_ORIGIN_SHUTDOWN,
                                        .reason = JOB_REASON_POWER_OFF,
                                        .grace = grace,
                        },
                        NULL, NULL);
        return r < 0 ? r : (int) n;
}

static void begin_last_warning(Shutdown *s) {
        usec_t hold = last_warning_usec(s);
        int n;

        n = start_jobs(s->manager, hold);
        if (n < 0)
                log_warning_errno(n, "Failed to warn of the shutdown: %m");
        if (n <= 0 ||
                        sd_event_add_time_relative(s->manager->event, &s->last_warning, CLOCK_MONOTONIC,
                                        hold, 0, on_last_warning_over, s) < 0) {
                release(s);
                return;
        }

        log_notice("The machine shuts down without " USHER_UNIT_SHUTDOWN ", giving a last warning.");
}

static bool is_last_warning(const Job *j, void *userdata) {
        return j->origin == JOB_ORIGIN_SHUTDOWN;
}

/* There is no shutdown any more that logind prepares. */
static void forget_prepared(Shutdown *s) {
        s->prepared = false;
        update(s);
        s->last_warning = sd_event_source_disable_unref(s->last_warning);
        (void) jobs_cancel(s->manager, is_last_warning, NULL);
}

static void shutdown_prepared(void *state, bool begins) {
        Shutdown *s = state;

        if (s->prepared == begins)
                return;

        if (!begins) {
                forget_prepared(s);
                delay_lock_take(s->lock);
                return;
        }

        s->prepared = true;
        if (!s->held)
                s->waits_until = now_monotonic() +
                                (hook_will_warn(s) ? SHUTDOWN_HOLD_MAX_USEC : last_warning_usec(s));
        update(s);

        /* usher-shutdown.service does not depend on logind's delay. Releasing the lock at once lets logind
         * continue, so that users are warned sooner. */
        if (hook_will_warn(s))
                release(s);
        else
                begin_last_warning(s);
}

static void on_lock_facts(bool preparing, usec_t delay_max, void *userdata) {
        Shutdown *s = userdata;

        s->delay_max = delay_max;
        if (preparing == s->prepared)
                return;

        if (!preparing) {
                forget_prepared(s);
                return;
        }

        /* usherd missed the signal, and it is too late for a lock to delay this shutdown. */
        s->prepared = true;
        s->waits_until = now_monotonic() + SHUTDOWN_HOLD_MAX_USEC;
        update(s);
        release(s);
}

static void shutdown_synced(void *state) {
        delay_lock_take(((Shutdown *) state)->lock);
}

static void shutdown_lost(void *state) {
        Shutdown *s = state;

        /* logind keeps a delayed shutdown in memory only. Nobody is logged off for one that is gone. */
        if (s->last_warning)
                forget_prepared(s);
        if (s->lock)
                release(s);
}

/* The shutdown goes on as soon as everybody's warning is over. */
static void shutdown_job_ended(void *state, const Job *ended) {
        Shutdown *s = state;
        JobRunner *j;

        if (!s->last_warning)
                return;

        TAILQ_FOREACH(j, &s->manager->jobs, jobs)
                if (j->job.phase == JOB_WARNING)
                        return;

        release(s);
}

static void set_held(Shutdown *s, int r) {
        if (r < 0)
                log_warning_errno(r, "Failed to ask systemd whether the machine shuts down, going on: %m");

        s->held = r > 0;
        update(s);
}

static void on_jobs(sd_bus_message *reply, void *userdata) {
        const ShutdownTarget *target = NULL;
        int r;

        r = async_reply_errno(reply);
        if (r >= 0)
                r = shutdown_target_read(reply, &target);

        set_held(userdata, r < 0 ? r : target != NULL);
}

/* Ctrl-Alt-Del and the like reach systemd without logind: then the hook is the first that usherd sees of it.
 * But the hook also stops and starts when an administrator or an upgrade restarts its unit. */
static void on_hook(UnitState state, void *userdata) {
        Shutdown *s = userdata;
        int r;

        s->target_call = async_call_free(s->target_call);
        if (state == UNIT_CHANGING)
                s->waits_until = now_monotonic() + SHUTDOWN_HOLD_MAX_USEC;
        else if (s->held)
                s->waits_until = now_monotonic();

        s->held = false;
        update(s);
        if (state != UNIT_CHANGING)
                return;

        r = systemd_list_jobs(s->manager->systemd, &s->target_call, on_jobs, s);
        if (r < 0)
                set_held(s, r);
}

static int shutdown_new(Manager *m, void **ret) {
        Shutdown *s;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;

        *s = (Shutdown) { .manager = m, .delay_max = DELAY_MAX_USEC };
        *ret = s;
        return 0;
}

static void shutdown_free(void *state) {
        Shutdown *s = state;

        sd_event_source_disable_unref(s->last_warning);
        async_call_free(s->target_call);
        delay_lock_free(s->lock);
        unit_watch_free(s->hook);
        free(s);
}

static int shutdown_start(void *state) {
        Shutdown *s = state;
        int r;

        r = delay_lock_new(&s->lock, s->manager->logind, on_lock_facts, s);
        if (r < 0)
                return r;

        return unit_watch_new(
                        &s->hook, s->manager->bus, s->manager->systemd, USHER_UNIT_SHUTDOWN, on_hook, s);
}

const Feature shutdown_feature = {
        .name = "shutdown",
        .new = shutdown_new,
        .free = shutdown_free,
        .start = shutdown_start,
        .job_ended = shutdown_job_ended,
        .synced = shutdown_synced,
        .lost = shutdown_lost,
        .shutdown_prepared = shutdown_prepared,
};
