/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which sessions are administrators'. Asked when a session is first seen, long before anybody wants it to
 * end, and kept for as long as it lasts: a directory that fails in between changes nothing. */

#include "core/manager.h"

/* The session has just come, or is another's under the same id. */
void administrator_new_session(Session *s);

/* Whether to end this session takes the stronger right: also where nobody knows. */
bool administrator_may_own(Manager *m, const SessionInfo *f);

/* Asks once more where there was no answer. Returns whether one is on its way; deferred_release() follows
 * it. */
bool administrator_is_asked(Manager *m, const SessionInfo *f);
