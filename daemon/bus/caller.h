/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The names of accounts that call methods. logind knows those that have a session; what the user database
 * says of the others is kept for a while. */

#include "bus/bus.h"

/* Accounts without a session whose name is kept. One more replaces the one that has not called for the
 * longest time. */
#define CALLERS_MAX 64U

/* A name is valid for this long. It is used for longer while another lookup is under way. */
#define CALLER_VALID_USEC USEC_PER_MINUTE

/* Looks up the name if it is not known. Returns whether a lookup is under way without which there is no
 * name; deferred_lookup_done() follows it. */
bool caller_lookup_is_pending(Bus *b, uid_t uid);

/* The name, or the UID as text if there is no name. Returns -ENOMEM. */
int caller_name(Bus *b, uid_t uid, char **ret);

void callers_free(Bus *b);
