/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The session managers of desktops, and how each is asked to log out. */

#include "common/bus-util.h"

typedef enum LogoutArguments {
        LOGOUT_NONE,
        LOGOUT_MODE,      /* u: 1, log out without confirmation but ask programs */
        LOGOUT_KSMSERVER, /* iii: no confirmation, log out only, no other mode */
        LOGOUT_XFCE,      /* bb: no dialog, programs may save */
} LogoutArguments;

typedef struct SessionManager {
        const char *owner; /* the name whose process is looked up */
        const char *destination;
        const char *path;
        const char *interface;
        const char *member;
        LogoutArguments arguments;
        const char *busy;    /* its error while a log-out is under way or it is still starting, or NULL */
        bool no_reply;       /* its method has no reply */
        bool has_inhibitors; /* it keeps a list of them, see inhibitors.h */
} SessionManager;

/* The nth session manager to try, NULL after the last. */
const SessionManager *session_manager_get(size_t n);

/* Makes the call that requests a log-out. Returns 0 or a negative errno. */
int session_manager_new_logout(const SessionManager *s, sd_bus *bus, sd_bus_message **ret);

/* Whether a reply to that call means that the session manager will not log out. */
bool session_manager_has_refused(const SessionManager *s, sd_bus_message *reply);
