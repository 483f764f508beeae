/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What logind's files share and nobody else sees. */

#include "peer/async-call.h"
#include "peer/logind.h"

AsyncQueue *logind_calls(Logind *l);
sd_bus *logind_bus(Logind *l);

/* The message that asks for all properties of the session at a path. */
int logind_session_query(Logind *l, const char *path, sd_bus_message **ret);

/* Reads the answer. Returns -ESRCH when logind says that there is no such session. */
int logind_session_read(sd_bus_message *reply, const char *path, SessionInfo **ret);
