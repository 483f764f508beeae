/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/timespan.h"
#include "core/privilege.h"

static void on_answer(const UserRecord *answer, void *userdata) {
        Session *s = userdata;

        if (answer)
                s->privilege = answer->administrator ? PRIVILEGE_ADMINISTRATOR : PRIVILEGE_ORDINARY;
        else if (s->privilege == PRIVILEGE_NEW) {
                log_warning("The user database does not tell who '%s' is: session '%s' is taken for an "
                            "administrator's.",
                                strempty(s->info->user), s->info->id);
                s->privilege = PRIVILEGE_UNKNOWN;
        }

        deferred_release(s->manager->deferred);
}

static bool ask(Session *s) {
        usec_t now = now_monotonic();
        int r;

        /* The others are never ended. */
        if (s->privilege > PRIVILEGE_UNKNOWN || session_kind(s->info) != SESSION_KIND_USER)
                return false;
        if (s->privilege_lookup)
                return true;
        if (s->privilege_asked > 0 && now < s->privilege_asked + LOOKUP_RETRY_USEC)
                return false;

        s->privilege_asked = now;
        r = lookup_start(s->manager->users, &s->privilege_lookup, s->info->uid, s->info->user, on_answer, s);
        if (r < 0) {
                log_warning_errno(r, "Failed to ask who session '%s' belongs to: %m", s->info->id);
                return false;
        }

        return true;
}

void administrator_new_session(Session *s) {
        lookup_free(s->privilege_lookup);
        s->privilege = s->info->uid == 0 ? PRIVILEGE_ADMINISTRATOR : PRIVILEGE_NEW;
        s->privilege_asked = 0;
        (void) ask(s);
}

bool administrator_may_own(Manager *m, const SessionInfo *f) {
        const Session *s = manager_find_session_entry(m, f->id);

        return !s || s->privilege != PRIVILEGE_ORDINARY;
}

bool administrator_is_asked(Manager *m, const SessionInfo *f) {
        Session *s = manager_find_session_entry(m, f->id);

        return s && ask(s);
}
