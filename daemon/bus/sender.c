/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A teacher says LogOffAll the moment the class has logged in. Were the pupils taken for administrators
 * until the user database has answered, the call would leave them all alone; so it is held for the
 * milliseconds that takes. Where the user database is silent the call goes on without, after DEFERRED_USEC,
 * and the stronger right is needed. */

#include "bus/caller.h"
#include "bus/sender.h"
#include "common/bus-util.h"
#include "core/privilege.h"

/* root needs no right and no question. And a message that polkit knows has passed here: held now, its
 * verdicts would be forgotten and a password asked for twice. */
static bool may_wait(Manager *m, sd_bus_message *message, uid_t uid) {
        return uid != 0 && !polkit_is_asked(m->polkit, message);
}

/* One's own session takes no right that depends on it. */
static bool is_asked(Manager *m, const SessionInfo *f, uid_t sender) {
        return f->uid != sender && administrator_is_asked(m, f);
}

static int no_sender(sd_bus_error *error) {
        return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED, "Cannot tell who is asking.");
}

int sender_await(Manager *m,
                sd_bus_message *message,
                const SessionInfo *const *sessions,
                size_t n_sessions,
                sd_bus_error *error) {

        bool asked;
        uid_t uid;

        if (polkit_sender_uid(message, &uid) < 0)
                return no_sender(error);
        if (!may_wait(m, message, uid))
                return 1;

        asked = caller_is_asked(m, uid);
        for (size_t i = 0; i < n_sessions; i++)
                asked = is_asked(m, sessions[i], uid) || asked;

        return asked ? deferred_hold(m->deferred, message, uid) : 1;
}

int sender_await_all(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        bool asked;
        Session *s;
        uid_t uid;

        if (polkit_sender_uid(message, &uid) < 0)
                return no_sender(error);
        if (!may_wait(m, message, uid))
                return 1;

        asked = caller_is_asked(m, uid);
        TAILQ_FOREACH(s, &m->sessions, sessions)
                asked = is_asked(m, s->info, uid) || asked;

        return asked ? deferred_hold(m->deferred, message, uid) : 1;
}

int sender_name(Manager *m, sd_bus_message *message, uid_t *ret_uid, char **ret_name) {
        int r;

        r = polkit_sender_uid(message, ret_uid);
        if (r < 0)
                return r;

        return caller_name(m, *ret_uid, ret_name);
}
