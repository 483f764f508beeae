/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A session as usherd keeps it: what logind says of it, and whether it belongs to an administrator. */

#include "common/index.h"
#include "peer/session-info.h"
#include "peer/users.h"

typedef struct Manager Manager;

/* What the user database says about the user. Ending anything but PRIVILEGE_ORDINARY takes the stronger
 * right. */
typedef enum Privilege {
        PRIVILEGE_NEW,     /* no answer yet */
        PRIVILEGE_UNKNOWN, /* the lookup failed */
        PRIVILEGE_ORDINARY,
        PRIVILEGE_ADMINISTRATOR,
} Privilege;

typedef struct Session {
        Manager *manager;
        const SessionInfo *info; /* logind's, replaced with every answer */
        Privilege privilege;
        Lookup *privilege_lookup;
        usec_t privilege_asked; /* CLOCK_MONOTONIC, 0 before the first time */
        bool outlives_log_off;  /* a job has done all it could, and logind still lists it */
        TAILQ_ENTRY(Session) sessions;
        IndexEntry by_id;
        IndexEntry by_seat;
} Session;

/* The caller has taken it out of the registry. Returns NULL. */
Session *session_free(Session *s);

/* Whether somebody works in it, so that Usher may end it: its class begins with "user". */
bool session_is_person(const Session *s);

/* Whether it belongs to an administrator, or the user database has not said otherwise. */
bool session_is_privileged(const Session *s);
