/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Follows which connection owns a well-known bus name. A match of sd-bus on a well-known sender accepts any
 * sender, and every local user may send us a unicast signal. A match that we trust must therefore name the
 * unique name that this module reports, and be replaced when the owner changes. */

#include <systemd/sd-bus.h>

#include "common/macro.h"

typedef struct NameWatch NameWatch;

/* unique is NULL when the name has no owner. */
typedef void (*NameHandler)(const char *unique, void *userdata);

/* Calls the handler once with the current owner, after this has returned, and then at each change. */
int name_watch_new(NameWatch **ret, sd_bus *bus, const char *name, NameHandler handler, void *userdata);
NameWatch *name_watch_free(NameWatch *w);
DEFINE_CLEANUP(NameWatch *, name_watch_free);

/* Takes the owner from elsewhere: the sender of a reply to a call to the name, for example. Does not call
 * the handler. Returns 0 or -ENOMEM. */
int name_watch_take(NameWatch *w, const char *unique);

/* The unique name of the current owner, NULL if there is none. */
const char *name_watch_unique(const NameWatch *w);
