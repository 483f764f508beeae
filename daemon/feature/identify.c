/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "feature/identify.h"

/* The only seat with virtual terminals, see sd-login(3). */
#define CONSOLE_SEAT "seat0"

typedef struct Identify Identify;

typedef struct IdentifyWaiter {
        IdentifyHandler handler;
        void *userdata;
} IdentifyWaiter;

/* One station that shows its label, until all of its notices have ended. */
typedef struct Identification {
        Identify *identify;
        char *station;
        char *from;
        char *text;
        IdentifyWaiter waiters[IDENTIFY_WAITERS_MAX];
        size_t n_waiters;
        size_t n_notices;
        bool shown;
        bool console; /* a notice for the console was created */
        TAILQ_ENTRY(Identification) identifications;
} Identification;

struct Identify {
        Manager *manager;
        TAILQ_HEAD(, Identification) identifications;
};

static void on_notice_ended(const Notice *n, NoticeShown how, bool withdrawn, void *userdata);

static void free_notices(Identification *i) {
        Notice *n, *next;

        for (n = TAILQ_FIRST(&i->identify->manager->notices); n; n = next) {
                next = TAILQ_NEXT(n, notices);
                if (n->handler == on_notice_ended && n->userdata == i)
                        notice_free(n);
        }
}

static Identification *identification_free(Identification *i) {
        if (!i)
                return NULL;

        if (i->n_notices > 0)
                free_notices(i);
        TAILQ_REMOVE(&i->identify->identifications, i, identifications);
        free(i->station);
        free(i->from);
        free(i->text);
        free(i);
        return NULL;
}

DEFINE_CLEANUP(Identification *, identification_free);

static void answer(Identification *i) {
        size_t n = i->n_waiters;

        i->n_waiters = 0;
        for (size_t k = 0; k < n; k++)
                i->waiters[k].handler(i->shown, i->waiters[k].userdata);
}

static int show(Identification *i, NoticeKind kind, const Session *session) {
        Notice *n;
        int r;

        r = notice_new(&n, i->identify->manager, kind, i->station, session, i->from, i->text,
                        on_notice_ended, i);
        if (r < 0)
                return r;

        i->n_notices++;
        return 0;
}

/* The console is a terminal of its own, which the screen of the seat is switched to. */
static int show_console(Identification *i) {
        if (i->console || !streq(i->station, CONSOLE_SEAT))
                return -ENXIO;

        i->console = true;
        return show(i, NOTICE_SIGN, NULL);
}

/* Tries another way for a session that cannot show a sign. A login screen shows no notifications. */
static void fall_back(Identification *i, const Notice *n) {
        const Session *session = manager_find_session(i->identify->manager, n->session);
        int r;

        if (!session)
                return;

        r = session_is_person(session) ? show(i, NOTICE_IDENTIFY, session) : show_console(i);
        if (r < 0 && r != -ENXIO)
                log_warning_errno(r, "Failed to show the label of station '%s' in another way: %m",
                                n->station);
}

static void on_notice_ended(const Notice *n, NoticeShown how, bool withdrawn, void *userdata) {
        Identification *i = userdata;

        if (how == NOTICE_SHOWN_NONE && !withdrawn && n->kind == NOTICE_SIGN)
                fall_back(i, n);

        i->n_notices--;
        i->shown = i->shown || how != NOTICE_SHOWN_NONE;
        if (i->shown || i->n_notices == 0)
                answer(i);
        if (i->n_notices == 0)
                identification_free(i);
}

static Identification *find(Identify *s, const char *station) {
        Identification *i;

        TAILQ_FOREACH(i, &s->identifications, identifications)
                if (streq(i->station, station))
                        return i;

        return NULL;
}

static int identification_new(Identification **ret, Identify *identify, const Station *s, const char *from) {
        Identification *i;

        i = malloc(sizeof(*i));
        if (!i)
                return -ENOMEM;
        *i = (Identification) {
                .identify = identify,
                .station = strdup(s->id),
                .from = strdup(from),
                .text = strdup(station_name(s)),
        };
        TAILQ_INSERT_TAIL(&identify->identifications, i, identifications);
        if (!i->station || !i->from || !i->text) {
                identification_free(i);
                return -ENOMEM;
        }

        *ret = i;
        return 0;
}

static bool has_screen(const Session *s) {
        bool login_screen = streq(s->info->class, "greeter") || streq(s->info->class, "lock-screen");

        return !session_is_closing(s->info) && (session_is_person(s) || login_screen);
}

/* Shows it on every screen, and on the console only if nothing else runs. */
static int show_everywhere(Identification *i) {
        _cleanup_free_ Session **sessions = NULL;
        bool full = false;
        size_t n;
        int r;

        r = manager_list_sessions(i->identify->manager, i->station, false, &sessions, &n);
        if (r < 0)
                return r;

        for (size_t k = 0; k < n; k++) {
                if (!has_screen(sessions[k]))
                        continue;

                r = show(i, NOTICE_SIGN, sessions[k]);
                if (r == -ENOBUFS)
                        full = true;
                else if (r < 0)
                        return r;
        }

        if (i->n_notices > 0)
                return 0;

        return full ? -EXFULL : show_console(i);
}

int identify_station(
                Manager *m, const Station *s, const char *from, IdentifyHandler handler, void *userdata) {
        _cleanup_(identification_freep) Identification *new = NULL;
        Identify *identify = manager_feature(m, &identify_feature);
        Identification *i = find(identify, s->id);
        int r;

        /* What a screen shows already begins again: somebody wants to see it now. */
        if (i && i->shown)
                i = identification_free(i);
        if (!i) {
                r = identification_new(&new, identify, s, from);
                if (r < 0)
                        return r;

                r = show_everywhere(new);
                if (r < 0)
                        return r;
                i = new;
        }
        if (i->n_waiters >= IDENTIFY_WAITERS_MAX)
                return -ENOBUFS;

        i->waiters[i->n_waiters++] = (IdentifyWaiter) { .handler = handler, .userdata = userdata };
        (void) TAKE_PTR(new);
        return 0;
}

static void identify_free(void *state) {
        Identify *s = state;
        Identification *i;

        while ((i = TAILQ_FIRST(&s->identifications)))
                identification_free(i);
        free(s);
}

static int identify_new(Manager *m, void **ret) {
        Identify *s;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;
        *s = (Identify) {
                .manager = m,
                .identifications = TAILQ_HEAD_INITIALIZER(s->identifications),
        };

        *ret = s;
        return 0;
}

const Feature identify_feature = {
        .name = "identify",
        .new = identify_new,
        .free = identify_free,
};
