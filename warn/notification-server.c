/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/names.h"
#include "warn/notification-server.h"

void notification_server_init(
                NotificationServer *s, UserBus *bus, NotificationServerFunc func, void *userdata) {
        *s = (NotificationServer) { .bus = bus, .func = func, .userdata = userdata };
}

void notification_server_done(NotificationServer *s) {
        notification_server_forget(s);
        free(s->name);
        s->name = NULL;
}

static int on_capabilities(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *name = sd_bus_message_get_sender(m);
        NotificationServer *s = userdata;

        s->call = sd_bus_slot_unref(s->call);

        /* Only a program of the user that is no bus leaves the sender out. The bus has answered already, so
         * its id is known and this does not block. */
        s->known = name && !sd_bus_message_is_method_error(m, NULL) &&
                        server_abilities_read(&s->abilities, m) >= 0 &&
                        string_replace(&s->name, name) >= 0 &&
                        sd_bus_get_bus_id(sd_bus_message_get_bus(m), &s->bus_id) >= 0;
        if (!s->known)
                log_debug("There is no notification server, or it does not say what it can show.");

        s->func(s->known, s->userdata);
        return 0;
}

int notification_server_ask(NotificationServer *s) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        sd_bus *bus = user_bus_get(s->bus);
        int r;

        if (!bus)
                return -ENOTCONN;

        r = sd_bus_message_new_method_call(bus, &m, NOTIFICATIONS_BUS_NAME, NOTIFICATIONS_PATH,
                        NOTIFICATIONS_IFACE, "GetCapabilities");
        if (r < 0)
                return r;

        return sd_bus_call_async(bus, &s->call, m, on_capabilities, s, NOTIFICATION_CALL_TIMEOUT_USEC);
}

void notification_server_forget(NotificationServer *s) {
        s->known = false;
        s->call = sd_bus_slot_unref(s->call);
}

bool notification_server_is(const NotificationServer *s, const char *name, sd_id128_t bus_id) {
        return streq_ptr(name, s->name) && sd_id128_equal(bus_id, s->bus_id);
}

void notification_server_close(NotificationServer *s, const char *name, uint32_t id) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        sd_bus *bus = user_bus_get(s->bus);

        if (bus &&
                        sd_bus_message_new_method_call(bus, &m, name, NOTIFICATIONS_PATH,
                                        NOTIFICATIONS_IFACE, "CloseNotification") >= 0 &&
                        sd_bus_message_append(m, "u", id) >= 0 &&
                        sd_bus_message_set_expect_reply(m, false) >= 0 &&
                        sd_bus_message_set_auto_start(m, false) >= 0)
                (void) sd_bus_send(bus, m, NULL);
}
