/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Asks the desktop of one session to log out by itself, so that its programs can save. */

#include "common/bus-util.h"
#include "warn/session.h"

typedef struct DesktopRequest DesktopRequest;

/* Called once with what became of the request, and again whenever somebody else holds it up. */
typedef void (*DesktopFunc)(bool accepted, const char *blockers, void *userdata);

/* user_bus may be NULL: then there is nobody to ask, which func is told as well. */
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
