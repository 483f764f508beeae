/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/deferred.h"
#include "bus/refusal.h"
#include "bus/sender.h"
#include "common/names.h"

static int ask(Bus *b,
                sd_bus_message *m,
                const char *action,
                PolkitDetails details,
                bool interactive,
                PolkitAnswer *ret,
                sd_bus_error *error) {

        uid_t uid;
        int r;

        r = sender_uid(b, m, &uid, error);
        if (r < 0)
                return r;
        if (uid == 0) {
                *ret = POLKIT_ANSWER_ALLOWED;
                return 0;
        }

        return deferred_authorize(b->deferred, m, uid, action, details, interactive, ret, error);
}

int authorize(Bus *b, sd_bus_message *m, const char *action, PolkitDetails details, sd_bus_error *error) {
        bool interactive = sd_bus_message_get_allow_interactive_authorization(m) > 0;
        PolkitAnswer answer;
        int r;

        r = ask(b, m, action, details, interactive, &answer, error);
        if (r < 0)
                return r;

        switch (answer) {
        case POLKIT_ANSWER_NONE:
                return 0;
        case POLKIT_ANSWER_ALLOWED:
                return 1;
        case POLKIT_ANSWER_CHALLENGE:
                refusal_record(b, m, action, details, true);
                return sd_bus_error_setf(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                                "Interactive authentication required for action %s.", action);
        default:
                refusal_record(b, m, action, details, false);
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "Permission denied for action %s.", action);
        }
}

int authorize_quietly(Bus *b, sd_bus_message *m, const char *action, bool *ret, sd_bus_error *error) {
        PolkitAnswer answer;
        int r;

        r = ask(b, m, action, NULL, false, &answer, error);
        if (r < 0)
                return r;

        *ret = answer == POLKIT_ANSWER_ALLOWED;
        return answer != POLKIT_ANSWER_NONE;
}

static const char *action_for(const Session *s, uid_t sender) {
        if (s->info->uid == sender)
                return USHER_ACTION_LOG_OFF_SELF;

        return session_is_privileged(s) ? USHER_ACTION_LOG_OFF_ADMINISTRATOR : USHER_ACTION_LOG_OFF;
}

/* Asks for each of the sessions that need this action: a rule may go by the details of the session. */
static int authorize_sessions(Bus *b,
                sd_bus_message *m,
                Session *const *sessions,
                size_t n_sessions,
                const char *action,
                uid_t sender,
                sd_bus_error *error) {

        int r;

        for (size_t i = 0; i < n_sessions; i++) {
                const SessionInfo *info = sessions[i]->info;

                if (!streq(action_for(sessions[i], sender), action))
                        continue;

                r = authorize(b, m, action,
                                (const char *const[]) { "station", info->seat, "label",
                                                manager_station_name(b->manager, info->seat), "session",
                                                info->id, "user", strempty(info->user), NULL },
                                error);
                if (r <= 0)
                        return r;
        }

        return 1;
}

static int authorize_grace(Bus *b, sd_bus_message *m, usec_t grace, sd_bus_error *error) {
        if (grace >= b->manager->config.minimum_grace_usec)
                return 1;

        return authorize(b, m, USHER_ACTION_SKIP_WARNING, NULL, error);
}

int authorize_log_off(Bus *b,
                sd_bus_message *m,
                Session *const *sessions,
                size_t n_sessions,
                usec_t grace,
                sd_bus_error *error) {

        static const char *const actions[] = {
                USHER_ACTION_LOG_OFF_SELF,
                USHER_ACTION_LOG_OFF,
                USHER_ACTION_LOG_OFF_ADMINISTRATOR,
        };
        uid_t sender;
        int r;

        r = sender_uid(b, m, &sender, error);
        if (r < 0)
                return r;

        r = sender_look_up(b, m, sessions, n_sessions, error);
        if (r <= 0)
                return r;

        for (size_t i = 0; i < ELEMENTSOF(actions); i++) {
                r = authorize_sessions(b, m, sessions, n_sessions, actions[i], sender, error);
                if (r <= 0)
                        return r;
        }

        return authorize_grace(b, m, grace, error);
}

int authorize_log_off_all(Bus *b, sd_bus_message *m, usec_t grace, sd_bus_error *error) {
        _cleanup_free_ Session **sessions = NULL;
        size_t n;
        int r;

        r = manager_list_sessions(b->manager, NULL, true, &sessions, &n);
        if (r < 0)
                return r;

        r = sender_look_up(b, m, sessions, n, error);
        if (r <= 0)
                return r;

        r = authorize(b, m, USHER_ACTION_LOG_OFF_ALL, NULL, error);
        if (r <= 0)
                return r;

        return authorize_grace(b, m, grace, error);
}

const char *pending_polkit_action(PendingKind kind) {
        return kind == PENDING_RESTART            ? USHER_ACTION_RESTART :
                        kind == PENDING_POWER_OFF ? USHER_ACTION_POWER_OFF :
                                                    USHER_ACTION_SET_MODE;
}

int authorize_pending(Bus *b, sd_bus_message *m, PendingKind kind, usec_t grace, sd_bus_error *error) {
        int r;

        r = sender_look_up(b, m, NULL, 0, error);
        if (r <= 0)
                return r;

        r = authorize(b, m, pending_polkit_action(kind), NULL, error);
        if (r <= 0)
                return r;

        return authorize_grace(b, m, grace, error);
}

int authorize_station(
                Bus *b, sd_bus_message *m, const char *station, const char *label, sd_bus_error *error) {
        return authorize(b, m, USHER_ACTION_MANAGE_STATIONS,
                        station ? (const char *const[]) { "station", station, "label", label, NULL } : NULL,
                        error);
}
