/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The signal says that there is something, and for whom; the list, which has our own only, says what. A
 * notice that has been reported stays known until usherd has answered that: a list that was on its way
 * meanwhile would have it shown twice. */

#include "common/log.h"
#include "common/names.h"
#include "warn/notices.h"

/* As many at once as usherd keeps for some sessions of one user. */
#define NOTICES_MAX 64U

struct Notices {
        sd_bus *bus;
        Jobs *jobs;
        const NoticesHandler *handler;
        void *userdata;

        sd_bus_slot *match, *list_call;
        bool again; /* there was something new while the list was read */

        WarnNotice *first;
        size_t n_notices;
};

static WarnNotice *notice_free(WarnNotice *n) {
        if (!n)
                return NULL;

        sd_bus_slot_unref(n->shown_call);
        free(n->kind);
        free(n->station);
        free(n->label);
        free(n->session);
        free(n->from);
        free(n->text);
        free(n->owner);
        free(n);
        return NULL;
}

static void drop(Notices *s, WarnNotice *n) {
        for (WarnNotice **p = &s->first; *p; p = &(*p)->next)
                if (*p == n) {
                        *p = n->next;
                        s->n_notices--;
                        break;
                }

        s->handler->removed(n, s->userdata);
        (void) notice_free(n);
}

static WarnNotice *find(Notices *s, uint32_t number, const char *owner) {
        for (WarnNotice *n = s->first; n; n = n->next)
                if (n->number == number && streq(n->owner, owner))
                        return n;

        return NULL;
}

static int add(Notices *s, const WarnNotice *told) {
        WarnNotice *n;

        if (s->n_notices >= NOTICES_MAX)
                return -E2BIG;

        n = malloc(sizeof(*n));
        if (!n)
                return -ENOMEM;

        *n = (WarnNotice) {
                .notices = s,
                .number = told->number,
                .kind = strdup(told->kind),
                .station = strdup(told->station),
                .label = strdup(told->label),
                .session = strdup(told->session),
                .from = strdup(told->from),
                .text = strdup(told->text),
                .owner = strdup(told->owner),
                .until = told->until,
                .listed = true,
        };
        if (!n->kind || !n->station || !n->label || !n->session || !n->from || !n->text || !n->owner) {
                (void) notice_free(n);
                return -ENOMEM;
        }

        n->next = s->first;
        s->first = n;
        s->n_notices++;
        s->handler->added(n, s->userdata);
        return 0;
}

/* One of the list: number, kind, station, label, session, uid, sender, text, until. */
static int read_notice(sd_bus_message *m, WarnNotice *ret, uint32_t *ret_uid) {
        const char *kind, *station, *label, *session, *from, *text;
        uint64_t until;
        int r;

        r = sd_bus_message_read(m, "(ussssusst)", &ret->number, &kind, &station, &label, &session, ret_uid,
                        &from, &text, &until);
        if (r <= 0)
                return r;

        /* Of the message for as long as that is: add() copies. */
        ret->kind = (char *) kind;
        ret->station = (char *) station;
        ret->label = (char *) label;
        ret->session = (char *) session;
        ret->from = (char *) from;
        ret->text = (char *) text;
        ret->until = until;
        return 1;
}

static int read_list(Notices *s, sd_bus_message *m) {
        WarnNotice told = { .owner = (char *) strempty(sd_bus_message_get_sender(m)) }, *next;
        uint32_t uid;
        int r;

        r = sd_bus_message_enter_container(m, 'a', "(ussssusst)");
        if (r < 0)
                return r;

        while ((r = read_notice(m, &told, &uid)) > 0) {
                WarnNotice *n = find(s, told.number, told.owner);

                if (n)
                        n->listed = true;
                else if (uid == getuid() && !streq(told.kind, "sign")) { /* usher-identify shows those */
                        r = add(s, &told);
                        if (r < 0)
                                log_warning_errno(r, "Cannot show notice %" PRIu32 ", ignoring: %m",
                                                told.number);
                }
        }
        if (r < 0)
                return r;

        for (WarnNotice *n = s->first; n; n = next) {
                next = n->next;
                if (!n->listed && !n->shown_call)
                        drop(s, n);
                else
                        n->listed = false;
        }

        return 0;
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Notices *s = userdata;
        int r;

        s->list_call = sd_bus_slot_unref(s->list_call);

        /* A usherd that is older than we are has none. */
        r = sd_bus_message_is_method_error(m, NULL) ? -sd_bus_message_get_errno(m) : read_list(s, m);
        if (r < 0)
                log_debug_errno(r, "Failed to list notices, ignoring: %m");

        if (s->again && notices_reload(s) >= 0)
                return 0;

        s->handler->listed(s->userdata);
        return 0;
}

int notices_reload(Notices *s) {
        s->again = s->list_call;
        if (s->list_call)
                return 0;

        return jobs_call(s->jobs, &s->list_call, USHER_PATH, USHER_IFACE_MANAGER, "ListNotices", on_list, s,
                        NULL);
}

static int on_notice_new(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Notices *s = userdata;
        uint32_t uid;

        if (jobs_is_sender(s->jobs, m) && sd_bus_message_read(m, "uu", NULL, &uid) >= 0 && uid == getuid())
                (void) notices_reload(s);

        return 0;
}

int notices_new(Notices **ret, sd_bus *bus, Jobs *jobs, const NoticesHandler *handler, void *userdata) {
        _cleanup_notices_ Notices *s = NULL;
        int r;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;

        *s = (Notices) { .bus = sd_bus_ref(bus), .jobs = jobs, .handler = handler, .userdata = userdata };

        r = sd_bus_match_signal_async(bus, &s->match, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER,
                        "NoticeNew", on_notice_new, NULL, s);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(s);
        return 0;
}

Notices *notices_free(Notices *s) {
        if (!s)
                return NULL;

        for (WarnNotice *n = s->first, *next; n; n = next) {
                next = n->next;
                (void) notice_free(n);
        }

        sd_bus_slot_unref(s->match);
        sd_bus_slot_unref(s->list_call);
        sd_bus_unref(s->bus);
        free(s);
        return NULL;
}

void notices_forget(Notices *s) {
        while (s->first)
                drop(s, s->first);
}

bool notices_is_empty(const Notices *s) {
        return !s->first;
}

WarnNotice *notices_next(Notices *s, WarnNotice *n) {
        return n ? n->next : s->first;
}

static int on_reported(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        WarnNotice *n = userdata;

        n->shown_call = sd_bus_slot_unref(n->shown_call);
        drop(n->notices, n);
        return 0;
}

void notice_report(WarnNotice *n, const char *how) {
        int r;

        if (n->shown_call)
                return;

        r = jobs_call(n->notices->jobs, &n->shown_call, USHER_PATH, USHER_IFACE_MANAGER, "NoticeShown",
                        on_reported, n, "us", n->number, how);
        if (r < 0)
                log_debug_errno(r, "Cannot tell usherd about notice %" PRIu32 ", ignoring: %m", n->number);
}
