/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A feature is one thing that usherd does beyond a plain log-off. It keeps its own state and hears of what
 * happens by the hooks of its static table, as systemd's unit types do by their UnitVTable. The core never
 * includes a feature, and no feature includes another. main.c lists the features in one array; usherd works
 * with none of them.
 *
 * Every hook may be NULL. The state that new() returned comes first. Unless it says otherwise, a hook must
 * not free a session or a station, and may start and cancel jobs. */

#include "core/config.h"
#include "core/job.h"
#include "core/store.h"

typedef struct Manager Manager;
typedef struct Session Session;

/* error: "" when the machine is in the mode that was asked for, else why it is still in the other one. */
typedef void (*ModeHandler)(const char *error, void *userdata);

typedef struct Feature {
        const char *name; /* also of its records in the store */

        /* Allocates the state. Peers cannot be asked yet. Returns a negative errno on failure. */
        int (*new)(Manager *m, void **ret);
        void (*free)(void *state);

        /* The peers can be asked; nothing has been heard from them, and no job is restored yet. */
        int (*start)(void *state);

        /* Whether what clients can ask about is known. As long as one feature returns false, usherd does not
         * ask for its bus name. Call manager_changed() when the answer changes. */
        bool (*is_ready)(void *state);

        /* The first view of all peers is complete. */
        void (*ready)(void *state);

        /* The bus name is ours: clients hear of what happens from here on. */
        void (*serve)(void *state);

        /* Manager.config has changed. */
        void (*configured)(void *state);

        /* A session was seen for the first time, or its id belongs to another session now. */
        void (*session_new)(void *state, Session *s);

        /* logind said something about a session, new or not, after the core has taken it in. */
        void (*session_changed)(void *state, Session *s);

        /* The session has ended; s is valid until the hook returns. */
        void (*session_gone)(void *state, Session *s);

        /* A job has a result. It is no longer registered; j is valid until the hook returns. The hook may
         * not end another job at once, since this may be called while the list of jobs is walked. */
        void (*job_ended)(void *state, const Job *j);

        /* The set of unplugged station hubs of this seat has changed. */
        void (*hub_lost)(void *state, const char *seat);

        /* An administrator has assigned the hubs: none of them counts as missing any more. */
        void (*hubs_reassigned)(void *state);

        /* What is known of logind is complete and up to date, or no longer is. */
        void (*synced)(void *state);
        void (*lost)(void *state);

        /* Comes after each logind_look(), and at other times: logind has answered all queries, so every
         * session that existed when the look began is known. */
        void (*looked)(void *state);

        /* logind begins a shutdown, or cancels it. */
        void (*shutdown_prepared)(void *state, bool begins);

        /* The machine goes down: see manager_set_going_down(). */
        void (*going_down)(void *state);

        /* All changes so far have been announced. */
        void (*notified)(void *state);

        /* Whether new logins must stay blocked even without a job that asks for it. */
        bool (*blocks_logins)(void *state);

        /* Adds the records of the feature to the store. */
        void (*store_write)(void *state, StoreWriter *w);

        /* Gets one of its own records, after start() and after all jobs were restored. */
        void (*store_read)(void *state, const StoreRecord *record);

        /* Switches the mode of the machine. At most one feature has this hook. Returns a negative errno if
         * the switch cannot begin; otherwise the handler is called once, possibly before this returns. */
        int (*switch_mode)(void *state, Mode mode, ModeHandler handler, void *userdata);
} Feature;
