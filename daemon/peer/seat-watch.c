/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The seats that logind lists. */

#include "common/log.h"
#include "peer/logind-internal.h"

static int compare_id(const void *a, const void *b) {
        return strcmp(((const SeatWatch *) a)->id, ((const SeatWatch *) b)->id);
}

SeatWatch *seat_watch_free(Logind *l, SeatWatch *w) {
        TAILQ_REMOVE(&l->seat_watches, w, seat_watches);
        if (w->id)
                tree_remove(&l->seat_watches_by_id, w, compare_id);
        free(w->id);
        free(w);
        return NULL;
}

static int seat_watch_listed(Logind *l, const char *id) {
        SeatWatch *w;

        w = tree_find(&l->seat_watches_by_id, &(SeatWatch) { .id = (char *) id }, compare_id);
        if (w) {
                w->listed = true;
                return 0;
        }

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (SeatWatch) { .id = strdup(id), .listed = true };
        TAILQ_INSERT_TAIL(&l->seat_watches, w, seat_watches);
        if (!w->id || !tsearch(w, &l->seat_watches_by_id, compare_id)) {
                seat_watch_free(l, w);
                return -ENOMEM;
        }

        l->events->seat(id, l->userdata);
        return 0;
}

static int read_seats(Logind *l, sd_bus_message *reply) {
        const char *id;
        int r;

        r = async_reply_errno(reply);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(so)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(so)", &id, NULL)) > 0) {
                r = seat_watch_listed(l, id);
                if (r < 0)
                        return r;
        }

        return r;
}

void seat_watch_on_list(sd_bus_message *reply, void *userdata) {
        Logind *l = userdata;
        SeatWatch *w, *next;
        int r;

        TAILQ_FOREACH(w, &l->seat_watches, seat_watches)
                w->listed = false;

        r = read_seats(l, reply);
        if (r < 0) {
                log_warning_errno(r, "Failed to list seats, retrying: %m");
                logind_retry_later(l);
                return;
        }

        for (w = TAILQ_FIRST(&l->seat_watches); w; w = next) {
                next = TAILQ_NEXT(w, seat_watches);
                if (w->listed)
                        continue;

                l->events->seat_gone(w->id, l->userdata);
                seat_watch_free(l, w);
        }

        logind_check_synced(l);
}
