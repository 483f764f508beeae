/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is to come when everybody is logged off: a restart, the power off, another mode. One at a time; it lives in its
 * jobs, so that it outlives a restart of usherd as they do. Who calls one of the jobs off calls off all of it. */

#include "logind-shutdown.h"
#include "manager.h"

typedef struct PlanRequest {
        PlanKind kind;
        usec_t grace;
        const char *message; /* the bus message's own, "" for none */
        uid_t by_uid;
        const char *by_user;
        bool block_logins;
} PlanRequest;

/* The answer to whoever asked: error is set when nothing came of it, else the plan's jobs are those of the manager's
 * with this kind. Nothing follows the jobs before this has returned. */
typedef void (*PlanAnswer)(Manager *m, sd_bus_message *message, PlanKind kind, const sd_bus_error *error);

typedef enum PlanStage {
        PLAN_ASKING, /* who holds the shutdown up */
        PLAN_LOGGING_OFF,
        PLAN_ACTING, /* logind or systemd is doing it */
} PlanStage;

struct Plan {
        Manager *manager;
        PlanKind kind;
        PlanStage stage;
        bool called_off;
        bool block_logins;

        /* Until it is answered. */
        sd_bus_message *message;
        PlanRequest request;
        char *by_user; /* the request's */
        PlanAnswer answer;

        LogindRequest *question;
        sd_event_source *step;
};

/* Whether a plan may begin now: ShuttingDown and Busy are why not. */
int plan_check(Manager *m, sd_bus_error *error);

/* Begins what was authorised; the answer comes later, or an error is returned and none comes. */
int plan_begin(Manager *m, const PlanRequest *request, sd_bus_message *message, PlanAnswer answer, sd_bus_error *error);

/* Takes up the plan of the jobs from before a restart. */
void plan_restore(Manager *m);

/* One of its jobs has ended. */
void plan_job_ended(Manager *m, const Job *j);

/* Somebody else shuts the machine down: what was planned is void, and the jobs go on. */
void plan_give_way(Manager *m);

Plan *plan_free(Plan *p);

/* Every session of a person, whoever and wherever. The array is the caller's. */
int plan_select_everybody(Manager *m, const SessionFacts ***ret, size_t *ret_n);

JobReason plan_reason(PlanKind kind);
