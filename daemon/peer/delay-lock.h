/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The inhibitor lock that delays a shutdown until Usher has warned the users. See
 * https://systemd.io/INHIBITOR_LOCKS. */

#include "peer/logind.h"

typedef struct DelayLock DelayLock;

/* The default of InhibitDelayMaxSec= in logind.conf(5), for as long as logind does not report the value. */
#define DELAY_MAX_USEC (5 * USEC_PER_SEC)

/* preparing: whether a shutdown is under way. delay_max: how long a delay lock delays it at most. */
typedef void (*DelayLockHandler)(bool preparing, usec_t delay_max, void *userdata);

/* The lock is not taken yet. The Logind object must outlive it. */
int delay_lock_new(DelayLock **ret, Logind *l, DelayLockHandler handler, void *userdata);

/* Releases the lock. */
DelayLock *delay_lock_free(DelayLock *d);
DEFINE_CLEANUP(DelayLock *, delay_lock_free);

/* Requests the lock unless it is held or requested already. Also queries whether a shutdown is under way,
 * and calls the handler with the reply. A failure is logged. */
void delay_lock_take(DelayLock *d);

/* Releases the lock, or cancels the request for it. Does nothing if there is neither. */
void delay_lock_release(DelayLock *d);
