/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/message-ids.h"
#include "core/journal.h"
#include "core/manager.h"
#include "feature/login-screen-greeter.h"
#include "feature/login-screen.h"
#include "peer/unit-watch.h"

#define LOGIN_SCREEN_USEC (20 * USEC_PER_SEC)

/* The name that every display manager installs for itself. */
#define DISPLAY_MANAGER "display-manager.service"

typedef struct LoginScreen LoginScreen;

/* A seat where people should see a greeter, until the time is up or a user is there. */
typedef struct LoginScreenWatch {
        LoginScreen *login_screen;
        char *seat;
        uint32_t job; /* that ended the session there, 0 if none did */
        sd_event_source *timer;
        TAILQ_ENTRY(LoginScreenWatch) watches;
} LoginScreenWatch;

struct LoginScreen {
        Manager *manager;
        UnitWatch *display_manager;
        TAILQ_HEAD(, LoginScreenWatch) watches;
        TAILQ_HEAD(, Greeter) greeters;
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

static Greeter *find_greeter(LoginScreen *l, const Session *s) {
        Greeter *g;

        TAILQ_FOREACH(g, &l->greeters, greeters)
                if (g->session == s)
                        return g;

        return NULL;
}

/* Whether such a session is at the seat and not about to end. */
static bool has_session(
                LoginScreen *l, const char *seat, bool (*is_such)(LoginScreen *l, const Session *s)) {
        const IndexEntry *e;

        for (e = index_first(&l->manager->sessions_by_seat, seat); e; e = index_next(e)) {
                const Session *s = e->item;

                if (!session_is_closing(s->info) && is_such(l, s))
                        return true;
        }

        return false;
}

static bool is_person(LoginScreen *l, const Session *s) {
        return session_is_person(s);
}

static bool is_greeter(LoginScreen *l, const Session *s) {
        return greeter_is(s);
}

/* Whether somebody can log in through this session, or has. */
static bool is_usable(LoginScreen *l, const Session *s) {
        const Greeter *g = find_greeter(l, s);

        if (g)
                return greeter_is_visible(g);

        return session_is_person(s) || session_is_in_front(s->info);
}

static void write_journal(const Station *s, uint32_t job) {
        JournalRecord *r;

        r = journal_record(USHER_MESSAGE_GREETER_MISSING, LOG_WARNING, "No login screen %s '%s'",
                        job > 0 ? "came back at" : "is visible at", station_name(s));
        journal_field(r, "USHER_STATION=%s", station_name(s));
        if (job > 0)
                journal_field(r, "USHER_JOB=%" PRIu32, job);
        else
                journal_field(r, "USHER_JOB=");
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

/* A greeter that ended without a log-off is missed only if its display manager was not stopped. */
static bool is_expected(LoginScreen *l, const LoginScreenWatch *w) {
        UnitState unit = unit_watch_state(l->display_manager);

        return w->job > 0 || has_session(l, w->seat, is_greeter) ||
                        (unit != UNIT_INACTIVE && unit != UNIT_UNKNOWN);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        LoginScreenWatch *w = userdata;
        LoginScreen *l = w->login_screen;
        Manager *m = l->manager;
        Station *s = manager_find_station(m, w->seat);

        if (s && s->present && !m->going_down && is_expected(l, w) && !has_session(l, w->seat, is_usable)) {
                s->login_screen_missing = true;
                write_journal(s, w->job);
                start_target(m, w->seat);
                manager_station_changed(m, w->seat, 0);
        }

        watch_free(w);
        return 0;
}

static int watch_new(LoginScreen *l, const char *seat, LoginScreenWatch **ret) {
        LoginScreenWatch *w;
        int r = -ENOMEM;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (LoginScreenWatch) { .login_screen = l, .seat = strdup(seat) };
        TAILQ_INSERT_TAIL(&l->watches, w, watches);

        if (w->seat)
                r = sd_event_add_time_relative(l->manager->event, &w->timer, CLOCK_MONOTONIC,
                                LOGIN_SCREEN_USEC, 0, on_timeout, w);
        if (r < 0) {
                watch_free(w);
                return r;
        }

        *ret = w;
        return 0;
}

/* Gives the seat its time for a login screen; from now on if a job has ended there. */
static void expect(LoginScreen *l, const char *seat, uint32_t job) {
        LoginScreenWatch *w = watch_find(l, seat);
        int r = 0;

        if (isempty(seat))
                return;

        if (!w)
                r = watch_new(l, seat, &w);
        else if (job > 0)
                r = sd_event_source_set_time_relative(w->timer, LOGIN_SCREEN_USEC);
        if (r < 0) {
                log_warning_errno(r, "Failed to watch for the login screen at '%s': %m", seat);
                return;
        }

        if (w->job == 0)
                w->job = job;
}

/* What is known of the sessions at the seat has changed. */
static void look(LoginScreen *l, const char *seat, bool greeter_ended) {
        Station *s = manager_find_station(l->manager, seat);
        LoginScreenWatch *w = watch_find(l, seat);

        /* A greeter must last: one that starts and crashes leaves the same black screen. */
        if (w && has_session(l, seat, is_person))
                watch_free(w);

        if (!has_session(l, seat, is_usable)) {
                if (s && !s->login_screen_missing && (greeter_ended || has_session(l, seat, is_greeter)))
                        expect(l, seat, 0);
        } else if (s && s->login_screen_missing) {
                s->login_screen_missing = false;
                manager_station_changed(l->manager, seat, 0);
        }
}

/* Nobody logs in at a machine that goes down, or at a seat that the pending action takes away. */
static bool leaves_a_login_screen(const Manager *m, const Job *j) {
        return (j->result == JOB_DONE || j->result == JOB_LEFT) && j->graphical && !isempty(j->station) &&
                        !j->awaited && !m->going_down;
}

static void login_screen_job_ended(void *state, const Job *j) {
        LoginScreen *l = state;

        if (leaves_a_login_screen(l->manager, j) && !has_session(l, j->station, is_person))
                expect(l, j->station, j->number);
}

static void on_exit_of_leader(Greeter *g, void *userdata) {
        look(userdata, g->session->info->seat, false);
}

static Greeter *remove_greeter(LoginScreen *l, Greeter *g) {
        if (!g)
                return NULL;

        TAILQ_REMOVE(&l->greeters, g, greeters);
        return greeter_free(g);
}

static Greeter *add_greeter(LoginScreen *l, const Session *session) {
        Greeter *g;

        if (greeter_new(&g, l->manager->event, session, on_exit_of_leader, l) < 0) {
                log_oom();
                return NULL;
        }

        TAILQ_INSERT_TAIL(&l->greeters, g, greeters);
        return g;
}

static void login_screen_session_new(void *state, Session *session) {
        (void) remove_greeter(state, find_greeter(state, session));
}

static void login_screen_session_changed(void *state, Session *session) {
        LoginScreen *l = state;
        Greeter *g = find_greeter(l, session);

        if (!greeter_is(session))
                g = remove_greeter(l, g);
        else if (!g)
                g = add_greeter(l, session);
        if (g)
                greeter_update(g);

        look(l, session->info->seat, g && session_is_closing(session->info));
}

/* The session is still registered. */
static void login_screen_session_gone(void *state, Session *session) {
        const char *seat = session->info->seat;
        Greeter *g, *ended = find_greeter(state, session);
        LoginScreen *l = state;

        if (session_is_graphical(session->info))
                TAILQ_FOREACH(g, &l->greeters, greeters)
                        if (streq(g->session->info->seat, seat))
                                greeter_expect(g);

        if (ended || has_session(l, seat, is_greeter))
                expect(l, seat, 0);
        (void) remove_greeter(l, ended);
}

static int login_screen_start(void *state) {
        LoginScreen *l = state;

        return unit_watch_new(&l->display_manager, l->manager->bus, l->manager->systemd, DISPLAY_MANAGER,
                        NULL, NULL);
}

static void login_screen_free(void *state) {
        LoginScreen *l = state;
        LoginScreenWatch *w;
        Greeter *g;

        while ((w = TAILQ_FIRST(&l->watches)))
                watch_free(w);
        while ((g = TAILQ_FIRST(&l->greeters)))
                remove_greeter(l, g);
        unit_watch_free(l->display_manager);
        free(l);
}

static int login_screen_new(Manager *m, void **ret) {
        LoginScreen *l;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;
        *l = (LoginScreen) {
                .manager = m,
                .watches = TAILQ_HEAD_INITIALIZER(l->watches),
                .greeters = TAILQ_HEAD_INITIALIZER(l->greeters),
        };

        *ret = l;
        return 0;
}

const Feature login_screen_feature = {
        .name = "login-screen",
        .new = login_screen_new,
        .free = login_screen_free,
        .start = login_screen_start,
        .session_new = login_screen_session_new,
        .session_changed = login_screen_session_changed,
        .session_gone = login_screen_session_gone,
        .job_ended = login_screen_job_ended,
};
