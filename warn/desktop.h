/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Asks the desktop of one session to log out, so that its programs can save. */

#include "common/bus-util.h"
#include "warn/session.h"

typedef struct DesktopRequest DesktopRequest;

/* Called once with the outcome of the request, and again when the programs that block the log-out change. */
typedef void (*DesktopFunc)(bool accepted, const char *blockers, void *userdata);

/* user_bus may be NULL: then func learns that the request was not accepted. Returns 0 or a negative
 * errno. */
int desktop_request_new(DesktopRequest **ret,
                sd_event *event,
                sd_bus *user_bus,
                sd_bus *system_bus,
                const WarnSession *session,
                DesktopFunc func,
                void *userdata);
DesktopRequest *desktop_request_free(DesktopRequest *d);

DEFINE_CLEANUP(DesktopRequest *, desktop_request_free);
#define _cleanup_desktop_request_ _cleanup_(desktop_request_freep)
