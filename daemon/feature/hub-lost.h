/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* HubLost=: what happens to a station whose hub was unplugged and is not back within HubLostSec=. */

#include "core/manager.h"

/* The lost hubs of this seat have changed: waits, or stops waiting. A log-off that was begun for a lost hub
 * is called off when the hub is back in time. */
void hub_lost_check(Manager *m, const char *seat);

/* Takes up the log-offs from before a restart of usherd, before udev has told of anything. */
void hub_lost_restore(Manager *m);

/* The name is ours: whoever watches hears of what is called off. */
void hub_lost_serve(Manager *m);

/* The configuration has changed. */
void hub_lost_reconfigure(Manager *m);

/* The administrator has moved things: what is not there now is no longer missed, and nobody is logged off
 * for it. */
void hub_lost_forget(Manager *m);

void hub_lost_done(Manager *m);
