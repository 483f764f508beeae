/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the peers say, on its way into the registries: userdata is the Manager. */

#include "core/manager.h"

/* Takes in what logind says of a session: registers it, or announces what differs. info must stay valid
 * until the next call for the same id has returned, or events_remove_session(). */
void events_apply_session(Manager *m, const SessionInfo *info);
void events_remove_session(Session *s);

extern const LogindEvents manager_logind_events;
extern const UdevEvents manager_udev_events;
