/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/helpers.h"

/* A start of usher-warn for one user. */
typedef struct WarnStart {
        WarnStarts *starts;
        uid_t uid;
        usec_t deadline;
        bool running; /* the start counts until systemd has answered */
        bool sent;
        AsyncCall *call;
        sd_event_source *timer;
        TAILQ_ENTRY(WarnStart) list;
        char key[sizeof("4294967295")];
        IndexEntry by_uid;
} WarnStart;

struct WarnStarts {
        Manager *manager;
        unsigned n_sent;
        TAILQ_HEAD(WarnStartList, WarnStart) sent;
        struct WarnStartList waiting; /* the soonest deadline first */
        Index by_uid;                 /* at most one of each list */
};

static void warn_starts_pump(WarnStarts *s);

int warn_starts_new(WarnStarts **ret, Manager *m) {
        WarnStarts *s;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;

        *s = (WarnStarts) {
                .manager = m,
                .sent = TAILQ_HEAD_INITIALIZER(s->sent),
                .waiting = TAILQ_HEAD_INITIALIZER(s->waiting),
        };
        *ret = s;
        return 0;
}

static void warn_start_free(WarnStart *w) {
        if (w->sent) {
                TAILQ_REMOVE(&w->starts->sent, w, list);
                w->starts->n_sent--;
        } else
                TAILQ_REMOVE(&w->starts->waiting, w, list);

        index_remove(&w->starts->by_uid, &w->by_uid);
        async_call_free(w->call);
        sd_event_source_disable_unref(w->timer);
        free(w);
}

WarnStarts *warn_starts_free(WarnStarts *s) {
        WarnStart *w;

        if (!s)
                return NULL;

        while ((w = TAILQ_FIRST(&s->sent)) || (w = TAILQ_FIRST(&s->waiting)))
                warn_start_free(w);
        index_done(&s->by_uid);
        free(s);
        return NULL;
}

static void warn_start_finish(WarnStart *w) {
        WarnStarts *s = w->starts;

        warn_start_free(w);
        warn_starts_pump(s);
}

static int on_warn_start_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        warn_start_finish(userdata);
        return 0;
}

static void on_warn_started(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;
        WarnStart *w = userdata;
        int r;

        r = async_reply_errno(reply);
        if (r < 0) {
                text = async_reply_error_text(reply);
                log_warning("Failed to start usher-warn: %s", strempty(text));
        } else if (!w->running)
                r = sd_event_add_time_relative(w->starts->manager->event, &w->timer, CLOCK_MONOTONIC,
                                WARN_START_USEC, 0, on_warn_start_timeout, w);

        if (r < 0 || w->running)
                warn_start_finish(w);
}

static int warn_start_send(WarnStart *w) {
        char unit[64];
        int r;

        (void) snprintf(unit, sizeof(unit), "usher-warn@%u.service", (unsigned) w->uid);
        r = systemd_start_unit(w->starts->manager->systemd, &w->call, unit, on_warn_started, w);
        if (r < 0)
                return log_warning_errno(r, "Failed to start '%s': %m", unit);

        TAILQ_REMOVE(&w->starts->waiting, w, list);
        TAILQ_INSERT_TAIL(&w->starts->sent, w, list);
        w->sent = true;
        w->starts->n_sent++;
        return 0;
}

static void warn_starts_pump(WarnStarts *s) {
        WarnStart *w;

        while (s->n_sent < WARN_STARTS_MAX && (w = TAILQ_FIRST(&s->waiting)))
                if (warn_start_send(w) < 0)
                        warn_start_free(w);
}

static void warn_start_insert(WarnStart *w) {
        WarnStart *before;

        for (before = TAILQ_LAST(&w->starts->waiting, WarnStartList);
                        before && before->deadline > w->deadline;
                        before = TAILQ_PREV(before, WarnStartList, list))
                ;

        if (before)
                TAILQ_INSERT_AFTER(&w->starts->waiting, before, w, list);
        else
                TAILQ_INSERT_HEAD(&w->starts->waiting, w, list);
}

static WarnStart *warn_start_new(WarnStarts *s, uid_t uid, usec_t deadline, bool running) {
        WarnStart *w;

        w = malloc(sizeof(*w));
        if (!w)
                return NULL;

        *w = (WarnStart) { .starts = s, .uid = uid, .deadline = deadline, .running = running };
        (void) snprintf(w->key, sizeof(w->key), "%u", (unsigned) uid);
        if (index_add(&s->by_uid, &w->by_uid, w->key, w) < 0) {
                free(w);
                return NULL;
        }

        return w;
}

void helper_start_warn(Manager *m, uid_t uid, usec_t deadline, bool running) {
        WarnStart *w = NULL, *other;
        WarnStarts *s = m->warn_starts;
        char key[sizeof(w->key)];

        (void) snprintf(key, sizeof(key), "%u", (unsigned) uid);
        for (IndexEntry *e = index_first(&s->by_uid, key); e; e = index_next(e)) {
                other = e->item;
                if (!other->sent)
                        w = other;
                else if (other->call)
                        return; /* it reads all jobs and notices when it runs */
                else
                        running = true;
        }

        if (w) {
                w->running = w->running && running;
                if (w->deadline <= deadline)
                        return;
                TAILQ_REMOVE(&s->waiting, w, list);
                w->deadline = deadline;
        } else {
                w = warn_start_new(s, uid, deadline, running);
                if (!w) {
                        log_oom();
                        return;
                }
        }

        warn_start_insert(w);
        warn_starts_pump(s);
}

void helper_warn_reported(Manager *m, uid_t uid) {
        WarnStart *w;

        TAILQ_FOREACH(w, &m->warn_starts->sent, list)
                if (w->uid == uid)
                        break;
        if (!w)
                return;

        w->running = true;
        if (!w->call)
                warn_start_finish(w);
}

int helper_start_identify(Manager *m, uid_t uid, AsyncCall **slot, AsyncHandler handler, void *userdata) {
        char unit[64];

        (void) snprintf(unit, sizeof(unit), "usher-identify@%u.service", (unsigned) uid);
        return systemd_start_unit(m->systemd, slot, unit, handler, userdata);
}
