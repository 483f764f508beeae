/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/names.h"
#include "core/job-runner.h"
#include "feature/pending.h"
#include "feature/shutdown.h"

/* Of the time that logind gives us we take so much, so that it never has to go on without us. */
#define LAST_WORD_PERCENT 60

/* InhibitDelayMaxSec= as logind.conf(5) has it, until logind has said what it is here. */
#define DELAY_MAX_DEFAULT_USEC (5 * USEC_PER_SEC)

static void release(Manager *m) {
        m->last_word = sd_event_source_disable_unref(m->last_word);
        delay_lock_release(m->delay_lock);
}

static int on_last_word_said(sd_event_source *s, uint64_t usec, void *userdata) {
        release(userdata);
        return 0;
}

/* Nobody asked for these jobs by name, so this is what tells them from all others. */
static bool is_last_word(const Job *j) {
        return j->by_uid == 0 && isempty(j->by_user) && j->reason == JOB_REASON_POWER_OFF;
}

/* Returns how many people there are to be told. */
static int begin_last_word(Manager *m, usec_t grace) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        JobRunner *l;
        size_t n;
        int r;

        r = pending_select_everybody(m, &sessions, &n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                /* logind does not say which kind of shutdown it is. */
                r = job_runner_begin(m, sessions[i],
                                &(JobRequest) { .grace = grace, .reason = JOB_REASON_POWER_OFF }, &l);
                if (r < 0)
                        log_warning_errno(r, "Failed to tell session '%s' of the shutdown: %m",
                                        sessions[i]->id);
        }

        if (n > 0)
                manager_store_jobs(m);
        return (int) n;
}

static void say_last_word(Manager *m) {
        usec_t hold = m->delay_max * LAST_WORD_PERCENT / 100;
        int n;

        n = begin_last_word(m, hold);
        if (n <= 0 ||
                        sd_event_add_time_relative(m->event, &m->last_word, CLOCK_MONOTONIC, hold, 0,
                                        on_last_word_said, m) < 0) {
                release(m);
                return;
        }

        log_notice("The machine shuts down past " USHER_UNIT_SHUTDOWN "; people get a last word.");
}

static void cancel_last_word(Manager *m) {
        JobRunner *l, *next;

        for (l = TAILQ_FIRST(&m->jobs); l; l = next) {
                next = TAILQ_NEXT(l, jobs);
                if (is_last_word(&l->job))
                        (void) job_runner_cancel(l);
        }
}

void shutdown_prepare(Manager *m, bool begins) {
        if (m->shutting_down == begins)
                return;

        m->shutting_down = begins;
        manager_changed(m, 0);
        if (!begins) {
                m->last_word = sd_event_source_disable_unref(m->last_word);
                cancel_last_word(m);
                delay_lock_take(m->delay_lock);
                return;
        }

        pending_give_way(m);

        /* The hook has all the time it wants: the sooner logind goes on, the sooner people are warned. */
        if (m->config.shutdown_grace_usec > 0 && unit_watch_state(m->hook) == UNIT_ACTIVE)
                release(m);
        else
                say_last_word(m);
}

static void on_facts(bool preparing, usec_t delay_max, void *userdata) {
        Manager *m = userdata;

        m->delay_max = delay_max;
        if (preparing == m->shutting_down)
                return;

        /* We came too late for the signal, and for a lock that could hold anything up. */
        m->shutting_down = preparing;
        manager_changed(m, 0);
        if (preparing) {
                pending_give_way(m);
                release(m);
        }
}

void shutdown_logind_synced(Manager *m) {
        delay_lock_take(m->delay_lock);
}

void shutdown_logind_lost(Manager *m) {
        if (m->delay_lock)
                release(m);
}

void shutdown_job_ended(Manager *m) {
        JobRunner *l;

        if (!m->last_word)
                return;

        TAILQ_FOREACH(l, &m->jobs, jobs)
                if (l->job.phase == JOB_WARNING)
                        return;

        release(m);
}

bool shutdown_is_under_way(const Manager *m) {
        return m->shutting_down || m->hook_holds_shutdown;
}

static void on_hook_is_for_shutdown(int r, void *userdata) {
        Manager *m = userdata;

        if (r < 0)
                log_warning_errno(r, "systemd does not say whether the machine shuts down, going on: %m");
        if (r <= 0)
                return;

        m->hook_holds_shutdown = true;
        pending_give_way(m);
        manager_changed(m, 0);
}

/* Ctrl-Alt-Del and its like reach systemd without logind: then the hook is the first that we see of it. But
 * the hook also stops and starts when an administrator or an upgrade restarts its unit. */
static void on_hook(UnitState state, void *userdata) {
        Manager *m = userdata;
        int r;

        m->shutdown_call = units_call_free(m->shutdown_call);
        m->hook_holds_shutdown = false;
        manager_changed(m, 0);
        if (state != UNIT_CHANGING)
                return;

        r = units_ask_shutdown(m->units, &m->shutdown_call, on_hook_is_for_shutdown, m);
        if (r < 0)
                on_hook_is_for_shutdown(r, m);
}

int shutdown_start(Manager *m) {
        int r;

        m->delay_max = DELAY_MAX_DEFAULT_USEC;

        r = delay_lock_new(&m->delay_lock, m->logind, on_facts, m);
        if (r < 0)
                return r;

        return unit_watch_new(&m->hook, m->bus, USHER_UNIT_SHUTDOWN, on_hook, m);
}

void shutdown_done(Manager *m) {
        sd_event_source_disable_unref(m->last_word);
        units_call_free(m->shutdown_call);
        delay_lock_free(m->delay_lock);
        unit_watch_free(m->hook);
}
