/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The signal says that there is a notice and for which user; the list, where each user sees only their own,
 * says what it is. A notice that has been reported stays known until usherd has answered the report.
 * Otherwise a list that was under way would show it twice. */

#include "client/notices.h"
#include "common/log.h"
#include "common/names.h"

/* More than usherd keeps for the sessions of one user. */
#define NOTICES_MAX 64U

struct ClientNotices {
        Client *client;
        const ClientNoticesHandler *handler;
        void *userdata;

        sd_bus_slot *match, *list_call;
        bool again; /* a notice was added while the list was being read */

        ClientNotice *first;
        size_t n_notices;
};

static ClientNotice *notice_free(ClientNotice *n) {
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

static void drop(ClientNotices *s, ClientNotice *n) {
        for (ClientNotice **p = &s->first; *p; p = &(*p)->next)
                if (*p == n) {
                        *p = n->next;
                        s->n_notices--;
                        break;
                }

        s->handler->removed(n, s->userdata);
        (void) notice_free(n);
}

static ClientNotice *find(ClientNotices *s, uint32_t number, const char *owner) {
        for (ClientNotice *n = s->first; n; n = n->next)
                if (n->number == number && streq(n->owner, owner))
                        return n;

        return NULL;
}

static int add(ClientNotices *s, const ClientNotice *told) {
        ClientNotice *n;

        if (s->n_notices >= NOTICES_MAX)
                return -E2BIG;

        n = malloc(sizeof(*n));
        if (!n)
                return -ENOMEM;

        *n = (ClientNotice) {
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

/* Reads an entry of the list: number, kind, station, label, session, uid, sender, text, until. */
static int read_notice(sd_bus_message *m, ClientNotice *ret, uint32_t *ret_uid) {
        const char *kind, *station, *label, *session, *from, *text;
        uint64_t until;
        int r;

        r = sd_bus_message_read(m, "(ussssusst)", &ret->number, &kind, &station, &label, &session, ret_uid,
                        &from, &text, &until);
        if (r <= 0)
                return r;

        /* These strings belong to the message; add() copies them. */
        ret->kind = (char *) kind;
        ret->station = (char *) station;
        ret->label = (char *) label;
        ret->session = (char *) session;
        ret->from = (char *) from;
        ret->text = (char *) text;
        ret->until = until;
        return 1;
}

static int read_list(ClientNotices *s, sd_bus_message *m) {
        ClientNotice told = { .owner = (char *) strempty(sd_bus_message_get_sender(m)) };
        uint32_t uid;
        int r;

        r = sd_bus_message_enter_container(m, 'a', "(ussssusst)");
        if (r < 0)
                return r;

        while ((r = read_notice(m, &told, &uid)) > 0) {
                ClientNotice *n = find(s, told.number, told.owner);

                if (n)
                        n->listed = true;
                else if (uid == getuid() && s->handler->wants(told.kind)) {
                        r = add(s, &told);
                        if (r < 0)
                                log_warning_errno(r, "Failed to add notice %" PRIu32 ", ignoring: %m",
                                                told.number);
                }
        }

        return r;
}

static void drop_unlisted(ClientNotices *s) {
        for (ClientNotice *n = s->first, *next; n; n = next) {
                next = n->next;
                if (!n->listed && !n->shown_call)
                        drop(s, n);
                else
                        n->listed = false;
        }
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        ClientNotices *s = userdata;
        int r;

        s->list_call = sd_bus_slot_unref(s->list_call);

        /* An older usherd has no notices. */
        r = sd_bus_message_is_method_error(m, NULL) ? -sd_bus_message_get_errno(m) : read_list(s, m);
        if (r < 0)
                log_debug_errno(r, "Failed to list notices, ignoring: %m");
        else
                drop_unlisted(s);

        if (s->again && client_notices_reload(s) >= 0)
                return 0;

        s->handler->listed(s->userdata);
        return 0;
}

int client_notices_reload(ClientNotices *s) {
        s->again = s->list_call;
        if (s->list_call)
                return 0;

        return client_call(s->client, &s->list_call, USHER_PATH, USHER_IFACE_MANAGER, "ListNotices", on_list,
                        s, NULL);
}

static int on_notice_new(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        ClientNotices *s = userdata;
        uint32_t uid;

        if (client_is_sender(s->client, m) && sd_bus_message_read(m, "uu", NULL, &uid) >= 0 &&
                        uid == getuid())
                (void) client_notices_reload(s);

        return 0;
}

int client_notices_new(
                ClientNotices **ret, Client *client, const ClientNoticesHandler *handler, void *userdata) {
        _cleanup_client_notices_ ClientNotices *s = NULL;
        int r;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;

        *s = (ClientNotices) { .client = client, .handler = handler, .userdata = userdata };

        r = client_match(client, &s->match, USHER_PATH, USHER_IFACE_MANAGER, "NoticeNew", on_notice_new, s);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(s);
        return 0;
}

ClientNotices *client_notices_free(ClientNotices *s) {
        if (!s)
                return NULL;

        for (ClientNotice *n = s->first, *next; n; n = next) {
                next = n->next;
                (void) notice_free(n);
        }

        sd_bus_slot_unref(s->match);
        sd_bus_slot_unref(s->list_call);
        free(s);
        return NULL;
}

bool client_notices_is_loading(const ClientNotices *s) {
        return s->list_call;
}

void client_notices_forget(ClientNotices *s) {
        while (s->first)
                drop(s, s->first);
}

bool client_notices_is_empty(const ClientNotices *s) {
        return !s->first;
}

ClientNotice *client_notices_next(ClientNotices *s, ClientNotice *n) {
        return n ? n->next : s->first;
}

static int on_reported(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        ClientNotice *n = userdata;

        n->shown_call = sd_bus_slot_unref(n->shown_call);
        drop(n->notices, n);
        return 0;
}

int client_notice_report(ClientNotice *n, const char *how) {
        if (n->shown_call)
                return 0;

        return client_call(n->notices->client, &n->shown_call, USHER_PATH, USHER_IFACE_MANAGER,
                        "NoticeShown", on_reported, n, "us", n->number, how);
}
