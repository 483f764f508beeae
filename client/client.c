/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls go to the unique name of usherd. That never starts a usherd that an administrator has stopped, and
 * does not mix the replies of a new usherd with those of the old one. */

#include <systemd/sd-daemon.h>

#include "client/client.h"
#include "common/log.h"
#include "common/names.h"

#define CALL_TIMEOUT_USEC (10 * USEC_PER_SEC)

#define BARRIER_USEC USEC_PER_SEC

struct Client {
        sd_bus *bus;
        NameWatch *owner;
};

void client_announce_exit(void) {
        (void) sd_notify(false, "STOPPING=1");
        (void) sd_notify_barrier(false, BARRIER_USEC);
}

int client_open_bus(sd_bus **ret, sd_event *event) {
        _cleanup_bus_close_ sd_bus *bus = NULL;
        int r;

        r = sd_bus_open_system(&bus);
        if (r < 0)
                return log_error_errno(r, "Failed to connect to the system bus: %m");

        (void) sd_bus_set_exit_on_disconnect(bus, true);
        (void) sd_bus_set_method_call_timeout(bus, CALL_TIMEOUT_USEC);

        r = sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
        if (r < 0)
                return log_error_errno(r, "Failed to attach the system bus to the event loop: %m");

        *ret = TAKE_PTR(bus);
        return 0;
}

int client_new(Client **ret, sd_bus *bus, NameHandler changed, void *userdata) {
        _cleanup_client_ Client *c = NULL;
        int r;

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;

        *c = (Client) { .bus = sd_bus_ref(bus) };
        r = name_watch_new(&c->owner, bus, USHER_BUS_NAME, changed, userdata);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(c);
        return 0;
}

Client *client_free(Client *c) {
        if (!c)
                return NULL;

        name_watch_free(c->owner);
        sd_bus_unref(c->bus);
        free(c);
        return NULL;
}

const char *client_get_owner(const Client *c) {
        return name_watch_unique(c->owner);
}

int client_set_owner(Client *c, const char *owner) {
        return name_watch_take(c->owner, owner);
}

bool client_is_sender(const Client *c, sd_bus_message *m) {
        const char *owner = client_get_owner(c);

        return owner && streq_ptr(sd_bus_message_get_sender(m), owner);
}

int client_match(Client *c,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata) {

        return sd_bus_match_signal_async(
                        c->bus, ret, USHER_BUS_NAME, path, interface, member, func, NULL, userdata);
}

int client_callv(Client *c,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                va_list ap) {

        if (!client_get_owner(c))
                return -ENOTCONN;

        return sd_bus_call_method_asyncv(c->bus, ret, client_get_owner(c), path, interface, member, func,
                        userdata, types, ap);
}

int client_call(Client *c,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...) {
        va_list ap;
        int r;

        va_start(ap, types);
        r = client_callv(c, ret, path, interface, member, func, userdata, types, ap);
        va_end(ap);

        return r;
}
