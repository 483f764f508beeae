/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <systemd/sd-login.h>

#include "bus/authorize.h"
#include "bus/sender.h"
#include "common/bus-util.h"
#include "common/names.h"
#include "core/privilege.h"

static const char *action_for(Manager *m, const SessionInfo *f, uid_t caller) {
        if (f->uid == caller)
                return USHER_ACTION_LOG_OFF_SELF;

        return administrator_may_own(m, f) ? USHER_ACTION_LOG_OFF_ADMINISTRATOR : USHER_ACTION_LOG_OFF;
}

/* Asks for each of the sessions that need this action: the details say whose it is, and a rule may go by
 * that. */
static int check_action(Manager *m,
                sd_bus_message *message,
                const SessionInfo *const *sessions,
                size_t n_sessions,
                const char *action,
                uid_t caller,
                sd_bus_error *error) {

        int r;

        for (size_t i = 0; i < n_sessions; i++) {
                const SessionInfo *f = sessions[i];
                Station *s = manager_find_station_by_session(m, f);

                if (!streq(action_for(m, f, caller), action))
                        continue;

                r = polkit_check(m->polkit, message, action,
                                (const char *const[]) {
                                                "station",
                                                f->seat,
                                                "label",
                                                s ? station_name(s) : f->seat,
                                                "session",
                                                f->id,
                                                "user",
                                                strempty(f->user),
                                                NULL,
                                },
                                error);
                if (r <= 0)
                        return r;
        }

        return 1;
}

static int check_grace(Manager *m, sd_bus_message *message, usec_t grace, sd_bus_error *error) {
        if (grace >= m->config.minimum_grace_usec)
                return 1;

        return polkit_check(m->polkit, message, USHER_ACTION_SKIP_WARNING, NULL, error);
}

int authorize_log_off(Manager *m,
                sd_bus_message *message,
                const SessionInfo *const *sessions,
                size_t n_sessions,
                usec_t grace,
                sd_bus_error *error) {

        static const char *const actions[] = {
                USHER_ACTION_LOG_OFF_SELF,
                USHER_ACTION_LOG_OFF,
                USHER_ACTION_LOG_OFF_ADMINISTRATOR,
        };
        uid_t caller;
        int r;

        r = polkit_sender_uid(message, &caller);
        if (r < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED, "Cannot tell who is asking.");

        r = sender_await(m, message, sessions, n_sessions, error);
        if (r <= 0)
                return r;

        for (size_t i = 0; i < ELEMENTSOF(actions); i++) {
                r = check_action(m, message, sessions, n_sessions, actions[i], caller, error);
                if (r <= 0)
                        return r;
        }

        return check_grace(m, message, grace, error);
}

int authorize_log_off_all(Manager *m, sd_bus_message *message, usec_t grace, sd_bus_error *error) {
        int r;

        r = sender_await_all(m, message, error);
        if (r <= 0)
                return r;

        r = polkit_check(m->polkit, message, USHER_ACTION_LOG_OFF_ALL, NULL, error);
        if (r <= 0)
                return r;

        return check_grace(m, message, grace, error);
}

const char *pending_action(PendingKind kind) {
        return kind == PENDING_RESTART            ? USHER_ACTION_RESTART :
                        kind == PENDING_POWER_OFF ? USHER_ACTION_POWER_OFF :
                                                    USHER_ACTION_SET_MODE;
}

int authorize_pending(
                Manager *m, sd_bus_message *message, PendingKind kind, usec_t grace, sd_bus_error *error) {
        int r;

        r = sender_await(m, message, NULL, 0, error);
        if (r <= 0)
                return r;

        r = polkit_check(m->polkit, message, pending_action(kind), NULL, error);
        if (r <= 0)
                return r;

        return check_grace(m, message, grace, error);
}

int authorize_administrators(Manager *m, sd_bus_message *message, bool *ret, sd_bus_error *error) {
        PolkitVerdict verdict;
        int r;

        r = polkit_probe(m->polkit, message, USHER_ACTION_LOG_OFF_ADMINISTRATOR, &verdict, error);
        if (r < 0)
                return r;
        if (verdict == POLKIT_PENDING)
                return 0;

        *ret = verdict == POLKIT_ALLOWED;
        return 1;
}

bool is_callers_session(sd_bus_message *message, const SessionInfo *f) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;
        _cleanup_free_ char *session = NULL;
        uid_t uid;
        pid_t pid;

        if (sd_bus_query_sender_creds(message, SD_BUS_CREDS_EUID | SD_BUS_CREDS_PID, &creds) < 0 ||
                        sd_bus_creds_get_euid(creds, &uid) < 0 || sd_bus_creds_get_pid(creds, &pid) < 0)
                return false;

        if (sd_pid_get_session(pid, &session) >= 0)
                return streq(session, f->id);

        /* A program that the user's own service manager started belongs to no session: its user's sessions
         * at stations are the caller's. */
        return uid != 0 && uid == f->uid && !isempty(f->seat);
}
