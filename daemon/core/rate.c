/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/rate.h"

unsigned rate_note(Rate *r, uid_t uid, usec_t now) {
        unsigned each = 0, all = 0;

        for (size_t i = 0; i < r->n; i++) {
                if (r->done[i].when + USEC_PER_MINUTE <= now)
                        continue;
                all++;
                each += r->done[i].uid == uid;
        }

        if (each >= RATE_EACH_MAX)
                return RATE_EACH_MAX;
        if (all >= RATE_ALL_MAX)
                return RATE_ALL_MAX;

        /* The entry that is overwritten is empty or older than a minute. */
        r->done[r->next].uid = uid;
        r->done[r->next].when = now;
        r->next = (r->next + 1) % RATE_ALL_MAX;
        r->n = MIN_OF(r->n + 1, (size_t) RATE_ALL_MAX);
        return 0;
}
