/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/timespan.h"
#include "core/jobs.h"
#include "feature/pending-act.h"
#include "feature/pending-start.h"
#include "feature/pending.h"

typedef struct Pending {
        Manager *manager;
        PendingAction *action; /* NULL where nothing is pending */
} Pending;

static PendingAction *current(Manager *m) {
        Pending *pending = manager_feature(m, &pending_feature);

        return pending ? pending->action : NULL;
}

PendingKind pending_current(Manager *m) {
        const PendingAction *p = current(m);

        return p ? p->kind : PENDING_NONE;
}

/* Cancels the action and those of its jobs whose end has not begun. Returns how many those were. */
static unsigned cancel(PendingAction *p) {
        Manager *m = p->manager;
        unsigned n;

        log_notice("Cancelled pending %s.", pending_describe(p->kind));
        p->cancelled = true;
        pending_answer(p, PENDING_CANCELLED, 0, "");
        n = jobs_cancel(m, pending_awaits, NULL);
        pending_end(p);
        return n;
}

int pending_cancel(Manager *m, unsigned *ret_jobs) {
        PendingAction *p = current(m);

        if (!p)
                return -ENOENT;
        if (p->stage == PENDING_ACTING)
                return -EALREADY;

        *ret_jobs = cancel(p);
        return 0;
}

static int on_step(sd_event_source *source, void *userdata) {
        PendingAction *p = userdata;

        if (p->cancelled)
                (void) cancel(p);
        else if (p->stage == PENDING_LOGGING_OFF && p->manager->serving &&
                        !jobs_next_awaited(p->manager, NULL))
                pending_act(p);

        return 0;
}

PendingOutcome pending_check(Manager *m) {
        PendingKind kind = pending_current(m);

        if (m->going_down || pending_is_shutdown(kind))
                return PENDING_SHUTTING_DOWN;

        return kind == PENDING_NONE ? PENDING_STARTED : PENDING_BUSY;
}

int pending_start(Manager *m, const PendingRequest *request, PendingHandler handler, void *userdata) {
        Pending *pending = manager_feature(m, &pending_feature);
        PendingOutcome outcome = pending_check(m);
        PendingAction *p;
        int r;

        if (outcome != PENDING_STARTED) {
                handler(outcome, 0, "", userdata);
                return 0;
        }

        r = pending_action_new(&pending->action, m, request->kind, on_step);
        if (r < 0)
                return r;

        p = pending->action;
        p->grace = request->grace;
        p->message = strdup(strempty(request->message));
        p->by_uid = request->by_uid;
        p->by_user = strdup(request->by_user);
        p->block_logins = request->block_logins;
        p->handler = handler;
        p->userdata = userdata;
        r = p->message && p->by_user ? pending_begin(p) : -ENOMEM;
        if (r < 0)
                pending_action_free(pending->action);

        return r;
}

static void pending_job_ended(void *state, const Job *j) {
        PendingAction *p = ((Pending *) state)->action;

        if (!p || !j->awaited || p->stage != PENDING_LOGGING_OFF || p->cancelled)
                return;

        p->due = now_monotonic();
        if (j->result == JOB_CANCELLED)
                p->cancelled = true;
        else if (j->result == JOB_FAILED)
                log_warning("Failed to end a session, continuing with the pending %s anyway.",
                                pending_describe(p->kind));
        pending_step_soon(p);
}

static void pending_going_down(void *state) {
        PendingAction *p = ((Pending *) state)->action;

        if (!p || p->stage != PENDING_LOGGING_OFF)
                return;

        log_info("Dropped pending %s: the machine is already shutting down.", pending_describe(p->kind));
        pending_end(p);
}

static void pending_synced(void *state) {
        PendingAction *p = ((Pending *) state)->action;

        if (p)
                pending_step_soon(p);
}

static void pending_on_looked(void *state) {
        PendingAction *p = ((Pending *) state)->action;

        if (p)
                pending_looked(p);
}

static bool pending_blocks_logins(void *state) {
        const PendingAction *p = ((Pending *) state)->action;

        return p && p->block_logins && p->stage != PENDING_ASKING;
}

static void pending_serve(void *state) {
        PendingAction *p = ((Pending *) state)->action;

        if (!p) {
                jobs_disown(((Pending *) state)->manager);
                return;
        }

        if (now_monotonic() > p->due + PENDING_LATE_MAX_USEC) {
                log_notice("Cancelled pending %s: usherd was down for too long.", pending_describe(p->kind));
                (void) cancel(p);
                return;
        }

        log_info("Going on with the pending %s after the restart of usherd.", pending_describe(p->kind));
        pending_step_soon(p);
}

static void pending_store_write(void *state, StoreWriter *w) {
        const PendingAction *p = ((Pending *) state)->action;
        usec_t due;

        /* Its caller has no answer yet, or it is cancelled. */
        if (!p || p->stage == PENDING_ASKING || p->cancelled)
                return;

        due = p->due;
        for (JobRunner *j = jobs_next_awaited(p->manager, NULL); j; j = jobs_next_awaited(p->manager, j))
                due = MAX_OF(due, j->job.deadline);

        store_write_record(w, pending_feature.name);
        store_write_text(w, "Follows", pending_kind_to_string(p->kind));
        store_write_number(w, "BlockLogins", p->block_logins);
        store_write_number(w, "Due", due);
        store_write_text(w, "Message", p->message);
        store_write_number(w, "ByUID", p->by_uid);
        store_write_text(w, "ByUser", p->by_user);
}

static void pending_store_read(void *state, const StoreRecord *record) {
        const char *kind = store_record_text(record, "Follows");
        Pending *pending = state;
        uint64_t due, block = 0, by_uid = 0;
        PendingAction *p;
        int r;

        /* Jobs are offered as well. */
        if (!streq(record->type, pending_feature.name) || pending->action)
                return;

        if ((int) pending_kind_from_string(kind) <= 0 || store_record_number(record, "Due", &due) < 0) {
                log_warning("The stored pending action is malformed, ignoring it.");
                return;
        }

        r = pending_action_new(&pending->action, pending->manager, pending_kind_from_string(kind), on_step);
        if (r < 0) {
                log_error_errno(r, "Failed to restore the pending %s: %m",
                                pending_describe(pending_kind_from_string(kind)));
                return;
        }

        (void) store_record_number(record, "BlockLogins", &block);
        (void) store_record_number(record, "ByUID", &by_uid);
        p = pending->action;
        p->stage = PENDING_LOGGING_OFF;
        p->block_logins = block;
        p->due = due;
        p->by_uid = (uid_t) by_uid;
        if (string_replace(&p->message, strempty(store_record_text(record, "Message"))) < 0 ||
                        string_replace(&p->by_user, strempty(store_record_text(record, "ByUser"))) < 0)
                log_oom();
}

static int pending_new(Manager *m, void **ret) {
        Pending *pending;

        pending = malloc(sizeof(*pending));
        if (!pending)
                return -ENOMEM;

        *pending = (Pending) { .manager = m };
        *ret = pending;
        return 0;
}

static void pending_free(void *state) {
        Pending *pending = state;

        pending_action_free(pending->action);
        free(pending);
}

const Feature pending_feature = {
        .name = "pending",
        .new = pending_new,
        .free = pending_free,
        .serve = pending_serve,
        .job_ended = pending_job_ended,
        .synced = pending_synced,
        .looked = pending_on_looked,
        .going_down = pending_going_down,
        .blocks_logins = pending_blocks_logins,
        .store_write = pending_store_write,
        .store_read = pending_store_read,
};
