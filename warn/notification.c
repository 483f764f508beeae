/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* At most one Notify() of a notification is under way, so a server that hangs holds one call. What changes
 * meanwhile is sent after the reply. The call has a long time limit, but the user counts as not warned soon:
 * a slow server that replies in the end is not asked twice, and its notification is still closed later. */

#include "common/log.h"
#include "warn/notification-internal.h"

/* After this the user is warned in another way. */
#define PATIENCE_USEC (2 * USEC_PER_SEC)

Notification *notification_free(Notification *n) {
        Notification **p;

        for (p = &n->notifier->first; *p; p = &(*p)->next)
                if (*p == n) {
                        *p = n->next;
                        break;
                }

        /* The next process must not take it off the screen. */
        if (n->id != 0)
                notification_store_drop(n->notifier->store, n->job);

        sd_bus_slot_unref(n->call);
        sd_event_source_disable_unref(n->patience);
        free(n->job);
        free(n->summary);
        free(n->body);
        free(n->server);
        free(n);
        return NULL;
}

void notification_tell(Notification *n, NotificationEvent event) {
        if (n->func)
                n->func(n, event, n->userdata);
}

static int on_patience(sd_event_source *source, uint64_t usec, void *userdata) {
        Notification *n = userdata;

        n->patience = sd_event_source_disable_unref(n->patience);

        if (n->func)
                notification_tell(n, NOTIFICATION_FAILED);
        else if (!n->call)
                (void) notification_free(n);

        return 0;
}

static void patience_start(Notification *n, usec_t limit) {
        n->patience = sd_event_source_disable_unref(n->patience);
        (void) sd_event_add_time_relative(
                        n->notifier->event, &n->patience, CLOCK_MONOTONIC, limit, 0, on_patience, n);
}

static void send_close(Notification *n) {
        if (n->id == 0 || !n->server)
                return;

        notification_server_close(&n->notifier->server, n->server, n->id);
        notification_store_drop(n->notifier->store, n->job);
        n->id = 0;
}

void notification_settle(Notification *n, bool shown) {
        n->patience = sd_event_source_disable_unref(n->patience);

        if (n->close) {
                send_close(n);
                (void) notification_free(n);
        } else if (n->dirty)
                notification_send(n);
        else if (!n->func)
                (void) notification_free(n);
        else
                notification_tell(n, shown ? NOTIFICATION_SHOWN : NOTIFICATION_FAILED);
}

static int on_notified(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *server = sd_bus_message_get_sender(m);
        Notification *n = userdata;
        uint32_t id;

        n->call = sd_bus_slot_unref(n->call);

        if (sd_bus_message_is_method_error(m, NULL)) {
                log_debug("The notification server refused a notification: %s",
                                sd_bus_message_get_error(m)->name);
                notification_settle(n, false);
        } else if (!server || sd_bus_message_read(m, "u", &id) < 0 || id == 0 ||
                        string_replace(&n->server, server) < 0) {
                log_debug("The notification server sent an invalid reply.");
                notification_settle(n, false);
        } else {
                n->id = id;
                if (n->job)
                        notification_store_set(
                                        n->notifier->store, n->job, server, n->notifier->server.bus_id, id);
                notification_settle(n, true);
        }

        return 0;
}

/* Finds what an earlier process that was killed has put on the screen. */
static void recall(Notification *n) {
        Notifier *s = n->notifier;
        const Bubble *b;

        b = n->id == 0 && n->job ? notification_store_find(s->store, n->job) : NULL;
        if (!b)
                return;

        /* Another server does not know it. */
        if (!notification_server_is(&s->server, b->server, b->bus))
                notification_store_drop(s->store, n->job);
        else if (string_replace(&n->server, b->server) >= 0)
                n->id = b->id;
}

static int call_notify(Notification *n, sd_bus *bus) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        recall(n);
        r = notification_message_new(&m, bus, &n->content, &n->notifier->server.abilities, n->id);
        if (r < 0)
                return r;

        return sd_bus_call_async(bus, &n->call, m, on_notified, n, NOTIFICATION_CALL_TIMEOUT_USEC);
}

void notification_send(Notification *n) {
        Notifier *s = n->notifier;
        sd_bus *bus = user_bus_get(s->bus);
        int r;

        n->dirty = true;

        if (!n->patience)
                patience_start(n, PATIENCE_USEC);
        if (n->call || s->server.call)
                return;

        if (!bus || !s->server.known)
                r = notification_server_ask(&s->server);
        else {
                n->dirty = false;
                r = call_notify(n, bus);
        }

        if (r < 0) {
                log_debug_errno(r, "Failed to reach the notification server: %m");
                n->dirty = false;
                patience_start(n, 0);
        }
}

int notification_new(
                Notification **ret, Notifier *s, const char *job, NotificationFunc func, void *userdata) {
        Notification *n;

        n = malloc(sizeof(*n));
        if (!n)
                return -ENOMEM;

        *n = (Notification) { .notifier = s, .next = s->first, .func = func, .userdata = userdata };
        s->first = n;

        if (string_replace(&n->job, job) < 0) {
                (void) notification_free(n);
                return -ENOMEM;
        }

        *ret = n;
        return 0;
}

static int set_content(Notification *n, const NotificationContent *content) {
        if (string_replace(&n->summary, content->summary) < 0 || string_replace(&n->body, content->body) < 0)
                return -ENOMEM;

        n->content = *content;
        n->content.summary = n->summary;
        n->content.body = n->body;
        return 0;
}

int notification_update(Notification *n, const NotificationContent *content) {
        int r;

        r = set_content(n, content);
        if (r < 0)
                return r;

        notification_send(n);
        return 0;
}

Notification *notification_finish(Notification *n, const NotificationContent *last) {
        bool visible;

        if (!n)
                return NULL;

        n->func = NULL;
        visible = n->id != 0 || n->call;

        if (!visible)
                return notification_free(n);

        if (last && set_content(n, last) >= 0) {
                notification_send(n);
                return NULL;
        }

        n->close = true;
        n->dirty = false;
        if (!n->call)
                notification_settle(n, true);

        return NULL;
}

Notification *notification_leave(Notification *n) {
        if (!n)
                return NULL;

        n->func = NULL;
        if (!n->call)
                return notification_free(n);

        return NULL;
}
