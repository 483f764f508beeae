/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Forgotten sessions: logs off who has been away for IdleLogOffSec=, and calls that off at the first sign of
 * life. */

#include "core/manager.h"

int idle_watch_new(IdleWatch **ret, Manager *m);
IdleWatch *idle_watch_free(IdleWatch *w);

/* Looks at all sessions anew: something changed, of sessions, labels or the configuration. */
void idle_watch_check(IdleWatch *w);
