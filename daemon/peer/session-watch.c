/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The sessions that logind lists. Each is queried when it appears and at each hint, and every reply is
 * reported. */

#include "common/bus-util.h"
#include "common/log.h"
#include "peer/logind-internal.h"

#define RECHECK_USEC (500 * USEC_PER_MSEC)

static int compare_id(const void *a, const void *b) {
        return strcmp(((const SessionWatch *) a)->id, ((const SessionWatch *) b)->id);
}

static int compare_path(const void *a, const void *b) {
        return strcmp(((const SessionWatch *) a)->path, ((const SessionWatch *) b)->path);
}

SessionWatch *session_watch_find(Logind *l, const char *id) {
        return tree_find(&l->session_watches_by_id, &(SessionWatch) { .id = (char *) id }, compare_id);
}

SessionWatch *session_watch_find_by_path(Logind *l, const char *path) {
        return tree_find(&l->session_watches_by_path, &(SessionWatch) { .path = (char *) path },
                        compare_path);
}

void session_watch_cancel_query(SessionWatch *w) {
        if (!w->query)
                return;

        async_call_free(w->query);
        w->logind->n_session_queries--;
}

SessionWatch *session_watch_free(SessionWatch *w) {
        Logind *l = w->logind;

        TAILQ_REMOVE(&l->session_watches, w, session_watches);
        if (w->id)
                tree_remove(&l->session_watches_by_id, w, compare_id);
        if (w->path)
                tree_remove(&l->session_watches_by_path, w, compare_path);
        session_watch_cancel_query(w);
        session_info_free(w->info);
        free(w->id);
        free(w->path);
        free(w);
        return NULL;
}

static int session_watch_new(SessionWatch **ret, Logind *l, const char *id, const char *path) {
        SessionWatch *w;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;

        *w = (SessionWatch) { .logind = l, .id = strdup(id), .path = strdup(path) };
        TAILQ_INSERT_TAIL(&l->session_watches, w, session_watches);
        if (!w->id || !w->path || !tsearch(w, &l->session_watches_by_id, compare_id) ||
                        !tsearch(w, &l->session_watches_by_path, compare_path)) {
                session_watch_free(w);
                return -ENOMEM;
        }

        *ret = w;
        return 0;
}

static void session_watch_gone(SessionWatch *w) {
        Logind *l = w->logind;

        if (w->info)
                l->events->session_gone(w->id, l->userdata);
        session_watch_free(w);
}

static int on_recheck(sd_event_source *s, uint64_t usec, void *userdata) {
        Logind *l = userdata;
        SessionWatch *w;

        l->recheck = sd_event_source_disable_unref(l->recheck);
        TAILQ_FOREACH(w, &l->session_watches, session_watches)
                if (w->info && session_is_opening(w->info) && session_watch_query(w) < 0)
                        logind_retry_later(l);

        return 0;
}

static void recheck_later(Logind *l) {
        if (l->recheck)
                return;

        if (sd_event_add_time_relative(sd_bus_get_event(l->bus), &l->recheck, CLOCK_MONOTONIC, RECHECK_USEC,
                            0, on_recheck, l) < 0)
                log_oom();
}

static void session_watch_report(SessionWatch *w, SessionInfo *info) {
        Logind *l = w->logind;
        SessionInfo *before = w->info;

        w->info = info;
        l->events->session(info, l->userdata);
        session_info_free(before);

        if (session_is_opening(info))
                recheck_later(l);
}

static void on_session(sd_bus_message *reply, void *userdata) {
        _cleanup_(session_info_freep) SessionInfo *info = NULL;
        SessionWatch *w = userdata;
        Logind *l = w->logind;
        int r;

        l->n_session_queries--;
        r = logind_read_session(reply, w->path, &info);
        if (r >= 0 && !streq(info->id, w->id))
                r = -EBADMSG;
        if (r == -ESRCH)
                /* It ended between the list and the query, which is normal. */
                session_watch_gone(w);
        else if (r < 0) {
                log_debug_errno(r, "Failed to query session '%s', retrying: %m", w->id);
                w->stale = true;
                logind_retry_later(l);
        } else {
                session_watch_report(w, TAKE_PTR(info));
                if (w->again && session_watch_query(w) < 0)
                        logind_retry_later(l);
        }

        logind_check_synced(l);
}

int session_watch_query(SessionWatch *w) {
        int r;

        if (w->query) {
                w->again = true;
                return 0;
        }

        r = logind_query_session(w->logind->queue, &w->query, w->path, on_session, w);
        if (r < 0)
                return r;

        w->again = false;
        w->stale = false;
        w->logind->n_session_queries++;
        return 0;
}

int session_watch_hint(Logind *l, const char *id, const char *path, bool is_new) {
        SessionWatch *w = session_watch_find(l, id);
        int r;

        /* The list that is under way may be older than the session. */
        if (l->list_sessions || (w && !streq(w->path, path))) {
                if (w)
                        w->stale = true;
                logind_look(l);
                return 0;
        }

        if (!w) {
                if (!is_new)
                        return 0;
                r = session_watch_new(&w, l, id, path);
                if (r < 0)
                        return r;
        }

        return session_watch_query(w);
}

static int session_watch_listed(Logind *l, const char *id, const char *path) {
        SessionWatch *w;
        int r;

        w = session_watch_find(l, id);
        if (w && !streq(w->path, path)) {
                session_watch_gone(w);
                w = NULL;
        }
        if (!w) {
                r = session_watch_new(&w, l, id, path);
                if (r < 0)
                        return r;
        }

        w->listed = true;
        return !w->info || w->stale ? session_watch_query(w) : 0;
}

static int read_sessions(Logind *l, sd_bus_message *reply) {
        const char *id, *path;
        int r;

        r = async_reply_errno(reply);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(susso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(susso)", &id, NULL, NULL, NULL, &path)) > 0) {
                r = session_watch_listed(l, id, path);
                if (r < 0)
                        return r;
        }

        return r;
}

void session_watch_on_list(sd_bus_message *reply, void *userdata) {
        Logind *l = userdata;
        SessionWatch *w, *next;
        int r;

        TAILQ_FOREACH(w, &l->session_watches, session_watches)
                w->listed = false;

        r = read_sessions(l, reply);
        if (r < 0) {
                log_warning_errno(r, "Failed to list sessions, retrying: %m");
                logind_retry_later(l);
                return;
        }

        for (w = TAILQ_FIRST(&l->session_watches); w; w = next) {
                next = TAILQ_NEXT(w, session_watches);
                if (!w->listed)
                        session_watch_gone(w);
        }

        logind_check_synced(l);
}
