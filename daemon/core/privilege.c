/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/timespan.h"
#include "core/privilege.h"

static void on_lookup(const UserRecord *record, void *userdata) {
        Session *s = userdata;
        Manager *m = s->manager;

        if (record)
                s->privilege = record->administrator ? PRIVILEGE_ADMINISTRATOR : PRIVILEGE_ORDINARY;
        else if (s->privilege == PRIVILEGE_NEW) {
                log_warning("Failed to look up user '%s' of session '%s', treating the user as an "
                            "administrator.",
                                strempty(s->info->user), s->info->id);
                s->privilege = PRIVILEGE_UNKNOWN;
        }

        if (m->events->lookup_done)
                m->events->lookup_done(m->userdata);
}

bool privilege_is_pending(Session *s) {
        usec_t now = now_monotonic();
        int r;

        /* Sessions of other kinds are never ended. */
        if (s->privilege > PRIVILEGE_UNKNOWN || !session_is_person(s))
                return false;
        if (s->privilege_lookup)
                return true;
        if (s->privilege_asked > 0 && now < s->privilege_asked + LOOKUP_RETRY_USEC)
                return false;

        s->privilege_asked = now;
        r = lookup_start(s->manager->users, &s->privilege_lookup, s->info->uid, s->info->user, on_lookup, s);
        if (r < 0) {
                log_warning_errno(r, "Failed to look up the user of session '%s': %m", s->info->id);
                return false;
        }

        return true;
}

void privilege_begin(Session *s) {
        s->privilege_lookup = lookup_free(s->privilege_lookup);
        s->privilege = s->info->uid == 0 ? PRIVILEGE_ADMINISTRATOR : PRIVILEGE_NEW;
        s->privilege_asked = 0;
        (void) privilege_is_pending(s);
}
