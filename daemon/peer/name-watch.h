/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Who holds a well-known bus name. sd-bus lets a match on a well-known sender through for any sender, and
 * every local user may send us a unicast signal; so a match that is to be believed is bound to the unique
 * name that this module gives, and made anew when the name changes hands. */

#include <systemd/sd-bus.h>

#include "common/macro.h"

typedef struct NameWatch NameWatch;

/* unique is NULL when nobody holds the name (any more). */
typedef void (*NameHandler)(const char *unique, void *userdata);

/* Calls the handler once with what is so now, and then at each change. */
int name_watch_new(NameWatch **ret, sd_bus *bus, const char *name, NameHandler handler, void *userdata);
NameWatch *name_watch_free(NameWatch *o);
DEFINE_CLEANUP(NameWatch *, name_watch_free);

/* The unique name now, NULL for none. */
const char *name_watch_unique(const NameWatch *o);
