/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The programs that block the log-out of a desktop. GNOME, MATE and Cinnamon keep a list of them. */

#include "common/bus-util.h"

typedef struct Inhibitors Inhibitors;

/* Called when the list has changed: "Text Editor: unsaved changes, Burner: writing a disc". */
typedef void (*InhibitorsFunc)(const char *blockers, void *userdata);

/* Reads the list at once and then every two seconds, until it is freed. Returns 0 or a negative errno. */
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
