/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What logind knows about a seat and its sessions. */

#include <systemd/sd-bus.h>

#include "common/macro.h"

typedef enum SeatUse {
        SEAT_FREE,    /* no session, or none of a person and no greeter */
        SEAT_GREETER, /* a greeter that nobody can see: its session is not active, or its leader has exited
                       */
        SEAT_LOGIN_SCREEN, /* an active greeter */
        SEAT_PERSON,       /* somebody's session, or one of an unknown class */
} SeatUse;

/* Returns 0, or the negative errno of what could not be found out. The caller must then assume that somebody
 * is at the seat. */
int seat_get_use(sd_bus *bus, const char *seat, SeatUse *ret);

/* Has logind bring the seat's greeter to the front. Returns 1 if there is one that may appear, 0 if not, or
 * a negative errno. */
int seat_activate_greeter(sd_bus *bus, const char *seat);

/* Returns 1 if every person's session on another seat was started by that service ("lightdm", "gdm-password"
 * and the like count by their beginning), 0 if not, or a negative errno. */
int seat_others_belong_to(sd_bus *bus, const char *seat, const char *service);

/* Waits until logind reports another use than a free seat or an invisible greeter. Returns 0 and the use,
 * which is that of the end of the time if nothing changed, or a negative errno. */
int seat_wait_used(sd_bus *bus, const char *seat, usec_t limit, SeatUse *ret);

/* Waits until logind has dropped the graphics devices of the seat, for that time at most. */
void seat_wait_not_graphical(sd_bus *bus, const char *seat, usec_t limit);
