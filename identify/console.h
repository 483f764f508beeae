/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A sign on a virtual terminal of its own, which the machine's console is switched to and back from: what
 * runs on the others is not touched. For root, who may open one. See console_ioctl(2). */

#include "common/macro.h"
#include "identify/banner-draw.h"

typedef struct Console Console;

/* Returns -ENXIO where there is no console or no terminal is free, or another errno of open(2) or ioctl(2).
 */
int console_new(Console **ret, const BannerText *text);

/* Switches back, unless somebody has switched on. */
Console *console_free(Console *c);
DEFINE_CLEANUP(Console *, console_free);
