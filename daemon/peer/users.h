/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The user database as a peer: who an account is, asked without waiting for the answer. */

#include <systemd/sd-event.h>

#include "peer/user-record.h"

/* Processes that ask, at once. Further lookups wait for their turn. */
#define LOOKUP_WORKERS_MAX 16U

/* A lookup that has no answer by then gets none, its process is killed. SSSD says from its cache what it
 * knows when its server has been silent for 8 s, and that answer is worth having. */
#define LOOKUP_TIMEOUT_USEC (10 * USEC_PER_SEC)

/* What had no answer is not asked again before: calls of anybody can make us ask. */
#define LOOKUP_RETRY_USEC (5 * USEC_PER_SEC)

typedef struct Users Users;
typedef struct Lookup Lookup;

/* Gets the answer, or NULL: there is no such account, or the user database cannot tell or is silent. By then
 * the lookup is freed and the field that held it is NULL. */
typedef void (*LookupHandler)(const UserRecord *answer, void *userdata);

/* SIGCHLD must be blocked. */
int users_new(Users **ret, sd_event *event);
Users *users_free(Users *a);
DEFINE_CLEANUP(Users *, users_free);

/* Asks. |slot| is the field of the object that waits: it holds the lookup until the handler runs;
 * lookup_free() on it takes the lookup back, and then the handler never runs. */
int lookup_start(
                Users *a, Lookup **slot, uid_t uid, const char *name, LookupHandler handler, void *userdata);
Lookup *lookup_free(Lookup *q);
