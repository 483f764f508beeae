/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reads what logind knows of a session at this moment. */

#include "common/bus-util.h"

typedef struct WarnSession {
        char *path;
        char *type;
        char *tty;
        uid_t uid;
} WarnSession;

bool session_is_graphical(const WarnSession *info);

typedef struct SessionLook SessionLook;

/* info is NULL where logind does not know the session or does not answer, and valid only during the call.
 * The callback may free the look. */
typedef void (*SessionFunc)(const WarnSession *info, void *userdata);

int session_look_new(SessionLook **ret, sd_bus *bus, const char *id, SessionFunc func, void *userdata);
SessionLook *session_look_free(SessionLook *l);

DEFINE_CLEANUP(SessionLook *, session_look_free);
#define _cleanup_session_look_ _cleanup_(session_look_freep)

/* Calls a method of logind with a short time limit. types may be NULL. Returns 0 or a negative errno. */
int logind_call(sd_bus *bus,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...);
