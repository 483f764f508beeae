/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/timespan.h"
#include "core/journal.h"
#include "core/notice.h"
#include "feature/identify.h"

static const char *const notice_kind_table[_NOTICE_KIND_MAX] = {
        [NOTICE_MESSAGE] = "message",
        [NOTICE_SIGN] = "sign",
        [NOTICE_IDENTIFY] = "identify",
};

DEFINE_STRING_TABLE(NoticeKind, notice_kind, notice_kind_table, _NOTICE_KIND_MAX);

static const char *const notice_shown_table[_NOTICE_SHOWN_MAX] = {
        [NOTICE_SHOWN_NONE] = "none",
        [NOTICE_SHOWN_TERMINAL] = "terminal",
        [NOTICE_SHOWN_DESKTOP] = "desktop",
        [NOTICE_SHOWN_SCREEN] = "screen",
};

DEFINE_STRING_TABLE(NoticeShown, notice_shown, notice_shown_table, _NOTICE_SHOWN_MAX);

/* How long a notice waits to be shown. A desktop that is just starting may take that long until it has a
 * notification server; which station it is nobody asks for longer than they look at the screens, and a
 * caller of Identify, who waits, must hear of it before the bus gives up after 25 s. */
static const usec_t notice_usec[_NOTICE_KIND_MAX] = {
        [NOTICE_MESSAGE] = USEC_PER_MINUTE,
        [NOTICE_SIGN] = 5 * USEC_PER_SEC,
        [NOTICE_IDENTIFY] = 10 * USEC_PER_SEC,
};

Notice *notice_free(Notice *n) {
        TAILQ_REMOVE(&n->manager->notices, n, notices);
        sd_event_source_disable_unref(n->timer);
        free(n->station);
        free(n->session);
        free(n->user);
        free(n->from);
        free(n->text);
        free(n);
        return NULL;
}

Notice *notice_find(Manager *m, uint32_t number) {
        Notice *n;

        TAILQ_FOREACH(n, &m->notices, notices)
                if (n->number == number)
                        return n;

        return NULL;
}

void notice_done(Notice *n, NoticeShown how) {
        if (n->identification) {
                identification_told(n, how);
                return;
        }

        journal_message(n, how);
        notice_free(n);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        notice_done(userdata, NOTICE_SHOWN_NONE);
        return 0;
}

static unsigned count(Manager *m, const char *session) {
        unsigned n_found = 0;
        Notice *n;

        TAILQ_FOREACH(n, &m->notices, notices)
                n_found += streq(n->session, session);

        return n_found;
}

static void on_no_sign(uid_t uid, void *userdata) {
        notice_no_sign(userdata, uid);
}

int notice_new(Notice **ret,
                Manager *m,
                NoticeKind kind,
                const char *seat,
                const SessionInfo *session,
                const char *from,
                const char *text) {

        Notice *n;
        int r;

        if (count(m, session ? session->id : "") >= NOTICES_PER_SESSION_MAX)
                return -ENOBUFS;

        n = malloc(sizeof(*n));
        if (!n)
                return -ENOMEM;
        *n = (Notice) {
                .manager = m,
                .kind = kind,
                .station = strdup(seat),
                .session = strdup(session ? session->id : ""),
                .user = strdup(session ? strempty(session->user) : "root"),
                .uid = session ? session->uid : 0,
                .from = strdup(from),
                .text = strdup(text),
                .until = now_monotonic() + notice_usec[kind],
        };
        TAILQ_INSERT_TAIL(&m->notices, n, notices);

        r = n->station && n->session && n->user && n->from && n->text ? 0 : -ENOMEM;
        if (r >= 0)
                r = sd_event_add_time(m->event, &n->timer, CLOCK_MONOTONIC, n->until, 0, on_timeout, n);
        if (r < 0) {
                notice_free(n);
                return r;
        }

        n->number = ++m->last_notice;
        m->events->notice_new(n, m->userdata);
        if (kind == NOTICE_SIGN)
                units_start_identify(m->units, n->uid, on_no_sign, m);
        else
                units_start_warn(m->units, n->uid);

        *ret = n;
        return 0;
}

int notice_send(Manager *m, const Station *s, const char *from, const char *text) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        bool full = false;
        int sent = 0, r;
        size_t n;

        r = manager_sessions_of(m, s->id, &sessions, &n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                Notice *notice;

                if (session_is_closing(sessions[i]) || session_kind(sessions[i]) != SESSION_KIND_USER)
                        continue;

                r = notice_new(&notice, m, NOTICE_MESSAGE, s->id, sessions[i], from, text);
                if (r == -ENOBUFS)
                        full = true;
                else if (r < 0)
                        return r;
                else
                        sent++;
        }

        return sent == 0 && full ? -ENOBUFS : sent;
}

void notice_session_gone(Manager *m, const char *session) {
        Notice *n, *next;

        for (n = TAILQ_FIRST(&m->notices); n; n = next) {
                next = TAILQ_NEXT(n, notices);
                if (!streq(n->session, session))
                        continue;

                if (n->identification)
                        identification_withdraw(n);
                else
                        notice_done(n, NOTICE_SHOWN_NONE);
        }
}

/* What comes instead of one stands at the end of the list, and is for no sign. */
void notice_no_sign(Manager *m, uid_t uid) {
        Notice *n, *next;

        for (n = TAILQ_FIRST(&m->notices); n; n = next) {
                next = TAILQ_NEXT(n, notices);
                if (n->kind == NOTICE_SIGN && n->uid == uid)
                        notice_done(n, NOTICE_SHOWN_NONE);
        }
}

void notice_free_all(Manager *m) {
        Notice *n;

        while ((n = TAILQ_FIRST(&m->notices)))
                notice_free(n);
}
