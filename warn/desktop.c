/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A user may have two sessions on two stations and one bus for both. So logind is asked which session the
 * process of a session manager belongs to, and the session manager is called only if that is the session to
 * end. A session manager that the user's systemd started belongs to no session. It is called only if the
 * session is the user's only graphical one. The process is the user's own, so it cannot end the session of
 * another user, whatever it claims to be. */

#include "common/log.h"
#include "common/names.h"
#include "warn/desktop.h"
#include "warn/inhibitors.h"
#include "warn/session-manager.h"

#define CALL_TIMEOUT_USEC (2 * USEC_PER_SEC)

/* After this the user's bus or logind hangs. sd-bus would wait for the bus for longer. */
#define PATIENCE_USEC (4 * USEC_PER_SEC)

/* Other sessions of the same user. */
#define OTHERS_MAX 16U

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
        bool sent; /* the call that requests the log-out is under way */
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
        const SessionManager *s = session_manager_get(d->candidate);

        d->patience = sd_event_source_disable_unref(d->patience);
        d->call = sd_bus_slot_unref(d->call);
        log_debug("Requested a log-out from '%s'.", s->destination);

        if (s->has_inhibitors)
                (void) inhibitors_new(&d->inhibitors, d->event, d->user_bus, s->destination, s->path,
                                on_inhibitors, d);

        d->func(true, "", d->userdata);
}

static int on_logout(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        DesktopRequest *d = userdata;
        const SessionManager *s = session_manager_get(d->candidate);

        d->call = sd_bus_slot_unref(d->call);

        if (session_manager_has_refused(s, m)) {
                log_debug("'%s' refused to log out: %s", s->destination, sd_bus_message_get_error(m)->name);
                d->sent = false;
                try_next(d);
        } else
                accepted(d);

        return 0;
}

static int call_logout(DesktopRequest *d) {
        const SessionManager *s = session_manager_get(d->candidate);
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = session_manager_new_logout(s, d->user_bus, &m);
        if (r < 0)
                return r;

        if (s->no_reply)
                return sd_bus_send(d->user_bus, m, NULL);

        return sd_bus_call_async(d->user_bus, &d->call, m, on_logout, d, CALL_TIMEOUT_USEC);
}

static void logout(DesktopRequest *d) {
        int r;

        r = call_logout(d);
        if (r < 0) {
                log_debug_errno(r, "Failed to request a log-out from the desktop: %m");
                refused(d);
        } else if (session_manager_get(d->candidate)->no_reply)
                accepted(d);
        else
                d->sent = true;
}

static void look_at_other(DesktopRequest *d);

static int on_other_type(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        DesktopRequest *d = userdata;
        WarnSession info = {};
        const char *type;

        d->call = sd_bus_slot_unref(d->call);

        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "v", "s", &type) >= 0) {
                info.type = (char *) type;
                if (session_is_graphical(&info)) {
                        log_debug("Failed to find the session that '%s' belongs to.",
                                        session_manager_get(d->candidate)->owner);
                        refused(d);
                        return 0;
                }
        }

        look_at_other(d);
        return 0;
}

/* Reads the types of the user's other sessions one by one, to find a graphical one. */
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

        /* The process is in no session, so the user's systemd started it. */
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
                /* A bus that hangs will not answer for the next one either. */
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
        const SessionManager *s = session_manager_get(d->candidate);

        if (!s || ask_credentials(d, s->owner) < 0)
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
                r = ask_credentials(d, session_manager_get(0)->owner);
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
