/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The warning of one job, from its first word to its last. */

#include "warn/jobs.h"
#include "warn/notification.h"
#include "warn/user-bus.h"

/* What all warnings share. */
typedef struct WarnContext {
        sd_event *event;
        sd_bus *system_bus;
        UserBus *user_bus;
        Notifier *notifier;
        Jobs *jobs;
} WarnContext;

typedef struct Warning Warning;

/* Warns at once. The job must outlive the warning. */
int warning_new(Warning **ret, const WarnContext *context, WarnJob *job);

/* To be called when the job has changed. */
void warning_update(Warning *w);

/* The job is gone: takes the warning away, or says that it was cancelled. Returns NULL. */
Warning *warning_free(Warning *w, const char *result);
