/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A banner above all other windows, on every monitor of an X display, Xwayland included. It takes neither
 * the keyboard nor the pointer, so the user can still type and click into what is below it. */

#include <systemd/sd-event.h>

#include "common/macro.h"
#include "identify/banner-draw.h"
#include "identify/display.h"

typedef struct Window Window;

/* Wakes the screen and shows the banner until it is freed. Returns 0, -ECONNREFUSED where the server does
 * not accept the connection, -EOPNOTSUPP where it has no true colours or no Shape extension, or another
 * negative errno. */
int window_new(Window **ret, sd_event *event, const Display *display, const BannerText *text);

/* Shows another text in the same place, above what was opened meanwhile. Returns 0, -ECONNRESET where the
 * server has gone, or another negative errno. */
int window_set_text(Window *w, const BannerText *text);
Window *window_free(Window *w);
DEFINE_CLEANUP(Window *, window_free);
