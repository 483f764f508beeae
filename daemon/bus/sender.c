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
#include "common/names.h"
#include "core/privilege.h"

/* The credentials of one connection. The bus driver answers only after all that it has queued, so it is not
 * asked for each call. It is safe to keep the answer under the unique name: credentials are those of the
 * moment when the connection was made, and the bus never gives its unique name to another connection. usherd
 * exits when the bus does. So an entry can be left over, but never be wrong. */
struct Sender {
        char *name;
        uid_t uid;
        pid_t pid; /* 0: not known */
        TAILQ_ENTRY(Sender) senders;
};

static void sender_free(Bus *b, Sender *s) {
        TAILQ_REMOVE(&b->senders, s, senders);
        free(s->name);
        free(s);
}

void senders_free(Bus *b) {
        Sender *s;

        while ((s = TAILQ_FIRST(&b->senders)))
                sender_free(b, s);
}

static Sender *sender_find(Bus *b, const char *name, unsigned *ret_n) {
        unsigned n = 0;
        Sender *s;

        TAILQ_FOREACH(s, &b->senders, senders) {
                if (streq(s->name, name))
                        return s;
                n++;
        }

        *ret_n = n;
        return NULL;
}

/* A forged signal only makes usherd query the credentials again. */
static int on_name_gone(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Bus *b = userdata;
        const char *name;
        unsigned n;
        Sender *s;

        if (sd_bus_message_read(m, "s", &name) < 0)
                return 0;

        s = sender_find(b, name, &n);
        if (s)
                sender_free(b, s);

        return 0;
}

int senders_watch(Bus *b) {
        return sd_bus_add_match_async(b->manager->bus, NULL,
                        "type='signal',sender='" DBUS_BUS_NAME "',path='" DBUS_PATH
                        "',interface='" DBUS_IFACE "',member='NameOwnerChanged',arg2=''",
                        on_name_gone, NULL, b);
}

static int query(sd_bus_message *m, uid_t *ret_uid, pid_t *ret_pid) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;
        int r;

        /* Only the UID must be known. */
        r = sd_bus_query_sender_creds(m, SD_BUS_CREDS_EUID | SD_BUS_CREDS_PID, &creds);
        if (r < 0)
                r = sd_bus_query_sender_creds(m, SD_BUS_CREDS_EUID, &creds);
        if (r < 0)
                return r;
        if (sd_bus_creds_get_augmented_mask(creds) & SD_BUS_CREDS_EUID)
                return -EPERM;
        if (sd_bus_creds_get_pid(creds, ret_pid) < 0)
                *ret_pid = 0;

        return sd_bus_creds_get_euid(creds, ret_uid);
}

static int sender_get(Bus *b, sd_bus_message *m, const Sender **ret) {
        const char *name = sd_bus_message_get_sender(m);
        unsigned n;
        Sender *s;
        int r;

        if (!name)
                return -EPERM;

        s = sender_find(b, name, &n);
        if (s) {
                TAILQ_REMOVE(&b->senders, s, senders);
                TAILQ_INSERT_HEAD(&b->senders, s, senders);
                *ret = s;
                return 0;
        }

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;

        *s = (Sender) { .name = strdup(name) };
        r = s->name ? query(m, &s->uid, &s->pid) : -ENOMEM;
        if (r < 0) {
                free(s->name);
                free(s);
                return r;
        }

        if (n >= SENDERS_MAX)
                sender_free(b, TAILQ_LAST(&b->senders, SenderList));
        TAILQ_INSERT_HEAD(&b->senders, s, senders);
        *ret = s;
        return 0;
}

int sender_uid(Bus *b, sd_bus_message *m, uid_t *ret, sd_bus_error *error) {
        const Sender *s;
        int r;

        r = sender_get(b, m, &s);
        if (r < 0 && r != -ENOMEM)
                (void) sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED, "Failed to identify the caller.");
        if (r < 0)
                return r;

        *ret = s->uid;
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
        const Sender *s;

        *ret = (SenderSession) {};
        if (sender_get(b, m, &s) < 0)
                return;

        ret->known = true;
        ret->uid = s->uid;
        if (s->pid == 0 || sd_pid_get_session(s->pid, &ret->id) < 0)
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

        /* A program that the user's service manager started belongs to no session, and the bus may not know
         * the PID. All of the user's sessions at stations count as the caller's. */
        return ss->uid != 0 && ss->uid == s->info->uid && !isempty(s->info->seat);
}
