/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/names.h"
#include "feature/identify.h"

/* The only seat with virtual terminals, see sd-login(3). */
#define CONSOLE_SEAT "seat0"

struct Identification {
        Manager *manager;
        char *station;
        char *from;
        char *text;
        sd_bus_message *callers[IDENTIFY_CALLERS_MAX];
        size_t n_callers;
        size_t n_notices;
        bool shown;
        bool console; /* that has been tried */
        TAILQ_ENTRY(Identification) identifications;
};

static void drop_notice(Notice *n) {
        n->identification->n_notices--;
        notice_free(n);
}

static Identification *identification_free(Identification *i) {
        Notice *n, *next;

        if (!i)
                return NULL;

        for (n = TAILQ_FIRST(&i->manager->notices); n; n = next) {
                next = TAILQ_NEXT(n, notices);
                if (n->identification == i)
                        drop_notice(n);
        }
        TAILQ_REMOVE(&i->manager->identifications, i, identifications);
        for (size_t k = 0; k < i->n_callers; k++)
                sd_bus_message_unref(i->callers[k]);
        free(i->station);
        free(i->from);
        free(i->text);
        free(i);
        return NULL;
}

DEFINE_CLEANUP(Identification *, identification_free);

static void answer(Identification *i) {
        for (size_t k = 0; k < i->n_callers; k++) {
                int r;

                if (i->shown)
                        r = sd_bus_reply_method_return(i->callers[k], NULL);
                else
                        r = sd_bus_reply_method_errorf(i->callers[k], USHER_ERROR_NO_SUCH_SESSION,
                                        "Nothing at that station could show its label.");
                if (r < 0)
                        log_warning_errno(r, "Failed to answer a call, ignoring: %m");
                sd_bus_message_unref(i->callers[k]);
        }
        i->n_callers = 0;
}

static int show(Identification *i, NoticeKind kind, const SessionInfo *session) {
        Notice *n;
        int r;

        r = notice_new(&n, i->manager, kind, i->station, session, i->from, i->text);
        if (r < 0)
                return r;

        n->identification = i;
        i->n_notices++;
        return 0;
}

static bool is_login_screen(const SessionInfo *f) {
        return streq(f->class, "greeter") || streq(f->class, "lock-screen");
}

/* A terminal of its own, which the seat's screen is switched to. */
static int show_console(Identification *i) {
        if (i->console || !streq(i->station, CONSOLE_SEAT))
                return -ENXIO;

        i->console = true;
        return show(i, NOTICE_SIGN, NULL);
}

/* What comes next where there could be no large letters. A login screen shows no notifications. */
static void fall_back(Notice *n) {
        const SessionInfo *f = manager_find_session(n->manager, n->session);
        int r;

        if (f && session_kind(f) == SESSION_KIND_USER)
                r = show(n->identification, NOTICE_IDENTIFY, f);
        else if (f)
                r = show_console(n->identification);
        else
                return;
        if (r < 0 && r != -ENXIO)
                log_warning_errno(r, "Cannot show which station '%s' is in another way: %m", n->station);
}

static void finish(Notice *n, bool shown) {
        Identification *i = n->identification;

        drop_notice(n);
        i->shown = i->shown || shown;
        if (i->shown || i->n_notices == 0)
                answer(i);
        if (i->n_notices == 0)
                identification_free(i);
}

void identification_told(Notice *n, NoticeShown how) {
        if (how == NOTICE_SHOWN_NONE && n->kind == NOTICE_SIGN)
                fall_back(n);

        finish(n, how != NOTICE_SHOWN_NONE);
}

void identification_withdraw(Notice *n) {
        finish(n, false);
}

static Identification *find(Manager *m, const char *station) {
        Identification *i;

        TAILQ_FOREACH(i, &m->identifications, identifications)
                if (streq(i->station, station))
                        return i;

        return NULL;
}

static int identification_new(Identification **ret, Manager *m, const Station *s, const char *from) {
        Identification *i;

        i = malloc(sizeof(*i));
        if (!i)
                return -ENOMEM;
        *i = (Identification) {
                .manager = m,
                .station = strdup(s->id),
                .from = strdup(from),
                .text = strdup(station_name(s)),
        };
        TAILQ_INSERT_TAIL(&m->identifications, i, identifications);
        if (!i->station || !i->from || !i->text) {
                identification_free(i);
                return -ENOMEM;
        }

        *ret = i;
        return 0;
}

/* On each screen there is; the console is one only where nothing else runs. */
static int show_everywhere(Identification *i) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        bool full = false;
        size_t n;
        int r;

        r = manager_sessions_of(i->manager, i->station, &sessions, &n);
        if (r < 0)
                return r;

        for (size_t k = 0; k < n; k++) {
                const SessionInfo *f = sessions[k];

                if (session_is_closing(f) || (session_kind(f) != SESSION_KIND_USER && !is_login_screen(f)))
                        continue;

                r = show(i, NOTICE_SIGN, f);
                if (r == -ENOBUFS)
                        full = true;
                else if (r < 0)
                        return r;
        }

        if (i->n_notices > 0)
                return 0;

        return full ? -EXFULL : show_console(i);
}

int identify(Manager *m, sd_bus_message *message, const Station *s, const char *from) {
        _cleanup_(identification_freep) Identification *begun = NULL;
        Identification *i = find(m, s->id);
        int r;

        /* What one screen shows already is begun anew: somebody wants to see it now. */
        if (i && i->shown)
                i = identification_free(i);
        if (!i) {
                r = identification_new(&begun, m, s, from);
                if (r < 0)
                        return r;

                r = show_everywhere(begun);
                if (r < 0)
                        return r;
                i = begun;
        }
        if (i->n_callers >= IDENTIFY_CALLERS_MAX)
                return -ENOBUFS;

        i->callers[i->n_callers++] = sd_bus_message_ref(message);
        TAKE_PTR(begun);
        return 0;
}

void identify_done(Manager *m) {
        Identification *i;

        while ((i = TAILQ_FIRST(&m->identifications)))
                identification_free(i);
}
