/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "administrator.h"
#include "log.h"
#include "timespan.h"

static void on_answer(const AccountAnswer *answer, void *userdata) {
        Session *s = userdata;

        if (answer)
                s->rank = answer->administrator ? RANK_ADMINISTRATOR : RANK_ORDINARY;
        else if (s->rank == RANK_NEW) {
                log_warning("The user database does not tell who '%s' is: session '%s' is taken for an administrator's.",
                                strempty(s->facts->user), s->facts->id);
                s->rank = RANK_UNKNOWN;
        }

        held_release(s->manager->held);
}

static bool ask(Session *s) {
        usec_t now = now_monotonic();
        int r;

        /* The others are never ended. */
        if (s->rank > RANK_UNKNOWN || session_kind(s->facts) != SESSION_KIND_USER)
                return false;
        if (s->rank_question)
                return true;
        if (s->rank_asked > 0 && now < s->rank_asked + ACCOUNT_AGAIN_USEC)
                return false;

        s->rank_asked = now;
        r = account_ask(s->manager->accounts, &s->rank_question, s->facts->uid, s->facts->user, on_answer, s);
        if (r < 0) {
                log_warning_errno(r, "Failed to ask who session '%s' belongs to: %m", s->facts->id);
                return false;
        }

        return true;
}

void administrator_new_session(Session *s) {
        account_question_free(s->rank_question);
        s->rank = s->facts->uid == 0 ? RANK_ADMINISTRATOR : RANK_NEW;
        s->rank_asked = 0;
        (void) ask(s);
}

bool administrator_may_own(Manager *m, const SessionInfo *f) {
        const Session *s = manager_find_session_entry(m, f->id);

        return !s || s->rank != RANK_ORDINARY;
}

bool administrator_is_asked(Manager *m, const SessionInfo *f) {
        Session *s = manager_find_session_entry(m, f->id);

        return s && ask(s);
}
