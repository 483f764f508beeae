/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "account.h"
#include "sender.h"

int sender_name(Manager *m, sd_bus_message *message, uid_t *ret_uid, char **ret_name) {
        Session *s;
        int r;

        r = polkit_sender_uid(message, ret_uid);
        if (r < 0)
                return r;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (s->facts->uid == *ret_uid && !isempty(s->facts->user)) {
                        *ret_name = strdup(s->facts->user);
                        return *ret_name ? 0 : -ENOMEM;
                }

        return account_name(*ret_uid, ret_name);
}
