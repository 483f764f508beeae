/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which station this is, shown at the station itself: in large letters on every screen there, of desktops
 * and login screens alike (usher-identify); where that cannot be, among the desktop's notifications
 * (usher-warn); and on the console where nothing else runs. */

#include "core/manager.h"
#include "core/notice.h"

/* Who asks for one station before it was shown. */
#define IDENTIFY_CALLERS_MAX 16U

/* Shows what the station is called. The message is kept, and answered as soon as one screen shows it, or
 * with NoSuchSession when none can. Returns -ENOBUFS when IDENTIFY_CALLERS_MAX wait for that station,
 * -EXFULL when NOTICES_PER_SESSION_MAX wait to be shown in each session there, -ENXIO when nothing runs
 * there. */
int identify(Manager *m, sd_bus_message *message, const Station *s, const char *from);

/* How one of its notices was shown; another may come instead of one that was not. */
void identification_told(Notice *n, NoticeShown how);

/* Its session is no more. */
void identification_withdraw(Notice *n);

/* Drops all; nobody is answered. */
void identify_done(Manager *m);
