/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The accounts that call methods. logind knows the names of those that have a session; what else the user
 * database says is kept for a while. */

#include "bus/bus.h"

/* Accounts that are kept. One more replaces the one that has not called for the longest time. There is room
 * for all accounts of a school that call at once, so that they do not replace each other's lookups. */
#define CALLERS_MAX 512U

/* What is known is valid for this long. It is used for longer while another lookup is under way. */
#define CALLER_VALID_USEC USEC_PER_MINUTE

/* Looks up the name if it is not known. Returns whether a lookup is under way without which there is no
 * name; deferred_lookup_done() follows it. */
bool caller_lookup_is_pending(Bus *b, uid_t uid);

/* Whether the account is root or a member of the operators' group. Returns 1 or 0, or -EAGAIN while it is
 * being looked up; deferred_lookup_done() follows then. */
int caller_is_operator(Bus *b, uid_t uid);

/* The name, or the UID as text if there is no name. Returns -ENOMEM. */
int caller_name(Bus *b, uid_t uid, char **ret);

void callers_free(Bus *b);
