/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What those who call are called. Most have a session, and logind has told the name; what the user database
 * says of the others is kept for a while. */

#include "core/manager.h"

/* Of those without a session. The one that has not called for the longest time is forgotten for another. */
#define CALLERS_MAX 64U

/* For so long a name is taken for granted. Until it has been asked for again it is used all the same. */
#define CALLER_KEEP_USEC USEC_PER_MINUTE

/* Asks where the name is not known. Returns whether an answer is on its way; deferred_release() follows it.
 */
bool caller_is_asked(Manager *m, uid_t uid);

/* The name, or the number where it is not known. Returns -ENOMEM. */
int caller_name(Manager *m, uid_t uid, char **ret);

void caller_done(Manager *m);
