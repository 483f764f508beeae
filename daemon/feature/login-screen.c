/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/message-ids.h"
#include "core/journal.h"
#include "core/manager.h"
#include "feature/login-screen.h"

#define LOGIN_SCREEN_USEC (20 * USEC_PER_SEC)

typedef struct LoginScreen LoginScreen;

/* A seat whose session was ended, until the time is up or a user is there again. */
typedef struct LoginScreenWatch {
        LoginScreen *login_screen;
        char *seat;
        uint32_t job;
        sd_event_source *timer;
        TAILQ_ENTRY(LoginScreenWatch) watches;
} LoginScreenWatch;

struct LoginScreen {
        Manager *manager;
        TAILQ_HEAD(, LoginScreenWatch) watches;
};

static LoginScreenWatch *watch_free(LoginScreenWatch *w) {
        TAILQ_REMOVE(&w->login_screen->watches, w, watches);
        sd_event_source_disable_unref(w->timer);
        free(w->seat);
        free(w);
        return NULL;
}

static LoginScreenWatch *watch_find(LoginScreen *l, const char *seat) {
        LoginScreenWatch *w;

        TAILQ_FOREACH(w, &l->watches, watches)
                if (streq(w->seat, seat))
                        return w;

        return NULL;
}

static bool is_greeter(const Session *s) {
        return streq(s->info->class, "greeter");
}

/* Whether such a session is at the seat and not about to end. */
static bool has_session(Manager *m, const char *seat, bool (*is_such)(const Session *s)) {
        const IndexEntry *e;

        for (e = index_first(&m->sessions_by_seat, seat); e; e = index_next(e)) {
                const Session *s = e->item;

                if (!session_is_closing(s->info) && is_such(s))
                        return true;
        }

        return false;
}

/* Whether somebody can log in, or has. */
static bool is_back(Manager *m, const char *seat) {
        return has_session(m, seat, session_is_person) || has_session(m, seat, is_greeter);
}

static void write_journal(const Station *s, uint32_t job) {
        JournalRecord *r;

        r = journal_record(USHER_MESSAGE_GREETER_MISSING, LOG_WARNING, "No login screen came back at '%s'",
                        station_name(s));
        journal_field(r, "USHER_STATION=%s", station_name(s));
        journal_field(r, "USHER_JOB=%" PRIu32, job);
        journal_field(r, "SEAT_ID=%s", s->id);
        journal_send(r);
}

static void on_target_started(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;

        if (!sd_bus_message_is_method_error(reply, NULL))
                return;

        text = async_reply_error_text(reply);
        log_warning("Failed to start usher-no-login-screen: %s", strempty(text));
}

static void start_target(Manager *m, const char *seat) {
        char unit[512];
        int r;

        /* logind's rule for the ids of seats leaves nothing in them that a unit's name cannot have. */
        if (snprintf(unit, sizeof(unit), "usher-no-login-screen@%s.target", seat) >= (int) sizeof(unit))
                return;

        r = systemd_start_unit(m->systemd, NULL, unit, on_target_started, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to start '%s': %m", unit);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        LoginScreenWatch *w = userdata;
        Manager *m = w->login_screen->manager;
        Station *s = manager_find_station(m, w->seat);

        if (s && s->present && !m->going_down && !is_back(m, w->seat)) {
                s->login_screen_missing = true;
                write_journal(s, w->job);
                start_target(m, w->seat);
                manager_station_changed(m, w->seat, 0);
        }

        watch_free(w);
        return 0;
}

static int watch_new(LoginScreen *l, const char *seat, uint32_t job) {
        LoginScreenWatch *w;
        int r = -ENOMEM;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (LoginScreenWatch) { .login_screen = l, .seat = strdup(seat), .job = job };
        TAILQ_INSERT_TAIL(&l->watches, w, watches);

        if (w->seat)
                r = sd_event_add_time_relative(l->manager->event, &w->timer, CLOCK_MONOTONIC,
                                LOGIN_SCREEN_USEC, 0, on_timeout, w);
        if (r < 0)
                watch_free(w);

        return r;
}

/* Nobody logs in at a machine that goes down, or at a seat that the pending action takes away. */
static bool leaves_a_login_screen(const Manager *m, const Job *j) {
        return (j->result == JOB_DONE || j->result == JOB_LEFT) && j->graphical && !isempty(j->station) &&
                        !j->awaited && !m->going_down;
}

static void login_screen_job_ended(void *state, const Job *j) {
        LoginScreen *l = state;
        int r;

        if (!leaves_a_login_screen(l->manager, j) ||
                        has_session(l->manager, j->station, session_is_person) || watch_find(l, j->station))
                return;

        r = watch_new(l, j->station, j->number);
        if (r < 0)
                log_warning_errno(r, "Failed to watch for the login screen at '%s': %m", j->station);
}

static void login_screen_session_changed(void *state, Session *session) {
        const char *seat = session->info->seat;
        LoginScreen *l = state;
        Manager *m = l->manager;
        LoginScreenWatch *w;
        Station *s;

        if (!is_back(m, seat))
                return;

        /* A greeter must last: one that starts and crashes leaves the same black screen. */
        w = watch_find(l, seat);
        if (w && has_session(m, seat, session_is_person))
                watch_free(w);

        s = manager_find_station(m, seat);
        if (s && s->login_screen_missing) {
                s->login_screen_missing = false;
                manager_station_changed(m, seat, 0);
        }
}

static void login_screen_free(void *state) {
        LoginScreen *l = state;
        LoginScreenWatch *w;

        if (!l)
                return;

        while ((w = TAILQ_FIRST(&l->watches)))
                watch_free(w);
        free(l);
}

static int login_screen_new(Manager *m, void **ret) {
        LoginScreen *l;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;
        *l = (LoginScreen) { .manager = m, .watches = TAILQ_HEAD_INITIALIZER(l->watches) };

        *ret = l;
        return 0;
}

const Feature login_screen_feature = {
        .name = "login-screen",
        .new = login_screen_new,
        .free = login_screen_free,
        .session_changed = login_screen_session_changed,
        .job_ended = login_screen_job_ended,
};
