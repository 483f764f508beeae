/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One banner, on what its session has: on its screens or on its terminal. Without a session the banner is on
 * a virtual terminal of its own. */

#include <systemd/sd-event.h>

#include "common/macro.h"
#include "identify/banner-draw.h"

typedef struct Banner Banner;

/* Called once, from the event loop. how is "screen" or "terminal", as NoticeShown() takes it; NULL with
 * -ENXIO where the session has nothing that can show a banner, or with another negative errno. It may free
 * the banner. */
typedef void (*BannerHandler)(int error, const char *how, void *userdata);

/* Starts to show a banner. session is "" for the console. What has been written to the terminal of a session
 * stays there. Returns 0 or a negative errno. */
int banner_new(Banner **ret,
                sd_event *event,
                const char *session,
                const BannerText *text,
                BannerHandler handler,
                void *userdata);
Banner *banner_free(Banner *p);
DEFINE_CLEANUP(Banner *, banner_free);
