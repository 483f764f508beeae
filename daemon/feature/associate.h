/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* On which keyboard Enter is pressed, for somebody who assigns hubs to stations. usherd cannot read input
 * devices: usher-associate does, as an account of its own, while usherd is connected to its socket. At most
 * one association at a time: two that ask for Enter would take each other's answer. */

#include "core/feature.h"
#include "hub/topology.h"

extern const Feature associate_feature;

typedef struct AssociateHandlers {
        /* "": all keyboards are listened to. Else why not, safe to show; the association is over then. */
        void (*begun)(const char *error, void *userdata);

        /* Enter on the keyboard with this sysfs path. hub is the one to assign; NULL if the keyboard is
         * connected to the computer itself, or to hubs that several stations share. */
        void (*enter)(const Hub *hub, const char *syspath, void *userdata);

        /* The association is over, and not by associate_end(). */
        void (*ended)(void *userdata);
} AssociateHandlers;

/* Begins to listen. Returns -EBUSY while there is another association, or why systemd could not be asked; no
 * handler runs then, nor does one before this returns. */
int associate_begin(Manager *m, const AssociateHandlers *handlers, void *userdata);

/* No handler runs any more. */
void associate_end(Manager *m);

/* Of the hubs above a keyboard, the nearest with the role "station"; else the nearest other hub, apart from
 * root hubs and from hubs that several stations share. NULL if there is none. */
const Hub *associate_find_hub(const Topology *t, const char *syspath);
