/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is to come when everybody is logged off: a restart, the power off, another mode. One at a time. It is
 * stored beside its jobs until logind or systemd has taken it on or refused it, so that it outlives a
 * restart of usherd as they do, and is done once. Who calls one of the jobs off calls off all of it. */

#include "core/manager.h"
#include "peer/logind-shutdown.h"

/* A plan that usherd could not go on with for so long, because it was not running or logind was not, is off,
 * with the log-offs that are left of it. An upgrade that stops usherd meanwhile fits in, and whoever asked
 * is still about; later, others may be at work there, whom a restart out of the blue would hit. */
#define PENDING_LATE_MAX_USEC (5 * USEC_PER_MINUTE)

typedef struct PendingRequest {
        PendingKind kind;
        usec_t grace;
        const char *message; /* the bus message's own, "" for none */
        uid_t by_uid;
        const char *by_user;
        bool block_logins;
} PendingRequest;

/* The answer to whoever asked: error is set when nothing came of it, else the plan's jobs are those of the
 * manager's with this kind. Nothing follows the jobs before this has returned. */
typedef void (*PendingAnswer)(
                Manager *m, sd_bus_message *message, PendingKind kind, const sd_bus_error *error);

typedef enum PendingStage {
        PENDING_ASKING, /* who holds the shutdown up */
        PENDING_LOGGING_OFF,
        PENDING_ACTING, /* logind or systemd is doing it */
} PendingStage;

struct PendingAction {
        Manager *manager;
        PendingKind kind;
        PendingStage stage;
        bool called_off;
        bool block_logins;

        /* Until it is answered. */
        sd_bus_message *message;
        PendingRequest request;
        char *by_user; /* the request's */
        PendingAnswer answer;

        usec_t due; /* CLOCK_MONOTONIC: it was going ahead then. Its jobs may have later deadlines. */
        ShutdownRequest *question;
        UnitsCall *queue_call;
        sd_event_source *step;
        sd_event_source *limit; /* while it waits for logind */
};

/* Whether a plan may begin now: ShuttingDown and Busy are why not. */
int pending_check(Manager *m, sd_bus_error *error);

/* Begins what was authorised; the answer comes later, or an error is returned and none comes. */
int pending_begin(Manager *m,
                const PendingRequest *request,
                sd_bus_message *message,
                PendingAnswer answer,
                sd_bus_error *error);

/* What the store is to keep; false for nothing. */
bool pending_to_be_stored(Manager *m, StoredPending *ret);

/* Takes up the plan from before a restart of usherd, of the kind PENDING_NONE where there was none. The jobs
 * are there. */
void pending_restore(Manager *m, const StoredPending *stored);

/* The name is ours: a plan from before a restart goes on from here, or is off if that was long ago. */
void pending_serve(Manager *m);

/* logind is there, with a whole picture. */
void pending_logind_synced(Manager *m);

/* One of its jobs has ended. */
void pending_job_ended(Manager *m, const Job *j);

/* The machine shuts down, be it by us or by somebody else: what was planned is void, and the jobs go on. */
void pending_give_way(Manager *m);

/* Everybody is logged off: has the plan carried out. */
void pending_act(PendingAction *p);

/* It is over, whatever came of it, and freed: the flush lets newcomers in again. */
void pending_end(PendingAction *p);

PendingAction *pending_free(PendingAction *p);

/* Every session of a person, whoever and wherever. The array is the caller's. */
int pending_select_everybody(Manager *m, const SessionInfo ***ret, size_t *ret_n);

JobReason pending_reason(PendingKind kind);

bool pending_is_shutdown(PendingKind kind);

/* As in "The machine was to …". */
const char *pending_describe(PendingKind kind);
