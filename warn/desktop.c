/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One user may have two sessions on two stations and one bus for both. So before a session manager is asked,
 * the process behind its name is looked up at logind: it must belong to the session that is to end. A
 * session manager that the user's systemd started belongs to no session; it is asked only where this session
 * is the user's only graphical one. The process is one of the user's own, so whatever it pretends to be, it
 * can end nobody else's session. */

#include "common/log.h"
#include "common/names.h"
#include "warn/desktop.h"
#include "warn/inhibitors.h"

#define CALL_TIMEOUT_USEC (2 * USEC_PER_SEC)

/* After this somebody hangs: the bus, which sd-bus would wait for longer, or logind. */
#define PATIENCE_USEC (4 * USEC_PER_SEC)

/* Other sessions of the same user that are looked at. */
#define OTHERS_MAX 16U

typedef enum Arguments {
        ARGUMENTS_NONE,
        ARGUMENTS_MODE,      /* u: 1, log out without confirmation but ask programs */
        ARGUMENTS_KSMSERVER, /* iii: no confirmation, log out only, no other mode */
        ARGUMENTS_XFCE,      /* bb: no dialog, programs may save */
} Arguments;

/* MATE and Cinnamon have kept the name and the interface of GNOME's. Plasma has a small service for it since
 * 5.24, which is started when it is called and speaks to ksmserver; before that it was ksmserver itself.
 * LXQt's method has no answer, and sends SIGTERM to programs instead of asking them. */
static const struct SessionManager {
        const char *owner; /* whose process is looked up */
        const char *destination;
        const char *path;
        const char *interface;
        const char *member;
        Arguments arguments;
        const char *busy; /* its error when a log-out is under way, or it is still starting */
        bool no_reply;
        bool has_inhibitors;
} session_managers[] = {
        { "org.gnome.SessionManager", "org.gnome.SessionManager", "/org/gnome/SessionManager",
                        "org.gnome.SessionManager", "Logout", ARGUMENTS_MODE,
                        .busy = "org.gnome.SessionManager.NotInRunning", .has_inhibitors = true },
        { "org.kde.ksmserver", "org.kde.Shutdown", "/Shutdown", "org.kde.Shutdown", "logout" },
        { "org.kde.ksmserver", "org.kde.ksmserver", "/KSMServer", "org.kde.KSMServerInterface", "logout",
                        ARGUMENTS_KSMSERVER },
        { "org.xfce.SessionManager", "org.xfce.SessionManager", "/org/xfce/SessionManager",
                        "org.xfce.Session.Manager", "Logout", ARGUMENTS_XFCE,
                        .busy = "org.xfce.SessionManager.Error.Failed" },
        { "org.lxqt.session", "org.lxqt.session", "/LXQtSession", "org.lxqt.session", "logout",
                        .no_reply = true },
};

struct DesktopRequest {
        sd_event *event;
        sd_bus *user_bus, *system_bus;
        char *session_path;
        bool graphical;
        DesktopFunc func;
        void *userdata;

        size_t candidate;
        sd_bus_slot *call;
        sd_event_source *patience;
        bool sent; /* the request itself is under way */
        char *others[OTHERS_MAX];
        size_t n_others;
        Inhibitors *inhibitors;
};

static void try_candidate(DesktopRequest *d);

static void try_next(DesktopRequest *d) {
        d->candidate++;
        try_candidate(d);
}

static void refused(DesktopRequest *d) {
        d->patience = sd_event_source_disable_unref(d->patience);
        d->call = sd_bus_slot_unref(d->call);
        d->func(false, "", d->userdata);
}

static void on_inhibitors(const char *blockers, void *userdata) {
        DesktopRequest *d = userdata;

        d->func(true, blockers, d->userdata);
}

static void accepted(DesktopRequest *d) {
        const struct SessionManager *s = session_managers + d->candidate;

        d->patience = sd_event_source_disable_unref(d->patience);
        d->call = sd_bus_slot_unref(d->call);
        log_debug("'%s' was asked to log out.", s->destination);

        if (s->has_inhibitors)
                (void) inhibitors_new(&d->inhibitors, d->event, d->user_bus, s->destination, s->path,
                                on_inhibitors, d);

        d->func(true, "", d->userdata);
}

