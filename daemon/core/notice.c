/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/timespan.h"
#include "core/helpers.h"
#include "core/notice.h"

static const char *const notice_kind_table[_NOTICE_KIND_MAX] = {
        [NOTICE_MESSAGE] = "message",
        [NOTICE_SIGN] = "sign",
        [NOTICE_IDENTIFY] = "identify",
};

static const char *const notice_shown_table[_NOTICE_SHOWN_MAX] = {
        [NOTICE_SHOWN_NONE] = "none",
        [NOTICE_SHOWN_TERMINAL] = "terminal",
        [NOTICE_SHOWN_DESKTOP] = "desktop",
        [NOTICE_SHOWN_SCREEN] = "screen",
};

DEFINE_STRING_TABLE(NoticeKind, notice_kind, notice_kind_table, _NOTICE_KIND_MAX);
DEFINE_STRING_TABLE(NoticeShown, notice_shown, notice_shown_table, _NOTICE_SHOWN_MAX);

/* How long a notice waits to be shown. A desktop that is starting may take a minute until it has a
 * notification server. A sign is only useful while somebody looks at the screens. A caller of Identify may
 * wait for both kinds, one after the other, and needs the reply before the bus times out after 25 s. */
static const usec_t notice_usec[_NOTICE_KIND_MAX] = {
        [NOTICE_MESSAGE] = USEC_PER_MINUTE,
        [NOTICE_SIGN] = 5 * USEC_PER_SEC,
        [NOTICE_IDENTIFY] = 10 * USEC_PER_SEC,
};

Notice *notice_free(Notice *n) {
        if (!n)
                return NULL;

        TAILQ_REMOVE(&n->manager->notices, n, notices);
        sd_event_source_disable_unref(n->timer);
        async_call_free(n->start);
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

void notice_end(Notice *n, NoticeShown how, bool withdrawn) {
        NoticeHandler handler = n->handler;

        if (n->kind != NOTICE_SIGN && !withdrawn)
                helper_warn_reported(n->manager, n->uid);
        n->handler = NULL;
        if (handler)
                handler(n, how, withdrawn, n->userdata);
        notice_free(n);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        notice_end(userdata, NOTICE_SHOWN_NONE, false);
        return 0;
}

static unsigned count_of_session(Manager *m, const char *session) {
        unsigned found = 0;
        Notice *n;

        TAILQ_FOREACH(n, &m->notices, notices)
                found += streq(n->session, session);

        return found;
}

/* A handler may add notices: they stand at the end of the list, and are for another session. */
void notice_session_gone(Manager *m, const char *session) {
        Notice *n, *next;

        for (n = TAILQ_FIRST(&m->notices); n; n = next) {
                next = TAILQ_NEXT(n, notices);
                if (streq(n->session, session))
                        notice_end(n, NOTICE_SHOWN_NONE, true);
        }
}

static void on_identify_started(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;
        Notice *n = userdata;

        if (async_reply_errno(reply) >= 0)
                return;

        text = async_reply_error_text(reply);
        log_warning("Failed to start usher-identify: %s", strempty(text));
        notice_end(n, NOTICE_SHOWN_NONE, false);
}

static void start_helper(Notice *n) {
        int r;

        if (n->kind != NOTICE_SIGN) {
                helper_start_warn(n->manager, n->uid, now_monotonic(), false);
                return;
        }

        /* If it cannot be started, the time of the notice runs out. */
        r = helper_start_identify(n->manager, n->uid, &n->start, on_identify_started, n);
        if (r < 0)
                log_warning_errno(r, "Failed to start usher-identify: %m");
}

int notice_new(Notice **ret,
                Manager *m,
                NoticeKind kind,
                const char *seat,
                const Session *session,
                const char *from,
                const char *text,
                NoticeHandler handler,
                void *userdata) {

        const SessionInfo *info = session ? session->info : NULL;
        Notice *n;
        int r;

        if (count_of_session(m, info ? info->id : "") >= NOTICES_PER_SESSION_MAX)
                return -ENOBUFS;

        n = malloc(sizeof(*n));
        if (!n)
                return -ENOMEM;
        *n = (Notice) {
                .manager = m,
                .kind = kind,
                .station = strdup(seat),
                .session = strdup(info ? info->id : ""),
                .user = strdup(info ? strempty(info->user) : "root"),
                .uid = info ? info->uid : 0,
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
        n->handler = handler;
        n->userdata = userdata;
        m->events->notice_new(n, m->userdata);
        start_helper(n);

        *ret = n;
        return 0;
}
