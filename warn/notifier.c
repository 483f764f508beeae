/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Follows the notification server as it comes and goes, and what the user clicks. If an earlier process of
 * this program was killed, its notifications are replaced where their jobs continue, and closed where the
 * jobs are over. */

#include "common/log.h"
#include "common/names.h"
#include "warn/notification-internal.h"

/* A server that comes back gets the notifications again, but not more often than this. */
#define RESHOW_USEC (500 * USEC_PER_MSEC)

static void send_all(Notifier *s) {
        for (Notification *n = s->first, *next; n; n = next) {
                next = n->next;
                if (n->dirty && !n->call)
                        notification_send(n);
        }
}

static void fail_all(Notifier *s) {
        for (Notification *n = s->first, *next; n; n = next) {
                next = n->next;
                if (n->dirty || n->close) {
                        n->dirty = false;
                        notification_settle(n, false);
                }
        }
}

static void on_server(bool known, void *userdata) {
        if (known)
                send_all(userdata);
        else
                fail_all(userdata);
}

static int on_reshow(sd_event_source *source, uint64_t usec, void *userdata) {
        Notifier *s = userdata;

        s->reshow = sd_event_source_disable_unref(s->reshow);

        for (Notification *n = s->first, *next; n; n = next) {
                next = n->next;
                if (n->summary && !n->call && !n->close)
                        notification_send(n);
        }

        return 0;
}

static void schedule_reshow(Notifier *s) {
        if (!s->reshow)
                (void) sd_event_add_time_relative(
                                s->event, &s->reshow, CLOCK_MONOTONIC, RESHOW_USEC, 0, on_reshow, s);
}

/* Another server does not know our ids, and may show other things. */
static void forget_server(Notifier *s) {
        notification_server_forget(&s->server);
        s->strays_call = sd_bus_slot_unref(s->strays_call);

        for (Notification *n = s->first, *next; n; n = next) {
                next = n->next;
                n->call = sd_bus_slot_unref(n->call);
                if (n->id != 0)
                        notification_store_drop(s->store, n->job);
                n->id = 0;

                if (!n->func)
                        (void) notification_free(n);
                else
                        n->dirty = false;
        }
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *name, *before, *after;
        Notifier *s = userdata;

        if (!streq_ptr(sd_bus_message_get_sender(m), DBUS_BUS_NAME) ||
                        sd_bus_message_read(m, "sss", &name, &before, &after) < 0 ||
                        !streq(name, NOTIFICATIONS_BUS_NAME))
                return 0;

        /* A server that our own call started appears here too, and the call is still on its way to it. */
        if (!isempty(before))
                forget_server(s);
        if (!isempty(after))
                schedule_reshow(s);

        return 0;
}

static bool is_stray(Notifier *s, const Bubble *b) {
        if (s->is_live(b->job, s->is_live_userdata))
                return false;

        for (Notification *n = s->first; n; n = n->next)
                if (streq_ptr(n->job, b->job))
                        return false;

        return true;
}

static int on_owner_for_strays(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Notifier *s = userdata;
        const char *server;
        sd_id128_t bus;

        s->strays_call = sd_bus_slot_unref(s->strays_call);

        /* Without a server nothing is on the screen. */
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "s", &server) < 0 ||
                        sd_bus_get_bus_id(sd_bus_message_get_bus(m), &bus) < 0)
                server = "";

        for (size_t i = 0; i < BUBBLES_MAX; i++) {
                const Bubble *b = notification_store_at(s->store, i);

                if (!b || !is_stray(s, b))
                        continue;
                if (streq(b->server, server) && sd_id128_equal(b->bus, bus))
                        notification_server_close(&s->server, b->server, b->id);
                notification_store_drop(s->store, b->job);
        }

        return 0;
}