/* A session manager that takes its time has taken the request: programs are being asked. So they are where
 * the user has just asked for a log-out of their own, which refuses ours: a program may be asking whether to
 * save. */
static bool is_refusal(const struct SessionManager *s, sd_bus_message *m) {
        return sd_bus_message_is_method_error(m, NULL) && sd_bus_message_get_errno(m) != ETIMEDOUT &&
                        !(s->busy && sd_bus_message_is_method_error(m, s->busy));
}

static int on_logout(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        DesktopRequest *d = userdata;
        const struct SessionManager *s = session_managers + d->candidate;

        d->call = sd_bus_slot_unref(d->call);

        if (is_refusal(s, m)) {
                log_debug("'%s' does not log out: %s", s->destination, sd_bus_message_get_error(m)->name);
                d->sent = false;
                try_next(d);
        } else
                accepted(d);

        return 0;
}

static int append_arguments(sd_bus_message *m, Arguments arguments) {
        switch (arguments) {
        case ARGUMENTS_MODE:
                return sd_bus_message_append(m, "u", 1);
        case ARGUMENTS_KSMSERVER:
                return sd_bus_message_append(m, "iii", 0, 0, 0);
        case ARGUMENTS_XFCE:
                return sd_bus_message_append(m, "bb", false, true);
        case ARGUMENTS_NONE:
                return 0;
        }

        assert(false);
        return -EINVAL;
}

static int call_logout(DesktopRequest *d) {
        const struct SessionManager *s = session_managers + d->candidate;
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        d->user_bus, &m, s->destination, s->path, s->interface, s->member);
        if (r < 0)
                return r;

        r = append_arguments(m, s->arguments);
        if (r < 0)
                return r;

        if (!s->no_reply)
                return sd_bus_call_async(d->user_bus, &d->call, m, on_logout, d, CALL_TIMEOUT_USEC);

        r = sd_bus_message_set_expect_reply(m, false);
        if (r < 0)
                return r;

        return sd_bus_send(d->user_bus, m, NULL);
}

static void logout(DesktopRequest *d) {
        int r;

        r = call_logout(d);
        if (r < 0) {
                log_debug_errno(r, "Failed to ask the desktop to log out: %m");
                refused(d);
        } else if (session_managers[d->candidate].no_reply)
                accepted(d);
        else
                d->sent = true;
}

static void look_at_other(DesktopRequest *d);

static int on_other_type(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        DesktopRequest *d = userdata;
        WarnSession facts = {};
        const char *type;

        d->call = sd_bus_slot_unref(d->call);

        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "v", "s", &type) >= 0) {
                facts.type = (char *) type;
                if (session_is_graphical(&facts)) {
                        log_debug("Which session '%s' belongs to cannot be told.",
                                        session_managers[d->candidate].owner);
                        refused(d);
                        return 0;
                }
        }

        look_at_other(d);
        return 0;
}

/* The one by one look at the user's other sessions, for a graphical one among them. */
static void look_at_other(DesktopRequest *d) {
        _cleanup_free_ char *path = NULL;
        int r;

        if (d->n_others == 0) {
                logout(d);
                return;
        }

        d->n_others--;
        path = TAKE_PTR(d->others[d->n_others]);
        r = logind_call(d->system_bus, &d->call, path, DBUS_IFACE_PROPERTIES, "Get", on_other_type, d, "ss",
                        LOGIND_IFACE_SESSION, "Type");
        if (r < 0)
                refused(d);
}

static int read_others(DesktopRequest *d, sd_bus_message *m) {
        const char *path;
        uint32_t uid;
        int r;

        r = sd_bus_message_enter_container(m, 'a', "(susso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(m, "(susso)", NULL, &uid, NULL, NULL, &path)) > 0) {
                if (uid != getuid() || streq(path, d->session_path))
                        continue;
                if (d->n_others == OTHERS_MAX)
                        return -E2BIG;

                r = string_replace(&d->others[d->n_others], path);
                if (r < 0)
                        return r;
                d->n_others++;
        }

        return r;
}

