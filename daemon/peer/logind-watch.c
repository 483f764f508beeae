/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is known of each session that logind lists, and told when it differs from what was told before. */

#include "common/bus-util.h"
#include "common/log.h"
#include "peer/logind-watch.h"

#define RECHECK_USEC (500 * USEC_PER_MSEC)

Watch *watch_free(Watch *w) {
        TAILQ_REMOVE(&w->logind->watches, w, watches);
        async_call_free(w->query);
        session_info_free(w->told);
        free(w->id);
        free(w->path);
        free(w);
        return NULL;
}

Watch *watch_find(Logind *l, const char *id) {
        Watch *w;

        TAILQ_FOREACH(w, &l->watches, watches)
                if (streq(w->id, id))
                        return w;

        return NULL;
}

static void watch_gone(Watch *w) {
        Logind *l = w->logind;

        if (w->told)
                l->events->session_gone(w->id, l->userdata);
        watch_free(w);
}

static int on_recheck(sd_event_source *s, uint64_t usec, void *userdata) {
        Logind *l = userdata;
        Watch *w;

        l->recheck = sd_event_source_disable_unref(l->recheck);
        TAILQ_FOREACH(w, &l->watches, watches)
                if (w->told && session_is_opening(w->told) && watch_query(w) < 0)
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

static void watch_tell(Watch *w, SessionInfo *info) {
        Logind *l = w->logind;
        SessionInfo *before = w->told;

        w->told = info;
        l->events->session(info, l->userdata);
        session_info_free(before);

        if (session_is_opening(info))
                recheck_later(l);
}

static void on_session(sd_bus_message *reply, void *userdata) {
        _cleanup_(session_info_freep) SessionInfo *info = NULL;
        Watch *w = userdata;
        Logind *l = w->logind;
        int r;

        r = logind_session_read(reply, w->path, &info);
        if (r == -ESRCH)
                /* It ended between the list and the question. That is everyday life, and the list will say
                 * so. */
                watch_gone(w);
        else if (r < 0) {
                log_debug_errno(r, "Failed to read session '%s', asking again: %m", w->id);
                w->stale = true;
                logind_retry_later(l);
        } else {
                watch_tell(w, TAKE_PTR(info));
                if (w->again && watch_query(w) < 0)
                        logind_retry_later(l);
        }

        logind_check_synced(l);
}

int watch_query(Watch *w) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        if (w->query) {
                w->again = true;
                return 0;
        }

        r = logind_session_query(w->logind, w->path, &m);
        if (r < 0)
                return r;

        w->again = false;
        w->stale = false;
        return async_call(w->logind->calls, &w->query, m, on_session, w);
}

static int watch_listed(Logind *l, const char *id, const char *path) {
        Watch *w;

        w = watch_find(l, id);
        if (w) {
                w->listed = true;
                return !w->told || w->stale ? watch_query(w) : 0;
        }

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (Watch) { .logind = l, .id = strdup(id), .path = strdup(path), .listed = true };
        TAILQ_INSERT_TAIL(&l->watches, w, watches);
        if (!w->id || !w->path) {
                watch_free(w);
                return -ENOMEM;
        }

        return watch_query(w);
}

static int read_sessions(Logind *l, sd_bus_message *reply) {
        const char *id, *path;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "(susso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(susso)", &id, NULL, NULL, NULL, &path)) > 0) {
                r = watch_listed(l, id, path);
                if (r < 0)
                        return r;
        }

        return r;
}

void watch_on_list(sd_bus_message *reply, void *userdata) {
        Logind *l = userdata;
        Watch *w, *next;
        int r;

        TAILQ_FOREACH(w, &l->watches, watches)
                w->listed = false;

        r = sd_bus_message_is_method_error(reply, NULL) ? -sd_bus_message_get_errno(reply) :
                                                          read_sessions(l, reply);
        if (r < 0) {
                log_warning_errno(r, "Failed to list sessions, asking again: %m");
                logind_retry_later(l);
                return;
        }

        for (w = TAILQ_FIRST(&l->watches); w; w = next) {
                next = TAILQ_NEXT(w, watches);
                if (!w->listed)
                        watch_gone(w);
        }

        logind_check_synced(l);
}
