/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Shows at a station which one it is: in large letters on every screen there, desktops and login screens
 * alike (usher-identify); where that cannot be, as a notification (usher-warn); and on the console where
 * nothing else runs. */

#include "core/feature.h"
#include "core/notice.h"

extern const Feature identify_feature;

/* Those who wait for one station to show its label. */
#define IDENTIFY_WAITERS_MAX 16U

/* shown: whether at least one screen shows the label. */
typedef void (*IdentifyHandler)(bool shown, void *userdata);

/* Shows the label of a station; the handler runs as soon as one screen shows it or none can. Returns
 * -ENOBUFS if IDENTIFY_WAITERS_MAX wait for that station, -EXFULL if NOTICES_PER_SESSION_MAX wait for each
 * session there, -ENXIO if nothing runs there, or -ENOMEM; the handler does not run then. */
int identify_station(
                Manager *m, const Station *s, const char *from, IdentifyHandler handler, void *userdata);
