/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which programs hold up the log-out of a desktop that keeps a list of them: GNOME, MATE, Cinnamon. */

#include "common/bus-util.h"

typedef struct Inhibitors Inhibitors;

/* Called when the list changed: "Text Editor: unsaved changes, Burner: writing a disc". */
typedef void (*InhibitorsFunc)(const char *blockers, void *userdata);

/* Looks at once and then every other second, until it is freed. */
int inhibitors_new(Inhibitors **ret,
                sd_event *event,
                sd_bus *user_bus,
                const char *destination,
                const char *path,
                InhibitorsFunc func,
                void *userdata);
Inhibitors *inhibitors_free(Inhibitors *i);

DEFINE_CLEANUP(Inhibitors *, inhibitors_free);
#define _cleanup_inhibitors_ _cleanup_(inhibitors_freep)
