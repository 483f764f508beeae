/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* At most one Notify() of a notification is under way, so a server that hangs holds one call and no more;
 * what changed meanwhile is sent after the answer. A call is given up late, but the user counts as not
 * warned soon: a slow server that answers in the end is neither asked twice nor left with a bubble that
 * nobody takes away. */

#include "log.h"
#include "names.h"
#include "notification-message.h"
#include "notification.h"

/* After this the warning goes another way. */
#define PATIENCE_USEC (2 * USEC_PER_SEC)

/* After this an answer is not waited for any more. */
#define CALL_TIMEOUT_USEC (60 * USEC_PER_SEC)

/* A server that came back gets what was on the screen, but not more often than this. */
#define RESHOW_USEC (500 * USEC_PER_MSEC)

struct Notifier {
        sd_event *event;
        UserBus *bus;
        sd_bus_slot *match_actions, *match_owner;
        sd_bus_slot *capabilities_call;
        sd_event_source *reshow;
        Notification *first;

        bool abilities_known;
        ServerAbilities abilities;
};

struct Notification {
        Notifier *notifier;
        Notification *next;
        NotificationFunc func; /* NULL once it is finished */
        void *userdata;

        char *summary, *body;
        NotificationContent content; /* its texts are the two above */
        bool dirty;                  /* the content was not sent so far */
        bool close;                  /* nothing but taking it away is left to do */

        sd_bus_slot *call;
        sd_event_source *patience;
        uint32_t id;  /* 0 while nothing is on the screen */
        char *server; /* who gave the id */
};

static void notification_send(Notification *n);

static Notification *notification_free(Notification *n) {
        Notification **p;

        for (p = &n->notifier->first; *p; p = &(*p)->next)
                if (*p == n) {
                        *p = n->next;
                        break;
                }

        sd_bus_slot_unref(n->call);
        sd_event_source_disable_unref(n->patience);
        free(n->summary);
        free(n->body);
        free(n->server);
        free(n);
        return NULL;
}

static void tell(Notification *n, NotificationEvent event) {
        if (n->func)
                n->func(n, event, n->userdata);
}

static int on_patience(sd_event_source *source, uint64_t usec, void *userdata) {
        Notification *n = userdata;

        n->patience = sd_event_source_disable_unref(n->patience);

        if (n->func)
                tell(n, NOTIFICATION_FAILED);
        else if (!n->call)
                (void) notification_free(n);

        return 0;
}

static void patience_start(Notification *n, usec_t limit) {
        n->patience = sd_event_source_disable_unref(n->patience);
        (void) sd_event_add_time_relative(
                        n->notifier->event, &n->patience, CLOCK_MONOTONIC, limit, 0, on_patience, n);
}

/* Nobody waits for the answer to this. */
static void send_close(Notification *n) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        sd_bus *bus = user_bus_get(n->notifier->bus);

        if (!bus || n->id == 0 || !n->server)
                return;

        if (sd_bus_message_new_method_call(bus, &m, n->server, NOTIFICATIONS_PATH, NOTIFICATIONS_IFACE,
                            "CloseNotification") >= 0 &&
                        sd_bus_message_append(m, "u", n->id) >= 0 &&
                        sd_bus_message_set_expect_reply(m, false) >= 0 &&
                        sd_bus_message_set_auto_start(m, false) >= 0)
                (void) sd_bus_send(bus, m, NULL);

        n->id = 0;
}

/* What to do after an answer, or when there can be none. */
static void notification_settle(Notification *n, bool shown) {
        n->patience = sd_event_source_disable_unref(n->patience);

        if (n->close) {
                send_close(n);
                (void) notification_free(n);
        } else if (n->dirty)
                notification_send(n);
        else if (!n->func)
                (void) notification_free(n);
        else
                tell(n, shown ? NOTIFICATION_SHOWN : NOTIFICATION_FAILED);
}

static int on_notified(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *server = sd_bus_message_get_sender(m);
        Notification *n = userdata;
        uint32_t id;

        n->call = sd_bus_slot_unref(n->call);

        if (sd_bus_message_is_method_error(m, NULL)) {
                log_debug("The notification server refused: %s", sd_bus_message_get_error(m)->name);
                notification_settle(n, false);
        } else if (sd_bus_message_read(m, "u", &id) < 0 || id == 0 ||
                        string_replace(&n->server, server) < 0) {
                log_debug("The notification server answered nonsense.");
                notification_settle(n, false);
        } else {
                n->id = id;
                notification_settle(n, true);
        }

        return 0;
}

static int call_notify(Notification *n, sd_bus *bus) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = notification_message_new(&m, bus, &n->content, &n->notifier->abilities, n->id);
        if (r < 0)
                return r;

        return sd_bus_call_async(bus, &n->call, m, on_notified, n, CALL_TIMEOUT_USEC);
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

        if (sd_bus_message_is_method_error(m, NULL) || server_abilities_read(&s->abilities, m) < 0) {
                log_debug("There is no notification server, or one that does not know what it can do.");
                fail_all(s);
                return 0;
        }

        s->abilities_known = true;
        send_all(s);
        return 0;
}

static int ask_capabilities(Notifier *s, sd_bus *bus) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(bus, &m, NOTIFICATIONS_BUS_NAME, NOTIFICATIONS_PATH,
                        NOTIFICATIONS_IFACE, "GetCapabilities");
        if (r < 0)
                return r;

        return sd_bus_call_async(bus, &s->capabilities_call, m, on_capabilities, s, CALL_TIMEOUT_USEC);
}

/* Sends the content as soon as that can be. */
static void notification_send(Notification *n) {
        Notifier *s = n->notifier;
        sd_bus *bus = user_bus_get(s->bus);
        int r;

        n->dirty = true;

        if (!n->patience)
                patience_start(n, PATIENCE_USEC);
        if (n->call || s->capabilities_call)
                return;

        if (!bus)
                r = -ENOTCONN;
        else if (!s->abilities_known)
                r = ask_capabilities(s, bus);
        else {
                n->dirty = false;
                r = call_notify(n, bus);
        }

        if (r < 0) {
                log_debug_errno(r, "Cannot reach the notification server: %m");
                n->dirty = false;
                patience_start(n, 0);
        }
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

        for (Notification *n = s->first; n; n = next) {
                next = n->next;
                n->call = sd_bus_slot_unref(n->call);
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

static int on_action(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *sender = sd_bus_message_get_sender(m), *action;
        Notifier *s = userdata;
        uint32_t id;

        if (sd_bus_message_read(m, "us", &id, &action) < 0)
                return 0;

        for (Notification *n = s->first; n; n = n->next)
                if (n->id != 0 && n->id == id && streq_ptr(n->server, sender)) {
                        if (streq(action, NOTIFICATION_ACTION_END_NOW) && n->content.end_now)
                                tell(n, NOTIFICATION_END_NOW);
                        else if (streq(action, NOTIFICATION_ACTION_EXTEND) && n->content.extend)
                                tell(n, NOTIFICATION_EXTEND);
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

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;

        *s = (Notifier){ .event = sd_event_ref(event), .bus = bus };

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
        sd_event_source_disable_unref(s->reshow);
        sd_event_unref(s->event);
        free(s);
        return NULL;
}

bool notifier_is_idle(const Notifier *s) {
        return !s->first;
}

int notification_new(Notification **ret, Notifier *s, NotificationFunc func, void *userdata) {
        Notification *n;

        n = malloc(sizeof(*n));
        if (!n)
                return -ENOMEM;

        *n = (Notification){ .notifier = s, .next = s->first, .func = func, .userdata = userdata };
        s->first = n;

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
