/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdarg.h>

#include "common/names.h"
#include "warn/session.h"

#define LOGIND_TIMEOUT_USEC (2 * USEC_PER_SEC)

struct SessionLook {
        sd_bus *bus;
        sd_bus_slot *call;
        WarnSession info;
        SessionFunc func;
        void *userdata;
};

bool session_is_graphical(const WarnSession *info) {
        const char *type = strempty(info->type);

        return streq(type, "x11") || streq(type, "wayland") || streq(type, "mir");
}

int logind_call(sd_bus *bus,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        va_list ap;
        int r;

        r = sd_bus_message_new_method_call(bus, &m, LOGIND_BUS_NAME, path, interface, member);
        if (r < 0)
                return r;

        if (types) {
                va_start(ap, types);
                r = sd_bus_message_appendv(m, types, ap);
                va_end(ap);
                if (r < 0)
                        return r;
        }

        return sd_bus_call_async(bus, ret, m, func, userdata, LOGIND_TIMEOUT_USEC);
}

static int read_property(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        WarnSession *info = userdata;
        uint32_t uid;
        int r;

        if (streq(name, "Type") && streq(contents, "s"))
                return bus_message_read_string(m, &info->type);
        if (streq(name, "TTY") && streq(contents, "s"))
                return bus_message_read_string(m, &info->tty);
        if (streq(name, "User") && streq(contents, "(uo)")) {
                r = sd_bus_message_read(m, "(uo)", &uid, NULL);
                if (r < 0)
                        return r;

                info->uid = uid;
                return 1;
        }

        return 0;
}

static int on_properties(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        SessionLook *l = userdata;
        bool ok;

        l->call = sd_bus_slot_unref(l->call);

        ok = !sd_bus_message_is_method_error(m, NULL) &&
                        bus_message_read_properties(m, read_property, &l->info) >= 0;
        l->func(ok ? &l->info : NULL, l->userdata);
        return 0;
}

static int on_path(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        SessionLook *l = userdata;
        const char *path;

        l->call = sd_bus_slot_unref(l->call);

        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "o", &path) < 0 ||
                        string_replace(&l->info.path, path) < 0 ||
                        logind_call(l->bus, &l->call, path, DBUS_IFACE_PROPERTIES, "GetAll", on_properties,
                                        l, "s", LOGIND_IFACE_SESSION) < 0)
                l->func(NULL, l->userdata);

        return 0;
}

int session_look_new(SessionLook **ret, sd_bus *bus, const char *id, SessionFunc func, void *userdata) {
        _cleanup_session_look_ SessionLook *l = NULL;
        int r;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;

        *l = (SessionLook) {
                .bus = sd_bus_ref(bus),
                .info.uid = (uid_t) -1,
                .func = func,
                .userdata = userdata,
        };

        r = logind_call(bus, &l->call, LOGIND_PATH, LOGIND_IFACE_MANAGER, "GetSession", on_path, l, "s", id);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(l);
        return 0;
}

SessionLook *session_look_free(SessionLook *l) {
        if (!l)
                return NULL;

        sd_bus_slot_unref(l->call);
        sd_bus_unref(l->bus);
        free(l->info.path);
        free(l->info.type);
        free(l->info.tty);
        free(l);
        return NULL;
}
