/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One session's properties, from logind's message to facts. */

#include "common/bus-util.h"
#include "common/names.h"
#include "peer/logind-internal.h"

int logind_session_query(Logind *l, const char *path, sd_bus_message **ret) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        logind_bus(l), &m, LOGIND_BUS_NAME, path, DBUS_IFACE_PROPERTIES, "GetAll");
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "s", LOGIND_IFACE_SESSION);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(m);
        return 0;
}

static int read_string(sd_bus_message *m, char **field) {
        const char *s;
        int r;

        r = sd_bus_message_read(m, "s", &s);
        if (r < 0)
                return r;

        r = string_replace(field, s);
        return r < 0 ? r : 1;
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
        SessionInfo *f = userdata;

        if (streq(name, "Id"))
                return read_string(m, &f->id);
        if (streq(name, "Name"))
                return read_string(m, &f->user);
        if (streq(name, "Class"))
                return read_string(m, &f->class);
        if (streq(name, "Type"))
                return read_string(m, &f->type);
        if (streq(name, "State"))
                return read_string(m, &f->state);
        if (streq(name, "Scope"))
                return read_string(m, &f->scope);
        if (streq(name, "TTY"))
                return read_string(m, &f->tty);
        if (streq(name, "User"))
                return read_user(m, &f->uid);
        if (streq(name, "Seat"))
                return read_seat(m, &f->seat);
        if (streq(name, "Leader"))
                return read_leader(m, &f->leader);
        if (streq(name, "TimestampMonotonic"))
                return read_usec(m, &f->started);
        if (streq(name, "IdleSinceHint"))
                return read_usec(m, &f->idle_since);
        if (streq(name, "IdleSinceHintMonotonic"))
                return read_usec(m, &f->idle_since_monotonic);
        if (streq(name, "Active"))
                return read_bool(m, &f->active);
        if (streq(name, "LockedHint"))
                return read_bool(m, &f->locked);
        if (streq(name, "IdleHint"))
                return read_bool(m, &f->idle);
        if (streq(name, "Remote"))
                return read_bool(m, &f->remote);

        return 0;
}

int logind_session_read(sd_bus_message *reply, const char *path, SessionInfo **ret) {
        _cleanup_(session_info_freep) SessionInfo *f = NULL;
        int r;

        if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_UNKNOWN_OBJECT) ||
                        sd_bus_message_is_method_error(reply, LOGIND_ERROR_NO_SUCH_SESSION))
                return -ESRCH;
        if (sd_bus_message_is_method_error(reply, NULL))
                return -sd_bus_message_get_errno(reply);

        f = malloc(sizeof(*f));
        if (!f)
                return -ENOMEM;
        *f = (SessionInfo) { .uid = (uid_t) -1 };

        r = bus_message_read_properties(reply, read_property, f);
        if (r < 0)
                return r;
        if (!f->id || !f->class || f->uid == (uid_t) -1)
                return -EBADMSG;

        r = string_replace(&f->path, path);
        if (r < 0)
                return r;
        if (!f->seat) {
                r = string_replace(&f->seat, "");
                if (r < 0)
                        return r;
        }

        *ret = TAKE_PTR(f);
        return 0;
}
