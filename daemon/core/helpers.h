/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The programs that run as a user, started by systemd, so that usherd needs no rights over users:
 * usher-warn@UID.service and usher-identify@UID.service. Starting one that runs already does nothing. */

#include "core/manager.h"

/* A start costs far more than the end of a session. So usher-warn is started for a few users at a time: a
 * class does not keep systemd from ending sessions, and the first users are warned while others still wait.
 */
#define WARN_STARTS_MAX 4U

/* A start counts until usher-warn reports how it reached the user, or for this long after systemd has taken
 * it. */
#define WARN_START_USEC (USEC_PER_SEC / 2)

int warn_starts_new(WarnStarts **ret, Manager *m);
WarnStarts *warn_starts_free(WarnStarts *s);

/* Starts usher-warn for the user, the soonest |deadline| (CLOCK_MONOTONIC) first. A failure is logged; the
 * grace of a warning does not depend on it. With |running| it has reported already, and is started in case
 * it was killed. */
void helper_start_warn(Manager *m, uid_t uid, usec_t deadline, bool running);

/* The user's usher-warn has reported something: it runs. */
void helper_warn_reported(Manager *m, uid_t uid);

/* slot, handler and userdata are those of async_call(); the reply is an error where usher-identify is not
 * installed. */
int helper_start_identify(Manager *m, uid_t uid, AsyncCall **slot, AsyncHandler handler, void *userdata);
