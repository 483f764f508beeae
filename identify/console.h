/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A banner on a virtual terminal of its own. The console of the machine is switched to it and back, and what
 * runs on other terminals is not touched. Only root may open one. See console_ioctl(2). */

#include "common/macro.h"
#include "identify/banner-draw.h"

typedef struct Console Console;

/* Returns 0, -ENXIO where there is no console or no free terminal, or another negative errno. */
int console_new(Console **ret, const BannerText *text);

/* Switches back, unless the user has switched to another terminal. */
Console *console_free(Console *c);
DEFINE_CLEANUP(Console *, console_free);
