/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The warning of one log-off, from its start to its end. */

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

/* Warns at once. The job must outlive the warning. Returns 0 or a negative errno. */
int warning_new(Warning **ret, const WarnContext *context, WarnJob *job);

/* The job has changed. */
void warning_update(Warning *w);

/* The job is gone: removes the warning, or shows that the log-off was cancelled. Returns NULL. */
Warning *warning_free(Warning *w, const char *result);
