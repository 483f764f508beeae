/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "feature/idle-clock.h"

bool idle_concerns(const SessionInfo *f) {
        return session_kind(f) == SESSION_KIND_USER && !isempty(f->seat) && !session_is_opening(f) &&
                        !session_is_closing(f);
}

usec_t idle_due(const SessionInfo *f, const IdleClock *c) {
        usec_t since;

        if (c->limit == 0 || !f->idle || !idle_concerns(f))
                return USEC_INFINITY;

        /* Before it began nobody can have left it. */
        since = MAX_OF(f->idle_since_monotonic, f->started);
        since = MAX_OF(since, c->inhibited);
        since = MAX_OF(since, c->idle_reset);

        return since > USEC_INFINITY - c->limit ? USEC_INFINITY : since + c->limit;
}
