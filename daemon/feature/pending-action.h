/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The pending action itself, from its request to its end. */

#include "core/manager.h"

/* An action that makes no progress for this long, because usherd or logind is not running, is cancelled with
 * its jobs. The limit is that of jobs, for the same reasons. */
#define PENDING_LATE_MAX_USEC JOB_LATE_MAX_USEC

typedef enum PendingKind {
        PENDING_NONE,
        PENDING_RESTART,
        PENDING_POWER_OFF,
        PENDING_CONSOLE, /* the mode */
        PENDING_STATION,
        _PENDING_KIND_MAX,
        _PENDING_KIND_INVALID = -EINVAL,
} PendingKind;

DECLARE_STRING_TABLE(PendingKind, pending_kind);

typedef struct PendingRequest {
        PendingKind kind;
        usec_t grace;
        const char *message; /* "" for none */
        uid_t by_uid;
        const char *by_user;
        bool block_logins;
} PendingRequest;

typedef enum PendingOutcome {
        PENDING_STARTED,       /* the awaited jobs are the action's */
        PENDING_SHUTTING_DOWN, /* the machine goes down already, or is about to */
        PENDING_BUSY,          /* another action is pending, or a switch of mode is under way */
        PENDING_INHIBITED,     /* text: who inhibits the shutdown */
        PENDING_NO_ANSWER,     /* logind does not say whether anybody does; text: its error */
        PENDING_CANCELLED,     /* by somebody, before it began */
        PENDING_FAILED,        /* error: as jobs_start() returns it */
} PendingOutcome;

/* error: a negative errno with PENDING_FAILED, else 0. text: never NULL. */
typedef void (*PendingHandler)(PendingOutcome outcome, int error, const char *text, void *userdata);

/* What describes it, as in "Cancelled pending restart." */
const char *pending_describe(PendingKind kind);

bool pending_is_shutdown(PendingKind kind);

typedef enum PendingStage {
        PENDING_ASKING, /* who inhibits the shutdown */
        PENDING_LOGGING_OFF,
        PENDING_ACTING, /* logind or systemd is carrying it out, and it cannot be cancelled */
} PendingStage;

typedef struct PendingAction PendingAction;

struct PendingAction {
        Manager *manager;
        PendingAction **owner; /* the field that holds it */
        PendingKind kind;
        PendingStage stage;
        bool cancelled;
        bool looking; /* for a last time, who is logged in */

        usec_t grace;
        char *message; /* "" for none */
        uid_t by_uid;
        char *by_user;
        bool block_logins;
        PendingHandler handler; /* until the caller is answered */
        void *userdata;

        usec_t due; /* CLOCK_MONOTONIC: when it was last going ahead. Its jobs may have later deadlines. */
        AsyncCall *call; /* to logind or systemd */
        sd_event_source *step;
        sd_event_source *limit; /* while it waits for logind: see PENDING_LATE_MAX_USEC */
        sd_event_source *retry; /* logind did not answer in time */
        usec_t retry_usec;      /* after this long, 0 before the first time */
};

/* Creates an action in the field; on_step runs when pending_step_soon() asks for it. */
int pending_action_new(PendingAction **owner, Manager *m, PendingKind kind, sd_event_handler_t on_step);

/* Frees it and sets the field to NULL. Returns NULL. */
PendingAction *pending_action_free(PendingAction *p);

/* The action is over, whatever came of it: its jobs are no longer awaited, and it is freed. */
void pending_end(PendingAction *p);

/* Runs the handler of the caller, once. */
void pending_answer(PendingAction *p, PendingOutcome outcome, int error, const char *text);

/* A JobFilter: the jobs that the action waits for. */
bool pending_awaits(const Job *j, void *userdata);

/* Looks soon whether all jobs have ended. Not from within the end of a job: its caller may be walking
 * through them. */
void pending_step_soon(PendingAction *p);
