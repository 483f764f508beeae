/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A teacher calls LogOffAll the moment the class has logged in. If the pupils counted as administrators
 * until the user database has answered, the call would leave all of them alone. So it waits for the
 * milliseconds that the answer takes. If the user database does not answer, the call goes on after
 * DEFERRED_LOOKUP_USEC, and takes the stronger right. */

#include <systemd/sd-login.h>

#include "bus/caller.h"
#include "bus/deferred.h"
#include "bus/sender.h"
#include "common/bus-util.h"
#include "core/privilege.h"

int sender_uid(Bus *b, sd_bus_message *m, uid_t *ret, sd_bus_error *error) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;

        if (b->sender_of != m) {
                if (sd_bus_query_sender_creds(m, SD_BUS_CREDS_EUID, &creds) < 0 ||
                                sd_bus_creds_get_augmented_mask(creds) & SD_BUS_CREDS_EUID ||
                                sd_bus_creds_get_euid(creds, &b->sender_uid) < 0)
                        return sd_bus_error_setf(
                                        error, SD_BUS_ERROR_ACCESS_DENIED, "Failed to identify the caller.");

                b->sender_of = m;
        }

        *ret = b->sender_uid;
        return 0;
}

int sender_name(Bus *b, sd_bus_message *m, uid_t *ret_uid, char **ret_name, sd_bus_error *error) {
        int r;

        r = sender_uid(b, m, ret_uid, error);
        if (r < 0)
                return r;

        return caller_name(b, *ret_uid, ret_name);
}

int sender_look_up(Bus *b,
                sd_bus_message *m,
                Session *const *sessions,
                size_t n_sessions,
                sd_bus_error *error) {
        bool pending;
        uid_t uid;
        int r;

        r = sender_uid(b, m, &uid, error);
        if (r < 0)
                return r;

        /* root needs no right. */
        if (uid == 0)
                return 1;

        /* All lookups start at once. The right to end the sender's own session depends on none. */
        pending = caller_lookup_is_pending(b, uid);
        for (size_t i = 0; i < n_sessions; i++)
                if (sessions[i]->info->uid != uid && privilege_is_pending(sessions[i]))
                        pending = true;

        return pending ? deferred_wait_for_lookup(b->deferred, m, uid) : 1;
}

void sender_session_read(SenderSession *ret, Bus *b, sd_bus_message *m) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;
        pid_t pid;

        *ret = (SenderSession) {};
        if (sender_uid(b, m, &ret->uid, NULL) < 0 ||
                        sd_bus_query_sender_creds(m, SD_BUS_CREDS_PID, &creds) < 0 ||
                        sd_bus_creds_get_pid(creds, &pid) < 0)
                return;

        ret->known = true;
        if (sd_pid_get_session(pid, &ret->id) < 0)
                ret->id = NULL;
}

void sender_session_done(SenderSession *ss) {
        free(ss->id);
}

bool sender_session_matches(const SenderSession *ss, const Session *s) {
        if (!ss->known)
                return false;
        if (ss->id)
                return streq(ss->id, s->info->id);

        /* A program that the user's service manager started belongs to no session. All of the user's
         * sessions at stations count as the caller's. */
        return ss->uid != 0 && ss->uid == s->info->uid && !isempty(s->info->seat);
}
