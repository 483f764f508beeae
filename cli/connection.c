/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdarg.h>

#include "cli/connection.h"
#include "cli/output.h"
#include "common/names.h"

int connection_open(Command *c) {
        const char *unused;
        int r;

        if (c->bus)
                return 0;

        if (!c->host) {
                r = sd_bus_open_system(&c->bus);
                return r < 0 ? output_error(r, "Failed to connect to the system bus: %m") : 0;
        }

        /* The name is known once ssh is connected: an error of ssh shows here. */
        r = sd_bus_open_system_remote(&c->bus, c->host);
        if (r >= 0)
                r = sd_bus_get_unique_name(c->bus, &unused);
        if (r < 0)
                return output_error(r, "Failed to connect to the system bus of '%s': %m", c->host);

        return 0;
}

void command_done(Command *c) {
        agent_stop(c);
        c->bus = sd_bus_flush_close_unref(c->bus);
}

/* The bus and systemd return many different errors if a service cannot be started. So this checks whether
 * the name has an owner. */
static bool is_absent(sd_bus *bus) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int present;

        return sd_bus_call_method(bus, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameHasOwner", NULL, &reply,
                               "s", USHER_BUS_NAME) >= 0 &&
                        sd_bus_message_read(reply, "b", &present) >= 0 && !present;
}

static int absent_error(Command *c, int error, const char *what) {
        if (c->host)
                return output_error(error,
                                "%s: usherd is not running on %s. Start it there with 'systemctl start "
                                "usherd'.",
                                what, c->host);

        return output_error(
                        error, "%s: usherd is not running. Start it with 'systemctl start usherd'.", what);
}

static int password_error(Command *c, int error, const char *what) {
        if (c->host)
                return output_error(error,
                                "%s: a password is required, but cannot be asked for on another machine. "
                                "Use "
                                "--host=root@HOST.",
                                what);

        return output_error(error,
                        "%s: a password is required. Run this as root, or without --no-ask-password from a "
                        "terminal or a desktop that can ask for it.",
                        what);
}

int connection_error(Command *c, const sd_bus_error *e, const char *what) {
        const char *message = e->message ? e->message : strempty(e->name);
        int error = sd_bus_error_get_errno(e);

        if (is_absent(c->bus))
                return absent_error(c, error, what);
        if (sd_bus_error_has_name(e, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
                return password_error(c, error, what);
        if (sd_bus_error_has_name(e, SD_BUS_ERROR_ACCESS_DENIED))
                return output_error(error, "%s: access denied: %s", what, message);
        if (sd_bus_error_has_names(e, SD_BUS_ERROR_UNKNOWN_METHOD, SD_BUS_ERROR_UNKNOWN_PROPERTY))
                return output_error(
                                error, "%s: the running usherd does not support this: %s", what, message);

        return output_error(error, "%s: %s", what, message);
}

int connection_snapshot(Command *c, Snapshot **ret) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        _cleanup_bus_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        int r;

        r = connection_open(c);
        if (r < 0)
                return r;

        r = sd_bus_call_method(c->bus, USHER_BUS_NAME, USHER_PATH, DBUS_IFACE_OBJECT_MANAGER,
                        "GetManagedObjects", &e, &reply, NULL);
        if (r < 0)
                return connection_error(c, &e, "Failed to query the stations");

        r = snapshot_new_from_reply(reply, ret);
        if (r < 0)
                return output_error(r, "Failed to parse the reply of usherd: %m");

        return 0;
}

int connection_new_call(Command *c,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message **ret) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = connection_open(c);
        if (r < 0)
                return r;

        r = sd_bus_message_new_method_call(c->bus, &m, USHER_BUS_NAME, path, interface, member);
        if (r >= 0)
                r = sd_bus_message_set_allow_interactive_authorization(m, c->ask_password);
        if (r < 0)
                return output_error(r, "Failed to create the call: %m");

        *ret = TAKE_PTR(m);
        return 0;
}

int connection_call(Command *c, sd_bus_message *m, const char *what, sd_bus_message **ret_reply) {
        _cleanup_bus_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        int r;

        /* The polkit of another machine does not ask an agent of this one. */
        if (c->ask_password && !c->host)
                agent_start(c);

        r = sd_bus_call(c->bus, m, c->ask_password ? UINT64_MAX : 0, &e, ret_reply);
        if (r < 0)
                return connection_error(c, &e, what);

        return 0;
}

int connection_call_method(Command *c,
                const char *path,
                const char *interface,
                const char *member,
                const char *what,
                sd_bus_message **ret_reply,
                const char *types,
                ...) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        va_list ap;
        int r;

        r = connection_new_call(c, path, interface, member, &m);
        if (r < 0)
                return r;

        va_start(ap, types);
        r = sd_bus_message_appendv(m, types, ap);
        va_end(ap);
        if (r < 0)
                return output_error(r, "Failed to create the call: %m");

        return connection_call(c, m, what, ret_reply);
}

int connection_read_number(sd_bus_message *reply, uint32_t *ret) {
        int r;

        r = sd_bus_message_read(reply, "u", ret);
        if (r < 0)
                return output_error(r, "Failed to parse the reply of usherd: %m");

        return 0;
}
