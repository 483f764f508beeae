/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One fresh look at what logind says of a session. */

#include "common/bus-util.h"

typedef struct WarnSession {
        char *path;
        char *type;
        char *tty;
        char *state;
        uid_t uid;
} WarnSession;

bool session_is_graphical(const WarnSession *facts);

typedef struct SessionLook SessionLook;

/* NULL where logind knows no such session, or does not answer. The facts are the callee's for the call only.
 * The look may be freed in it. */
typedef void (*SessionFunc)(const WarnSession *facts, void *userdata);

int session_look_new(SessionLook **ret, sd_bus *bus, const char *id, SessionFunc func, void *userdata);
SessionLook *session_look_free(SessionLook *l);

DEFINE_CLEANUP(SessionLook *, session_look_free);
#define _cleanup_session_look_ _cleanup_(session_look_freep)

/* Calls a method of logind that takes and gives what the caller knows, with our limit of time. */
int logind_call(sd_bus *bus,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...);
