/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One sign, on whatever the session that it is for has: on its X displays, or written to its terminal, or on
 * a terminal of its own where there is no session. */

#include <systemd/sd-event.h>

#include "common/macro.h"
#include "identify/banner-draw.h"

typedef struct Banner Banner;

/* session: "" for the console. *ret_how: "screen" or "terminal", for usherd. What is on a terminal stays
 * there. Returns -ENXIO where the session has nothing that a sign can be shown on. */
int banner_new(Banner **ret,
                sd_event *event,
                const char *session,
                const BannerText *text,
                const char **ret_how);
Banner *banner_free(Banner *p);
DEFINE_CLEANUP(Banner *, banner_free);
