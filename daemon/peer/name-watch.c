/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/names.h"
#include "peer/name-watch.h"

struct NameWatch {
        sd_bus *bus;
        char *name;
        char *unique;
        bool known; /* the handler has been called */
        NameHandler handler;
        void *userdata;
        sd_bus_slot *match;
        sd_bus_slot *get;
};

static void name_watch_set(NameWatch *o, const char *unique) {
        int r;

        if (isempty(unique))
                unique = NULL;

        r = string_replace(&o->unique, unique);
        if (r < 0) {
                /* Better nobody than a stale owner. */
                free(o->unique);
                o->unique = NULL;
        }
        if (r == 0 && o->known)
                return;

        o->known = true;
        o->handler(o->unique, o->userdata);
}

static int on_name_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        NameWatch *o = userdata;
        const char *name, *unique;

        /* The bus itself is the one sender whose name nobody can take. */
        if (!streq_ptr(sd_bus_message_get_sender(m), DBUS_BUS_NAME))
                return 0;
        if (sd_bus_message_read(m, "sss", &name, NULL, &unique) < 0 || !streq(name, o->name))
                return 0;

        o->get = sd_bus_slot_unref(o->get);
        name_watch_set(o, unique);
        return 0;
}

static int on_get_name_owner(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        NameWatch *o = userdata;
        const char *unique;

        o->get = sd_bus_slot_unref(o->get);

        if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "s", &unique) < 0)
                unique = NULL;

        name_watch_set(o, unique);
        return 0;
}

int name_watch_new(NameWatch **ret, sd_bus *bus, const char *name, NameHandler handler, void *userdata) {
        _cleanup_(name_watch_freep) NameWatch *o = NULL;
        char rule[256];
        int r;

        o = malloc(sizeof(*o));
        if (!o)
                return -ENOMEM;

        *o = (NameWatch) {
                .bus = sd_bus_ref(bus),
                .name = strdup(name),
                .handler = handler,
                .userdata = userdata,
        };
        if (!o->name)
                return -ENOMEM;

        (void) snprintf(rule, sizeof(rule),
                        "type='signal',sender='" DBUS_BUS_NAME "',path='" DBUS_PATH
                        "',interface='" DBUS_IFACE "',member='NameOwnerChanged',arg0='%s'",
                        name);

        r = sd_bus_add_match_async(bus, &o->match, rule, on_name_owner_changed, NULL, o);
        if (r < 0)
                return r;

        r = sd_bus_call_method_async(bus, &o->get, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "GetNameOwner",
                        on_get_name_owner, o, "s", name);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(o);
        return 0;
}

NameWatch *name_watch_free(NameWatch *o) {
        if (!o)
                return NULL;

        sd_bus_slot_unref(o->match);
        sd_bus_slot_unref(o->get);
        sd_bus_unref(o->bus);
        free(o->name);
        free(o->unique);
        free(o);
        return NULL;
}

const char *name_watch_unique(const NameWatch *o) {
        return o->unique;
}
