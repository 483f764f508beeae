/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A banner on the graphical screens of one session, in the first way that works: a surface of its Wayland
 * compositor, or a window of an X server. */

#include <systemd/sd-event.h>

#include "common/macro.h"
#include "identify/banner-draw.h"

typedef struct Screen Screen;

/* Called once, from the event loop: with 0 when the banner is on the screen, -ENXIO where the session has no
 * screen that can show one, or another negative errno. It may free the screen. */
typedef void (*ScreenHandler)(int error, void *userdata);

/* Starts to show the banner, which stays until the screen is freed. Returns 0 or a negative errno. */
int screen_new(Screen **ret,
                sd_event *event,
                const char *session,
                const BannerText *text,
                ScreenHandler handler,
                void *userdata);

/* Shows another text in the same place. Returns 0 or a negative errno. */
int screen_set_text(Screen *s, const BannerText *text);

Screen *screen_free(Screen *s);
DEFINE_CLEANUP(Screen *, screen_free);
