/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/connection.h"
#include "cli/output.h"
#include "cli/snapshot-read.h"
#include "common/names.h"

int connection_open(Command *c) {
        const char *unused;
        int r;

        if (c->bus)
                return 0;

        if (c->host) {
                r = sd_bus_open_system_remote(&c->bus, c->host);
                if (r >= 0)
                        r = sd_bus_get_unique_name(
                                        c->bus, &unused); /* waits until ssh has made it, or not */
                if (r < 0)
                        return complain(r, "Failed to reach the system bus of '%s': %m", c->host);
        } else {
                r = sd_bus_open_system(&c->bus);
                if (r < 0)
                        return complain(r, "Failed to reach the system bus: %m");
        }

        return 0;
}

void command_done(Command *c) {
        agent_stop(&c->agent);
        c->bus = sd_bus_flush_close_unref(c->bus);
}

/* The bus and systemd have many words for that they could not start it. */
static bool is_absent(sd_bus *bus) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int present;

        return sd_bus_call_method(bus, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameHasOwner", NULL, &reply,
                               "s", USHER_BUS_NAME) >= 0 &&
                        sd_bus_message_read(reply, "b", &present) >= 0 && !present;
}

int connection_complain(Command *c, const sd_bus_error *e, const char *what) {
        const char *message = e->message ? e->message : strempty(e->name);
        int error = sd_bus_error_get_errno(e);

        if (is_absent(c->bus))
                return complain(error, "%s: usherd does not run%s%s. See 'systemctl status usherd'.", what,
                                c->host ? " on " : "", strempty(c->host));
        if (sd_bus_error_has_name(e, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED) && c->host)
                return complain(error,
                                "%s: a password is needed, and cannot be asked for on another machine. "
                                "Use --host=root@HOST.",
                                what);
        if (sd_bus_error_has_name(e, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
                return complain(error,
                                "%s: a password is needed. Run this as root, or from a terminal or desktop "
                                "that can ask for it, without --no-ask-password.",
                                what);
        if (sd_bus_error_has_name(e, SD_BUS_ERROR_ACCESS_DENIED))
                return complain(error, "%s: you may not do that: %s", what, message);
        if (sd_bus_error_has_name(e, SD_BUS_ERROR_UNKNOWN_METHOD) ||
                        sd_bus_error_has_name(e, SD_BUS_ERROR_UNKNOWN_PROPERTY))
                return complain(error, "%s: the usherd that runs cannot do that: %s", what, message);

        return complain(error, "%s: %s", what, message);
}

int connection_snapshot(Command *c, Snapshot **ret) {
        _cleanup_bus_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        int r;

        r = connection_open(c);
        if (r < 0)
                return r;

        r = snapshot_read(c->bus, ret, &e);
        if (r < 0)
                return connection_complain(c, &e, "Failed to look at the stations");

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
                return complain(r, "Failed to make the call: %m");

        *ret = TAKE_PTR(m);
        return 0;
}

int connection_call(Command *c, sd_bus_message *m, const char *what, sd_bus_message **ret_reply) {
        _cleanup_bus_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        int r;

        /* An agent of this machine is not asked by the polkit of another. */
        if (c->ask_password && !c->host)
                agent_start(&c->agent);

        r = sd_bus_call(c->bus, m, c->ask_password ? UINT64_MAX : 0, &e, ret_reply);
        if (r < 0)
                return connection_complain(c, &e, what);

        return 0;
}