static int on_sessions(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        DesktopRequest *d = userdata;

        d->call = sd_bus_slot_unref(d->call);

        if (sd_bus_message_is_method_error(m, NULL) || read_others(d, m) < 0)
                refused(d);
        else
                look_at_other(d);

        return 0;
}

static int on_session_of_process(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        DesktopRequest *d = userdata;
        const char *path;

        d->call = sd_bus_slot_unref(d->call);

        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "o", &path) >= 0) {
                if (streq(path, d->session_path))
                        logout(d);
                else
                        try_next(d);
                return 0;
        }

        /* In no session: below the user's own systemd. */
        if (!d->graphical ||
                        logind_call(d->system_bus, &d->call, LOGIND_PATH, LOGIND_IFACE_MANAGER,
                                        "ListSessions", on_sessions, d, NULL) < 0)
                refused(d);

        return 0;
}

static int read_pid(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        int r;

        if (!streq(name, "ProcessID") || !streq(contents, "u"))
                return 0;

        r = sd_bus_message_read(m, "u", (uint32_t *) userdata);
        return r < 0 ? r : 1;
}

static int on_credentials(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        DesktopRequest *d = userdata;
        uint32_t pid = 0;

        d->call = sd_bus_slot_unref(d->call);

        if (sd_bus_message_is_method_error(m, NULL)) {
                /* A bus that hangs will not do better for the next. */
                if (sd_bus_message_get_errno(m) == ETIMEDOUT)
                        refused(d);
                else
                        try_next(d);
                return 0;
        }

        if (bus_message_read_properties(m, read_pid, &pid) < 0 || pid == 0 ||
                        logind_call(d->system_bus, &d->call, LOGIND_PATH, LOGIND_IFACE_MANAGER,
                                        "GetSessionByPID", on_session_of_process, d, "u", pid) < 0)
                try_next(d);

        return 0;
}

static int ask_credentials(DesktopRequest *d, const char *name) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        d->user_bus, &m, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "GetConnectionCredentials");
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "s", name);
        if (r < 0)
                return r;

        return sd_bus_call_async(d->user_bus, &d->call, m, on_credentials, d, CALL_TIMEOUT_USEC);
}

static void try_candidate(DesktopRequest *d) {
        if (d->candidate >= ELEMENTSOF(session_managers) ||
                        ask_credentials(d, session_managers[d->candidate].owner) < 0)
                refused(d);
}

static int on_patience(sd_event_source *source, uint64_t usec, void *userdata) {
        DesktopRequest *d = userdata;

        if (d->sent)
                accepted(d);
        else
                refused(d);

        return 0;
}

int desktop_request_new(DesktopRequest **ret,
                sd_event *event,
                sd_bus *user_bus,
                sd_bus *system_bus,
                const WarnSession *session,
                DesktopFunc func,
                void *userdata) {

        _cleanup_desktop_request_ DesktopRequest *d = NULL;
        int r;

        d = malloc(sizeof(*d));
        if (!d)
                return -ENOMEM;

        *d = (DesktopRequest) {
                .event = sd_event_ref(event),
                .user_bus = sd_bus_ref(user_bus),
                .system_bus = sd_bus_ref(system_bus),
                .graphical = session_is_graphical(session),
                .func = func,
                .userdata = userdata,
        };

        r = string_replace(&d->session_path, session->path);
        if (r < 0)
                return r;

        r = sd_event_add_time_relative(event, &d->patience, CLOCK_MONOTONIC, user_bus ? PATIENCE_USEC : 0, 0,
                        on_patience, d);
        if (r < 0)
                return r;

        if (user_bus) {
                r = ask_credentials(d, session_managers[0].owner);
                if (r < 0)
                        return r;
        }

        *ret = TAKE_PTR(d);
        return 0;
}

DesktopRequest *desktop_request_free(DesktopRequest *d) {
        if (!d)
                return NULL;

        sd_bus_slot_unref(d->call);
        sd_event_source_disable_unref(d->patience);
        inhibitors_free(d->inhibitors);
        for (size_t i = 0; i < OTHERS_MAX; i++)
                free(d->others[i]);
        sd_bus_unref(d->user_bus);
        sd_bus_unref(d->system_bus);
        sd_event_unref(d->event);
        free(d->session_path);
        free(d);
        return NULL;
}
