/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The last step of a plan, when everybody is logged off. usherd may have been killed in the middle of it,
 * and it takes the step again then: so whether the machine is on its way down already is asked first, of
 * logind, who may still be waiting for delay locks, and of systemd, whom others ask without logind. What is
 * no refusal is tried again when logind is back, but not for ever: see PENDING_LATE_MAX_USEC. */

#include "common/log.h"
#include "feature/mode.h"
#include "feature/pending.h"

static bool is_refusal(int r) {
        /* Nobody has the name, nobody started for it, no answer in time, no bus: as sd-bus-errors(3) maps
         * them. */
        return r != -ENXIO && r != -EHOSTUNREACH && r != -ETIMEDOUT && r != -ECONNRESET;
}

static int on_limit(sd_event_source *s, uint64_t usec, void *userdata) {
        PendingAction *p = userdata;

        log_error("The machine was to %s, but logind could not be asked for that in all this time.",
                        pending_describe(p->kind));
        pending_end(p);
        return 0;
}

/* logind's next sign of life makes the next try. */
static void wait_for_logind(PendingAction *p) {
        int r;

        p->stage = PENDING_LOGGING_OFF;
        if (p->limit)
                return;

        log_info("The machine is to %s as soon as logind answers.", pending_describe(p->kind));
        r = sd_event_add_time(p->manager->event, &p->limit, CLOCK_MONOTONIC, p->due + PENDING_LATE_MAX_USEC,
                        0, on_limit, p);
        if (r < 0) {
                log_error_errno(r, "Failed to wait for logind, the machine will not %s: %m",
                                pending_describe(p->kind));
                pending_end(p);
        }
}

static void on_shut_down(int r, const char *text, void *userdata) {
        PendingAction *p = userdata;

        if (r < 0 && !is_refusal(r)) {
                wait_for_logind(p);
                return;
        }

        /* After a success the rest of the story is systemd's: the hook of usher-shutdown.service finds
         * nobody. */
        if (r < 0)
                log_error_errno(r, "The machine was to %s, but logind refused: %s",
                                pending_describe(p->kind), text);

        pending_end(p);
}

static void on_queue(int r, void *userdata) {
        PendingAction *p = userdata;

        if (r > 0) {
                pending_give_way(p->manager);
                return;
        }

        /* If systemd does not say, logind still knows what it has begun itself. */
        p->stage = PENDING_ACTING;
        r = logind_shut_down(p->manager->logind, &p->question, p->kind == PENDING_RESTART, on_shut_down, p);
        if (r < 0)
                on_shut_down(r, strerror(-r), p);
}

static void on_preparing(int r, const char *text, void *userdata) {
        PendingAction *p = userdata;

        if (r > 0) {
                pending_give_way(p->manager);
                return;
        }
        if (r < 0) {
                wait_for_logind(p);
                return;
        }

        r = units_ask_shutdown(p->manager->units, &p->queue_call, on_queue, p);
        if (r < 0)
                on_queue(r, p);
}

static void shut_down(PendingAction *p) {
        Manager *m = p->manager;
        int r = -ENXIO;

        if (m->logind_synced && !m->logind_lost)
                r = logind_ask_preparing(m->logind, &p->question, on_preparing, p);
        if (r < 0)
                wait_for_logind(p);
}

static void on_switched(const char *error, void *userdata) {
        PendingAction *p = userdata;

        if (!isempty(error))
                log_error("The machine was to %s, but that failed and was undone: %s",
                                pending_describe(p->kind), error);
        else
                log_notice("The machine is in %s mode now.", mode_to_string(p->manager->mode));

        pending_end(p);
}

static void switch_mode(PendingAction *p) {
        Mode mode = p->kind == PENDING_CONSOLE ? MODE_CONSOLE : MODE_STATION;
        Manager *m = p->manager;
        int r;

        p->stage = PENDING_ACTING;
        if (m->mode == mode && unit_watch_state(m->console) != UNIT_CHANGING) {
                on_switched("", p);
                return;
        }

        r = mode_switch(m, mode, on_switched, p);
        if (r < 0) {
                log_error_errno(r, "The machine was to %s, but that failed: %m", pending_describe(p->kind));
                pending_end(p);
        }
}

void pending_act(PendingAction *p) {
        if (p->stage == PENDING_ACTING || p->question || p->queue_call)
                return;

        if (pending_is_shutdown(p->kind))
                shut_down(p);
        else
                switch_mode(p);
}
