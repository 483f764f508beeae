/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The core without a bus, without udev and with the features of the test: facts are put in by function, and
 * what comes out is one string. Nobody answers the calls to logind and systemd unless the test does. */

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

/* A session of a person as logind would describe it; house_apply() puts it in. It lives as long as the
 * house. */
SessionInfo *house_info(House *h, const char *id, uid_t uid, const char *seat);
Session *house_apply(House *h, SessionInfo *info);

/* The seat exists from here on. */
Station *house_seat(House *h, const char *id);

/* Starts a job for one session; it must succeed. */
JobRunner *house_start_job(House *h, Session *s, const JobRequest *request);

/* Runs the loop until everything that is due now is done. */
void house_settle(House *h);

/* Runs the loop until the text stands in the events. */
void house_wait_for(House *h, const char *event);

/* Whether a file of that name exists in the directory. */
gboolean house_has_file(House *h, const char *name);

/* Whether the events hold the text; clears them. */
gboolean house_heard(House *h, const char *event);
