/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A banner above all other windows, on every output of a Wayland compositor with the layer shell protocol.
 * usher-overlay shows it: a program of its own, because it takes a toolkit, which exits when its compositor
 * does. It is optional. */

#include <systemd/sd-event.h>

#include "common/macro.h"
#include "identify/banner-draw.h"

/* What usher-overlay reads from its standard input, a socket that keeps the bounds of messages: the place
 * as a letter, the large text and its NUL, the small text and its NUL. It exits at the end of the input. */
#define OVERLAY_MESSAGE_MAX 1024U
#define OVERLAY_PLACE_MIDDLE 'm'
#define OVERLAY_PLACE_TOP 't'

/* What it writes once to the same socket, when the banner is on every output. */
#define OVERLAY_SHOWN '!'

typedef struct Overlay Overlay;

/* Called once: with 0 when the banner is on the screen, or a negative errno if it cannot be. */
typedef void (*OverlayHandler)(int error, void *userdata);

/* Starts to show a banner on the compositor with this socket. Returns 0, -ENOENT where usher-overlay is not
 * installed, or another negative errno. */
int overlay_new(Overlay **ret,
                sd_event *event,
                const char *socket,
                const BannerText *text,
                OverlayHandler handler,
                void *userdata);

/* Shows another text in the same place. Returns 0 or a negative errno. */
int overlay_set_text(Overlay *o, const BannerText *text);

Overlay *overlay_free(Overlay *o);
DEFINE_CLEANUP(Overlay *, overlay_free);
