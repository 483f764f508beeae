/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One banner, on what its session has: on its X displays or on its terminal. Without a session the banner is
 * on a virtual terminal of its own. */

#include <systemd/sd-event.h>

#include "common/macro.h"
#include "identify/banner-draw.h"

typedef struct Banner Banner;

/* session is "" for the console. *ret_how is "screen" or "terminal", as NoticeShown() takes it. What has
 * been written to the terminal of a session stays there. Returns 0, -ENXIO where the session has nothing
 * that can show a banner, or another negative errno. */
int banner_new(Banner **ret,
                sd_event *event,
                const char *session,
                const BannerText *text,
                const char **ret_how);
Banner *banner_free(Banner *p);
DEFINE_CLEANUP(Banner *, banner_free);
