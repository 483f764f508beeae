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
        ClientOwnerFunc changed;
        void *userdata;

        char *owner;
        bool known; /* the bus has answered who the owner is */
        sd_bus_slot *owner_match, *owner_call;
};

static void owner_changed(Client *c, const char *owner) {
        if (c->known && streq_ptr(c->owner, owner))
                return;

        if (string_replace(&c->owner, owner) < 0) {
                (void) log_oom();
                return;
        }

        c->known = true;
        if (c->changed)
                c->changed(c->owner, c->userdata);
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *owner = NULL;
        Client *c = userdata;

        c->owner_call = sd_bus_slot_unref(c->owner_call);

        if (!sd_bus_message_is_method_error(m, NULL))
                (void) sd_bus_message_read(m, "s", &owner);

        owner_changed(c, owner);
        return 0;
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *name, *after;
        Client *c = userdata;

        if (!streq_ptr(sd_bus_message_get_sender(m), DBUS_BUS_NAME) ||
                        sd_bus_message_read(m, "sss", &name, NULL, &after) < 0 ||
                        !streq(name, USHER_BUS_NAME))
                return 0;

        c->owner_call = sd_bus_slot_unref(c->owner_call);
        owner_changed(c, isempty(after) ? NULL : after);
        return 0;
}

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

int client_new(Client **ret, sd_bus *bus, ClientOwnerFunc changed, void *userdata) {
        _cleanup_client_ Client *c = NULL;
        int r;

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;

        *c = (Client) { .bus = sd_bus_ref(bus), .changed = changed, .userdata = userdata };

        r = sd_bus_add_match_async(bus, &c->owner_match,
                        "type='signal',sender='" DBUS_BUS_NAME "',interface='" DBUS_IFACE
                        "',member='NameOwnerChanged',arg0='" USHER_BUS_NAME "'",
                        on_owner_changed, NULL, c);
        if (r < 0)
                return r;

        r = sd_bus_call_method_async(bus, &c->owner_call, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE,
                        "GetNameOwner", on_owner, c, "s", USHER_BUS_NAME);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(c);
        return 0;
}

Client *client_free(Client *c) {
        if (!c)
                return NULL;

        sd_bus_slot_unref(c->owner_match);
        sd_bus_slot_unref(c->owner_call);
        sd_bus_unref(c->bus);
        free(c->owner);
        free(c);
        return NULL;
}

const char *client_get_owner(const Client *c) {
        return c->owner;
}

int client_set_owner(Client *c, const char *owner) {
        int r;

        r = string_replace(&c->owner, owner);
        if (r < 0)
                return r;

        c->owner_call = sd_bus_slot_unref(c->owner_call);
        c->known = true;
        return 0;
}

bool client_is_sender(const Client *c, sd_bus_message *m) {
        return c->owner && streq_ptr(sd_bus_message_get_sender(m), c->owner);
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

        if (!c->owner)
                return -ENOTCONN;

        return sd_bus_call_method_asyncv(
                        c->bus, ret, c->owner, path, interface, member, func, userdata, types, ap);
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
