/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "feature/idle-clock.h"

bool idle_concerns(const SessionInfo *info) {
        return session_kind(info) == SESSION_KIND_USER && !isempty(info->seat) &&
                        !session_is_opening(info) && !session_is_closing(info);
}

usec_t idle_due(const SessionInfo *info, const IdleClock *c) {
        usec_t since;

        if (c->limit == 0 || !info->idle || !idle_concerns(info))
                return USEC_INFINITY;

        /* A desktop may claim to be idle since before the session began. */
        since = MAX_OF(info->idle_since_monotonic, info->started);
        since = MAX_OF(since, c->inhibited);
        since = MAX_OF(since, c->idle_reset);

        return since > USEC_INFINITY - c->limit ? USEC_INFINITY : since + c->limit;
}
