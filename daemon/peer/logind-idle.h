/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Who keeps the machine from idling, as logind's ListInhibitors says. */

#include "peer/logind.h"

typedef struct LogindIdle LogindIdle;

/* r is 0, or what went wrong; then there are no uids. The users hold a block on idle, each may be named more
 * than once. */
typedef void (*LogindIdleHandler)(int r, const uid_t *uids, size_t n_uids, void *userdata);

/* The field that ret points to is NULL again when the handler runs. */
int logind_list_idle(Logind *l, LogindIdle **ret, LogindIdleHandler handler, void *userdata);
LogindIdle *logind_idle_free(LogindIdle *i);
