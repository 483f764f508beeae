/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How many calls may wait, of one user and of all. A password dialog may stay open for ever, so places are
 * kept: for users that have no call waiting, so that a few accounts cannot take all; and for operators, so
 * that a whole class cannot. root never waits for polkit, and may take all places of the other kinds. */

#include "bus/bus.h"
#include "bus/request-size.h"

/* What a call waits for. */
typedef enum DeferredReason {
        DEFERRED_LOOKUP,        /* the user database */
        DEFERRED_AUTHORIZATION, /* polkit */
        DEFERRED_REPLY,         /* logind, a screen or a pending action */
        _DEFERRED_REASON_MAX,
        _DEFERRED_REASON_INVALID = -EINVAL,
} DeferredReason;

/* The sums of the limits. A call keeps its message, whose arguments have at most REQUEST_SIZE_MAX bytes, so
 * at most 576 KiB wait for one user other than root, and 1472 KiB for all. */
#define DEFERRED_EACH_USER_MAX 72U
#define DEFERRED_MAX 184U

static_assert(DEFERRED_EACH_USER_MAX * REQUEST_SIZE_MAX <= 576 * 1024 &&
                                DEFERRED_MAX * REQUEST_SIZE_MAX <= 1472 * 1024,
                "the memory of deferred calls is bounded");

/* Whether one more call of this user may wait, where |all| wait for this reason and |of_user| of them are
 * the user's. Returns 0, -EAGAIN if it depends on whether the user is an operator, which is being looked up,
 * or a negative errno with the error set to LimitsExceeded. */
int deferred_check_limits(Bus *b,
                DeferredReason reason,
                uid_t uid,
                unsigned all,
                unsigned of_user,
                sd_bus_error *error);

/* Sets the error to LimitsExceeded: no place is left for users who are no operators. Returns a negative
 * errno. */
int deferred_limit_error(DeferredReason reason, sd_bus_error *error);
