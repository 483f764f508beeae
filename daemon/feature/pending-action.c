/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/timespan.h"
#include "core/jobs.h"
#include "feature/pending-action.h"

static const char *const pending_kind_table[_PENDING_KIND_MAX] = {
        [PENDING_NONE] = "",
        [PENDING_RESTART] = "restart",
        [PENDING_POWER_OFF] = "power-off",
        [PENDING_CONSOLE] = "console",
        [PENDING_STATION] = "station",
};

DEFINE_STRING_TABLE(PendingKind, pending_kind, pending_kind_table, _PENDING_KIND_MAX);

const char *pending_describe(PendingKind kind) {
        return kind == PENDING_RESTART            ? "restart" :
                        kind == PENDING_POWER_OFF ? "power-off" :
                        kind == PENDING_CONSOLE   ? "switch to console mode" :
                                                    "switch to station mode";
}

bool pending_is_shutdown(PendingKind kind) {
        return kind == PENDING_RESTART || kind == PENDING_POWER_OFF;
}

PendingAction *pending_action_free(PendingAction *p) {
        if (!p)
                return NULL;

        *p->owner = NULL;
        async_call_free(p->call);
        sd_event_source_disable_unref(p->step);
        sd_event_source_disable_unref(p->limit);
        sd_event_source_disable_unref(p->retry);
        free(p->message);
        free(p->by_user);
        free(p);
        return NULL;
}

int pending_action_new(PendingAction **owner, Manager *m, PendingKind kind, sd_event_handler_t on_step) {
        PendingAction *p;
        int r;

        p = malloc(sizeof(*p));
        if (!p)
                return -ENOMEM;
        *p = (PendingAction) { .manager = m, .owner = owner, .kind = kind, .due = now_monotonic() };
        *owner = p;

        r = sd_event_add_defer(m->event, &p->step, on_step, p);
        if (r >= 0)
                r = sd_event_source_set_enabled(p->step, SD_EVENT_OFF);
        if (r < 0)
                pending_action_free(p);

        return r;
}

void pending_end(PendingAction *p) {
        Manager *m = p->manager;

        jobs_disown(m);
        pending_action_free(p);
        manager_changed(m, 0);
}

void pending_answer(PendingAction *p, PendingOutcome outcome, int error, const char *text) {
        PendingHandler handler = p->handler;

        p->handler = NULL;
        if (handler)
                handler(outcome, error, text, p->userdata);
}

bool pending_awaits(const Job *j, void *userdata) {
        return j->awaited;
}

void pending_step_soon(PendingAction *p) {
        int r;

        r = sd_event_source_set_enabled(p->step, SD_EVENT_ONESHOT);
        if (r < 0)
                log_error_errno(r, "Failed to go on with the pending %s: %m", pending_describe(p->kind));
}
