/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A sign over all else on every monitor of an X display, Xwayland's included. It takes neither the keyboard
 * nor the pointer: who works there goes on typing and clicking into what is below. */

#include <systemd/sd-event.h>

#include "common/macro.h"
#include "identify/banner-draw.h"
#include "identify/display.h"

typedef struct Window Window;

/* Wakes the screen as well. It is there when this returns, and until it is freed. Returns -ECONNREFUSED
 * where the server does not let us in, -EOPNOTSUPP where it has no colours or windows cannot be let through
 * to. */
int window_new(Window **ret, sd_event *event, const Display *display, const BannerText *text);
Window *window_free(Window *w);
DEFINE_CLEANUP(Window *, window_free);
