/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Who holds a well-known bus name. sd-bus lets a match on a well-known sender through for any sender, and every
 * local user may send us a unicast signal; so a match that is to be believed is bound to the unique name that this
 * module gives, and made anew when the name changes hands. */

#include <systemd/sd-bus.h>

#include "macro.h"

typedef struct Owner Owner;

/* unique is NULL when nobody holds the name (any more). */
typedef void (*OwnerHandler)(const char *unique, void *userdata);

/* Calls the handler once with what is so now, and then at each change. */
int owner_new(Owner **ret, sd_bus *bus, const char *name, OwnerHandler handler, void *userdata);
Owner *owner_free(Owner *o);
DEFINE_CLEANUP(Owner *, owner_free);

/* The unique name now, NULL for none. */
const char *owner_unique(const Owner *o);
