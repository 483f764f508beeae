/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal.h"
#include "log.h"
#include "notice.h"
#include "timespan.h"

static const char *const notice_kind_table[_NOTICE_KIND_MAX] = {
        [NOTICE_MESSAGE] = "message",
        [NOTICE_IDENTIFY] = "identify",
};

DEFINE_STRING_TABLE(NoticeKind, notice_kind, notice_kind_table, _NOTICE_KIND_MAX);

static const char *const notice_shown_table[_NOTICE_SHOWN_MAX] = {
        [NOTICE_SHOWN_NONE] = "none",
        [NOTICE_SHOWN_TERMINAL] = "terminal",
        [NOTICE_SHOWN_DESKTOP] = "desktop",
};

DEFINE_STRING_TABLE(NoticeShown, notice_shown, notice_shown_table, _NOTICE_SHOWN_MAX);

/* How long a notice waits to be shown. A desktop that is just starting may take that long until it has a notification
 * server; which station it is nobody asks for longer than they look at the screens. */
static const usec_t notice_usec[_NOTICE_KIND_MAX] = {
        [NOTICE_MESSAGE] = USEC_PER_MINUTE,
        [NOTICE_IDENTIFY] = 15 * USEC_PER_SEC,
};

static Notice *notice_free(Notice *n) {
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
        if (n->kind == NOTICE_MESSAGE)
                journal_message(n, how);

        notice_free(n);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        notice_done(userdata, NOTICE_SHOWN_NONE);
        return 0;
}

static bool is_audience(NoticeKind kind, const SessionFacts *f) {
        if (session_is_closing(f))
                return false;

        return session_kind(f) == SESSION_KIND_USER || (kind == NOTICE_IDENTIFY && streq(f->class, "greeter"));
}

static unsigned count(Manager *m, const char *session) {
        unsigned n_found = 0;
        Notice *n;

        TAILQ_FOREACH(n, &m->notices, notices)
                n_found += streq(n->session, session);

        return n_found;
}

/* Asked twice which station this is: once is enough. */
static void drop_identify(Manager *m, const char *session) {
        Notice *n, *next;

        for (n = TAILQ_FIRST(&m->notices); n; n = next) {
                next = TAILQ_NEXT(n, notices);
                if (n->kind == NOTICE_IDENTIFY && streq(n->session, session))
                        notice_free(n);
        }
}

static int notice_new(Manager *m, NoticeKind kind, const SessionFacts *f, const char *from, const char *text) {
        Notice *n;
        int r;

        n = malloc(sizeof(*n));
        if (!n)
                return -ENOMEM;
        *n = (Notice) {
                .manager = m,
                .kind = kind,
                .station = strdup(f->seat),
                .session = strdup(f->id),
                .user = strdup(strempty(f->user)),
                .uid = f->uid,
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
        units_start_warn(m->units, n->uid);
        return 0;
}

int notice_send(Manager *m, NoticeKind kind, const Station *s, const char *from, const char *text) {
        _cleanup_free_ const SessionFacts **sessions = NULL;
        bool full = false;
        int sent = 0, r;
        size_t n;

        r = manager_sessions_of(m, s->id, &sessions, &n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                const SessionFacts *f = sessions[i];

                if (!is_audience(kind, f))
                        continue;

                if (kind == NOTICE_IDENTIFY)
                        drop_identify(m, f->id);

                if (count(m, f->id) >= NOTICES_PER_SESSION_MAX) {
                        full = true;
                        continue;
                }

                r = notice_new(m, kind, f, from, text);
                if (r < 0)
                        return r;
                sent++;
        }

        return sent == 0 && full ? -ENOBUFS : sent;
}

void notice_session_gone(Manager *m, const char *session) {
        Notice *n, *next;

        for (n = TAILQ_FIRST(&m->notices); n; n = next) {
                next = TAILQ_NEXT(n, notices);
                if (streq(n->session, session))
                        notice_done(n, NOTICE_SHOWN_NONE);
        }
}

void notice_free_all(Manager *m) {
        Notice *n;

        while ((n = TAILQ_FIRST(&m->notices)))
                notice_free(n);
}
