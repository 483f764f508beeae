/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "warn/session-manager.h"

/* MATE and Cinnamon kept the name and the interface of GNOME's session manager. Since 5.24 Plasma has a
 * small service for log-outs that is started by a call and talks to ksmserver; earlier it was ksmserver
 * itself. LXQt's method has no reply, and sends SIGTERM to programs without asking them. */
static const SessionManager session_managers[] = {
        { "org.gnome.SessionManager", "org.gnome.SessionManager", "/org/gnome/SessionManager",
                        "org.gnome.SessionManager", "Logout", LOGOUT_MODE,
                        .busy = "org.gnome.SessionManager.NotInRunning", .has_inhibitors = true },
        { "org.kde.ksmserver", "org.kde.Shutdown", "/Shutdown", "org.kde.Shutdown", "logout" },
        { "org.kde.ksmserver", "org.kde.ksmserver", "/KSMServer", "org.kde.KSMServerInterface", "logout",
                        LOGOUT_KSMSERVER },
        { "org.xfce.SessionManager", "org.xfce.SessionManager", "/org/xfce/SessionManager",
                        "org.xfce.Session.Manager", "Logout", LOGOUT_XFCE,
                        .busy = "org.xfce.SessionManager.Error.Failed" },
        { "org.lxqt.session", "org.lxqt.session", "/LXQtSession", "org.lxqt.session", "logout",
                        .no_reply = true },
};

const SessionManager *session_manager_get(size_t n) {
        return n < ELEMENTSOF(session_managers) ? session_managers + n : NULL;
}

static int append_arguments(sd_bus_message *m, LogoutArguments arguments) {
        switch (arguments) {
        case LOGOUT_MODE:
                return sd_bus_message_append(m, "u", 1);
        case LOGOUT_KSMSERVER:
                return sd_bus_message_append(m, "iii", 0, 0, 0);
        case LOGOUT_XFCE:
                return sd_bus_message_append(m, "bb", false, true);
        case LOGOUT_NONE:
                return 0;
        }

        assert(false);
        return -EINVAL;
}

int session_manager_new_logout(const SessionManager *s, sd_bus *bus, sd_bus_message **ret) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(bus, &m, s->destination, s->path, s->interface, s->member);
        if (r < 0)
                return r;

        r = append_arguments(m, s->arguments);
        if (r < 0)
                return r;

        r = sd_bus_message_set_expect_reply(m, !s->no_reply);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(m);
        return 0;
}

/* A session manager that takes its time has accepted the request: it is asking programs. The same is true
 * while a log-out that the user started is under way, which refuses ours: a program may be asking whether to
 * save. */
bool session_manager_has_refused(const SessionManager *s, sd_bus_message *reply) {
        return sd_bus_message_is_method_error(reply, NULL) && sd_bus_message_get_errno(reply) != ETIMEDOUT &&
                        !(s->busy && sd_bus_message_is_method_error(reply, s->busy));
}
