/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/journal.h"
#include "feature/login-screen.h"

#define LOGIN_SCREEN_USEC (20 * USEC_PER_SEC)

struct LoginScreenWatch {
        Manager *manager;
        char *seat;
        uint32_t job;
        sd_event_source *timer;
        TAILQ_ENTRY(LoginScreenWatch) watches;
};

static void watch_free(LoginScreenWatch *w) {
        TAILQ_REMOVE(&w->manager->login_screens, w, watches);
        sd_event_source_disable_unref(w->timer);
        free(w->seat);
        free(w);
}

static LoginScreenWatch *watch_find(Manager *m, const char *seat) {
        LoginScreenWatch *w;

        TAILQ_FOREACH(w, &m->login_screens, watches)
                if (streq(w->seat, seat))
                        return w;

        return NULL;
}

static bool is_user(const SessionInfo *f) {
        return session_kind(f) == SESSION_KIND_USER;
}

static bool is_greeter(const SessionInfo *f) {
        return streq(f->class, "greeter");
}

/* Whether one of that sort stands on the seat and is not on the way out. */
static bool has(Manager *m, const char *seat, bool (*is_one)(const SessionInfo *f)) {
        const Session *s;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (streq(s->info->seat, seat) && !session_is_closing(s->info) && is_one(s->info))
                        return true;

        return false;
}

/* Whether somebody can log in, or has. */
static bool is_back(Manager *m, const char *seat) {
        return has(m, seat, is_user) || has(m, seat, is_greeter);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        LoginScreenWatch *w = userdata;
        Manager *m = w->manager;
        Station *s = manager_find_station(m, w->seat);

        if (s && s->present && !is_back(m, w->seat)) {
                s->login_screen_missing = true;
                journal_login_screen_missing(s, w->job);
                units_start_no_login_screen(m->units, w->seat);
                manager_station_changed(m, w->seat, 0);
        }

        watch_free(w);
        return 0;
}

void login_screen_expect(Manager *m, const char *seat, uint32_t job) {
        LoginScreenWatch *w;
        int r = -ENOMEM;

        if (has(m, seat, is_user) || watch_find(m, seat))
                return;

        w = malloc(sizeof(*w));
        if (!w)
                goto fail;
        *w = (LoginScreenWatch) { .manager = m, .seat = strdup(seat), .job = job };
        TAILQ_INSERT_TAIL(&m->login_screens, w, watches);
        if (!w->seat) {
                watch_free(w);
                goto fail;
        }

        r = sd_event_add_time_relative(
                        m->event, &w->timer, CLOCK_MONOTONIC, LOGIN_SCREEN_USEC, 0, on_timeout, w);
        if (r < 0) {
                watch_free(w);
                goto fail;
        }

        return;

fail:
        log_warning_errno(r, "Cannot watch for the login screen on '%s': %m", seat);
}

void login_screen_check(Manager *m, const char *seat) {
        LoginScreenWatch *w;
        Station *s;

        if (!is_back(m, seat))
                return;

        /* A greeter has to stay: one that comes and falls over leaves the same black screen. */
        w = watch_find(m, seat);
        if (w && has(m, seat, is_user))
                watch_free(w);

        s = manager_find_station(m, seat);
        if (s && s->login_screen_missing) {
                s->login_screen_missing = false;
                manager_station_changed(m, seat, 0);
        }
}

void login_screen_done(Manager *m) {
        LoginScreenWatch *w;

        while ((w = TAILQ_FIRST(&m->login_screens)))
                watch_free(w);
}
