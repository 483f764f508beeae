/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/name-watch.h"
#include "common/names.h"

struct NameWatch {
        char *name;
        char *unique;
        bool known; /* the handler has been called */
        NameHandler handler;
        void *userdata;
        sd_bus_slot *match;
        sd_bus_slot *get;
};

static void name_watch_set(NameWatch *w, const char *unique) {
        int r;

        if (isempty(unique))
                unique = NULL;

        r = string_replace(&w->unique, unique);
        if (r < 0) {
                /* No owner is safer than a stale one. */
                free(w->unique);
                w->unique = NULL;
        }
        if (r == 0 && w->known)
                return;

        w->known = true;
        if (w->handler)
                w->handler(w->unique, w->userdata);
}

static int on_name_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        NameWatch *w = userdata;
        const char *name, *unique;

        /* The bus driver's name is the only one that nobody else can send from. */
        if (!streq_ptr(sd_bus_message_get_sender(m), DBUS_BUS_NAME))
                return 0;
        if (sd_bus_message_read(m, "sss", &name, NULL, &unique) < 0 || !streq(name, w->name))
                return 0;

        w->get = sd_bus_slot_unref(w->get);
        name_watch_set(w, unique);
        return 0;
}

static int on_get_name_owner(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        NameWatch *w = userdata;
        const char *unique;

        w->get = sd_bus_slot_unref(w->get);

        if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "s", &unique) < 0)
                unique = NULL;

        name_watch_set(w, unique);
        return 0;
}

int name_watch_new(NameWatch **ret, sd_bus *bus, const char *name, NameHandler handler, void *userdata) {
        _cleanup_(name_watch_freep) NameWatch *w = NULL;
        char rule[256];
        int r;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;

        *w = (NameWatch) {
                .name = strdup(name),
                .handler = handler,
                .userdata = userdata,
        };
        if (!w->name)
                return -ENOMEM;

        (void) snprintf(rule, sizeof(rule),
                        "type='signal',sender='" DBUS_BUS_NAME "',path='" DBUS_PATH
                        "',interface='" DBUS_IFACE "',member='NameOwnerChanged',arg0='%s'",
                        name);

        r = sd_bus_add_match_async(bus, &w->match, rule, on_name_owner_changed, NULL, w);
        if (r < 0)
                return r;

        r = sd_bus_call_method_async(bus, &w->get, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "GetNameOwner",
                        on_get_name_owner, w, "s", name);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(w);
        return 0;
}

NameWatch *name_watch_free(NameWatch *w) {
        if (!w)
                return NULL;

        sd_bus_slot_unref(w->match);
        sd_bus_slot_unref(w->get);
        free(w->name);
        free(w->unique);
        free(w);
        return NULL;
}

const char *name_watch_unique(const NameWatch *w) {
        return w->unique;
}

int name_watch_take(NameWatch *w, const char *unique) {
        int r;

        r = string_replace(&w->unique, unique);
        if (r < 0)
                return r;

        w->get = sd_bus_slot_unref(w->get);
        w->known = true;
        return 0;
}
