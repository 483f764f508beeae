/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The notification server as it comes and goes, what it can do, and what its user clicks. A bubble that a
 * process of ours which was killed has left there is replaced where its job goes on, and taken away where
 * the job is over. */

#include "common/log.h"
#include "common/names.h"
#include "warn/notification-internal.h"

/* A server that came back gets what was on the screen, but not more often than this. */
#define RESHOW_USEC (500 * USEC_PER_MSEC)

void notifier_send_close(Notifier *s, const char *server, uint32_t id) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        sd_bus *bus = user_bus_get(s->bus);

        if (bus &&
                        sd_bus_message_new_method_call(bus, &m, server, NOTIFICATIONS_PATH,
                                        NOTIFICATIONS_IFACE, "CloseNotification") >= 0 &&
                        sd_bus_message_append(m, "u", id) >= 0 &&
                        sd_bus_message_set_expect_reply(m, false) >= 0 &&
                        sd_bus_message_set_auto_start(m, false) >= 0)
                (void) sd_bus_send(bus, m, NULL);
}

static void send_all(Notifier *s) {
        Notification *next;

        for (Notification *n = s->first; n; n = next) {
                next = n->next;
                if (n->dirty && !n->call)
                        notification_send(n);
        }
}

static void fail_all(Notifier *s) {
        Notification *next;

        for (Notification *n = s->first; n; n = next) {
                next = n->next;
                if (n->dirty || n->close) {
                        n->dirty = false;
                        notification_settle(n, false);
                }
        }
}

static int on_capabilities(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Notifier *s = userdata;

        s->capabilities_call = sd_bus_slot_unref(s->capabilities_call);

        /* The bus has answered, so it can say at once which one it is. */
        if (sd_bus_message_is_method_error(m, NULL) || server_abilities_read(&s->abilities, m) < 0 ||
                        string_replace(&s->server, sd_bus_message_get_sender(m)) < 0 ||
                        sd_bus_get_bus_id(sd_bus_message_get_bus(m), &s->server_bus) < 0) {
                log_debug("There is no notification server, or one that does not know what it can do.");
                fail_all(s);
                return 0;
        }

        s->abilities_known = true;
        send_all(s);
        return 0;
}

int notifier_ask_capabilities(Notifier *s, sd_bus *bus) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(bus, &m, NOTIFICATIONS_BUS_NAME, NOTIFICATIONS_PATH,
                        NOTIFICATIONS_IFACE, "GetCapabilities");
        if (r < 0)
                return r;

        return sd_bus_call_async(
                        bus, &s->capabilities_call, m, on_capabilities, s, NOTIFICATION_CALL_TIMEOUT_USEC);
}

static int on_reshow(sd_event_source *source, uint64_t usec, void *userdata) {
        Notifier *s = userdata;
        Notification *next;

        s->reshow = sd_event_source_disable_unref(s->reshow);

        for (Notification *n = s->first; n; n = next) {
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

/* Another server knows nothing of our ids, and may show other things. */
static void forget_server(Notifier *s) {
        Notification *next;

        s->abilities_known = false;
        s->capabilities_call = sd_bus_slot_unref(s->capabilities_call);
        s->strays_call = sd_bus_slot_unref(s->strays_call);

        for (Notification *n = s->first; n; n = next) {
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

        /* A server that was started by our own call comes this way too: the call is still under way to it.
         * */
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

        /* Without a server nothing is on the screen any more. */
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "s", &server) < 0 ||
                        sd_bus_get_bus_id(sd_bus_message_get_bus(m), &bus) < 0)
                server = "";

        for (size_t i = 0; i < BUBBLES_MAX; i++) {
                const Bubble *b = notification_store_at(s->store, i);

                if (!b || !is_stray(s, b))
                        continue;
                if (streq(b->server, server) && sd_id128_equal(b->bus, bus))
                        notifier_send_close(s, b->server, b->id);
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
                log_debug("Cannot look for notifications that were left behind, ignoring.");
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
                        break;
                }

        return 0;
}

/* Without this handler sd-bus would end the connection when a match is refused. */
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
        sd_bus_slot_unref(s->capabilities_call);
        sd_bus_slot_unref(s->strays_call);
        sd_event_source_disable_unref(s->reshow);
        notification_store_free(s->store);
        free(s->server);
        sd_event_unref(s->event);
        free(s);
        return NULL;
}

bool notifier_is_idle(const Notifier *s) {
        return !s->first;
}
