/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The core without a bus, without udev and with the features of the test: functions pass in what peers would
 * report, and what happens is recorded in one string. Calls to logind and systemd get no reply unless the
 * test sends one. */

#include "core/events.h"
#include "core/jobs.h"
#include "core/lifecycle.h"
#include "core/notice.h"
#include "pair.h"

typedef struct House {
        Pair *pair;
        Manager *manager;
        char *directory; /* for the store, for nologin and for labels */
        GString *events; /* "job-new 1\n" … */
        GPtrArray *infos;
} House;

House *house_new(const Feature *const *features);
House *house_free(House *h);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(House, house_free);

/* Frees the manager and starts another one over the same directory, as after a crash of usherd. */
void house_restart(House *h, const Feature *const *features);

/* A user's session as logind would describe it; house_apply() passes it to the core. It is freed with the
 * house. */
SessionInfo *house_info(House *h, const char *id, uid_t uid, const char *seat);
Session *house_apply(House *h, SessionInfo *info);

/* Adds a seat. */
Station *house_seat(House *h, const char *id);

/* Starts a job for one session, and expects success. */
JobRunner *house_start_job(House *h, Session *s, const JobRequest *request);

/* Runs the loop until everything that is due has run. */
void house_settle(House *h);

/* Runs the loop until the events contain the text. */
void house_wait_for(House *h, const char *event);

/* Whether a file of that name exists in the directory. */
gboolean house_has_file(House *h, const char *name);

/* Whether the events contain the text; clears them. */
gboolean house_heard(House *h, const char *event);