void notifier_close_strays(Notifier *s, JobIsLive is_live, void *userdata) {
        sd_bus *bus = user_bus_get(s->bus);
        bool any = false;

        s->is_live = is_live;
        s->is_live_userdata = userdata;
        for (size_t i = 0; i < BUBBLES_MAX && !any; i++) {
                const Bubble *b = notification_store_at(s->store, i);

                any = b && is_stray(s, b);
        }

        if (any && bus && !s->strays_call &&
                        sd_bus_call_method_async(bus, &s->strays_call, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE,
                                        "GetNameOwner", on_owner_for_strays, s, "s",
                                        NOTIFICATIONS_BUS_NAME) < 0)
                log_debug("Failed to look for notifications of an earlier process, ignoring.");
}

static int on_action(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *sender = sd_bus_message_get_sender(m), *action;
        Notifier *s = userdata;
        uint32_t id;

        if (sd_bus_message_read(m, "us", &id, &action) < 0)
                return 0;

        for (Notification *n = s->first; n; n = n->next)
                if (n->id != 0 && n->id == id && streq_ptr(n->server, sender)) {
                        if (streq(action, NOTIFICATION_ACTION_END_NOW) && n->content.end_now)
                                notification_tell(n, NOTIFICATION_END_NOW);
                        else if (streq(action, NOTIFICATION_ACTION_EXTEND) && n->content.extend)
                                notification_tell(n, NOTIFICATION_EXTEND);
                        else if (streq(action, NOTIFICATION_ACTION_ASK) && n->content.ask)
                                notification_tell(n, NOTIFICATION_ASK);
                        break;
                }

        return 0;
}

/* Without this handler sd-bus would close the connection when a match is refused. */
static int on_match_installed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        if (sd_bus_message_is_method_error(m, NULL))
                log_debug("The user's bus refused a match: %s", sd_bus_message_get_error(m)->name);

        return 0;
}

static void subscribe(Notifier *s, sd_bus *bus) {
        (void) sd_bus_match_signal_async(bus, &s->match_actions, NULL, NOTIFICATIONS_PATH,
                        NOTIFICATIONS_IFACE, "ActionInvoked", on_action, on_match_installed, s);
        (void) sd_bus_add_match_async(bus, &s->match_owner,
                        "type='signal',sender='" DBUS_BUS_NAME "',interface='" DBUS_IFACE
                        "',member='NameOwnerChanged',arg0='" NOTIFICATIONS_BUS_NAME "'",
                        on_owner_changed, on_match_installed, s);
}

static void on_bus(bool up, void *userdata) {
        Notifier *s = userdata;

        s->match_actions = sd_bus_slot_unref(s->match_actions);
        s->match_owner = sd_bus_slot_unref(s->match_owner);
        forget_server(s);

        if (up) {
                subscribe(s, user_bus_get(s->bus));
                schedule_reshow(s);
        }
}

int notifier_new(Notifier **ret, sd_event *event, UserBus *bus) {
        Notifier *s;
        int r;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;

        *s = (Notifier) { .event = sd_event_ref(event), .bus = bus };
        notification_server_init(&s->server, bus, on_server, s);

        r = notification_store_new(&s->store);
        if (r < 0) {
                (void) notifier_free(s);
                return r;
        }

        user_bus_set_handler(bus, on_bus, s);
        if (user_bus_get(bus))
                subscribe(s, user_bus_get(bus));

        *ret = s;
        return 0;
}

Notifier *notifier_free(Notifier *s) {
        if (!s)
                return NULL;

        while (s->first)
                (void) notification_free(s->first);

        user_bus_set_handler(s->bus, NULL, NULL);
        sd_bus_slot_unref(s->match_actions);
        sd_bus_slot_unref(s->match_owner);
        sd_bus_slot_unref(s->strays_call);
        sd_event_source_disable_unref(s->reshow);
        notification_store_free(s->store);
        notification_server_done(&s->server);
        sd_event_unref(s->event);
        free(s);
        return NULL;
}

bool notifier_is_idle(const Notifier *s) {
        return !s->first;
}
