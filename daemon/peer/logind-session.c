/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Queries the properties of one session, and reads them from logind's reply. */

#include "common/bus-util.h"
#include "common/names.h"
#include "peer/logind-internal.h"

int logind_query_session(
                AsyncQueue *q, AsyncCall **slot, const char *path, AsyncHandler handler, void *userdata) {
        return async_callf(q, slot, handler, userdata, LOGIND_BUS_NAME, path, DBUS_IFACE_PROPERTIES,
                        "GetAll", "s", LOGIND_IFACE_SESSION);
}

static int read_bool(sd_bus_message *m, bool *field) {
        int b, r;

        r = sd_bus_message_read(m, "b", &b);
        if (r < 0)
                return r;

        *field = b;
        return 1;
}

static int read_usec(sd_bus_message *m, usec_t *field) {
        int r = sd_bus_message_read(m, "t", field);

        return r < 0 ? r : 1;
}

static int read_user(sd_bus_message *m, uid_t *field) {
        uint32_t uid;
        int r;

        r = sd_bus_message_read(m, "(uo)", &uid, NULL);
        if (r < 0)
                return r;

        *field = uid;
        return 1;
}

static int read_leader(sd_bus_message *m, pid_t *field) {
        uint32_t pid;
        int r;

        r = sd_bus_message_read(m, "u", &pid);
        if (r < 0)
                return r;

        *field = (pid_t) pid;
        return 1;
}

static int read_seat(sd_bus_message *m, char **field) {
        const char *s;
        int r;

        r = sd_bus_message_read(m, "(so)", &s, NULL);
        if (r < 0)
                return r;

        r = string_replace(field, s);
        return r < 0 ? r : 1;
}

static int read_property(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        SessionInfo *info = userdata;

        if (streq(name, "Id"))
                return bus_message_read_string(m, &info->id);
        if (streq(name, "Name"))
                return bus_message_read_string(m, &info->user);
        if (streq(name, "Class"))
                return bus_message_read_string(m, &info->class);
        if (streq(name, "Type"))
                return bus_message_read_string(m, &info->type);
        if (streq(name, "State"))
                return bus_message_read_string(m, &info->state);
        if (streq(name, "Scope"))
                return bus_message_read_string(m, &info->scope);
        if (streq(name, "User"))
                return read_user(m, &info->uid);
        if (streq(name, "Seat"))
                return read_seat(m, &info->seat);
        if (streq(name, "Leader"))
                return read_leader(m, &info->leader);
        if (streq(name, "TimestampMonotonic"))
                return read_usec(m, &info->started);
        if (streq(name, "IdleSinceHint"))
                return read_usec(m, &info->idle_since);
        if (streq(name, "IdleSinceHintMonotonic"))
                return read_usec(m, &info->idle_since_monotonic);
        if (streq(name, "Active"))
                return read_bool(m, &info->active);
        if (streq(name, "LockedHint"))
                return read_bool(m, &info->locked);
        if (streq(name, "IdleHint"))
                return read_bool(m, &info->idle);

        return 0;
}

int logind_read_session(sd_bus_message *reply, const char *path, SessionInfo **ret) {
        _cleanup_(session_info_freep) SessionInfo *info = NULL;
        int r;

        if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_UNKNOWN_OBJECT) ||
                        sd_bus_message_is_method_error(reply, LOGIND_ERROR_NO_SUCH_SESSION))
                return -ESRCH;
        r = async_reply_errno(reply);
        if (r < 0)
                return r;

        info = malloc(sizeof(*info));
        if (!info)
                return -ENOMEM;
        *info = (SessionInfo) { .uid = (uid_t) -1 };

        r = bus_message_read_properties(reply, read_property, info);
        if (r < 0)
                return r;
        if (!info->id || !info->class || info->uid == (uid_t) -1)
                return -EBADMSG;

        r = string_replace(&info->path, path);
        if (r < 0)
                return r;
        if (!info->seat) {
                r = string_replace(&info->seat, "");
                if (r < 0)
                        return r;
        }

        *ret = TAKE_PTR(info);
        return 0;
}
