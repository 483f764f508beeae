/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The user database as a peer: looks up accounts asynchronously. */

#include <systemd/sd-event.h>

#include "peer/user-record.h"

/* One worker makes the lookups one after the other. While lookups wait, one more worker is started each time
 * this has passed: a lookup that hangs delays the next one by no more than that. */
#define LOOKUP_PATIENCE_USEC (100 * USEC_PER_MSEC)

/* Lookup workers that run at a time. Further lookups wait. */
#define LOOKUP_WORKERS_MAX 16U

/* A worker without a lookup exits after this: it holds memory, and its view of the user database gets old.
 */
#define LOOKUP_IDLE_USEC (1 * USEC_PER_SEC)

/* A lookup without an answer by then fails, and its worker is killed. SSSD answers from its cache after its
 * server has been silent for 8 s, and that answer is worth the wait. */
#define LOOKUP_TIMEOUT_USEC (10 * USEC_PER_SEC)

/* A failed lookup is not repeated before this time has passed: any caller can cause one. */
#define LOOKUP_RETRY_USEC (5 * USEC_PER_SEC)

typedef struct Users Users;
typedef struct Lookup Lookup;

/* Receives the record, or NULL: the account does not exist, or the user database failed or timed out. The
 * lookup is already freed and its slot field is NULL. The Users object must outlive the handler. */
typedef void (*LookupHandler)(const UserRecord *record, void *userdata);

/* SIGCHLD must be blocked. */
int users_new(Users **ret, sd_event *event);

/* Cancels all lookups without calling their handlers. */
Users *users_free(Users *u);
DEFINE_CLEANUP(Users *, users_free);

/* Looks up an account, by name if |name| is neither NULL nor "", else by UID. |slot| is a field, NULL so
 * far, of the object that waits: it holds the lookup until the handler runs. lookup_free() on it cancels the
 * lookup, and the handler never runs. Returns 0, -ENAMETOOLONG, or another negative errno. */
int lookup_start(
                Users *u, Lookup **slot, uid_t uid, const char *name, LookupHandler handler, void *userdata);
Lookup *lookup_free(Lookup *l);
