/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Method calls that wait for a peer's answer which is due any moment, and which they can do without. A
 * handler gives its message here and returns; it is dispatched again from its start, as polkit.h has it. */

#include <systemd/sd-bus.h>

#include "common/macro.h"

/* The answer comes in milliseconds, or something is wrong: then whoever has clicked is not kept for longer.
 */
#define DEFERRED_USEC (2 * USEC_PER_SEC)

/* More than these do without the answer at once: of all, and of one user, who is not to take the places of
 * others. */
#define DEFERRED_MAX 64U
#define DEFERRED_PER_UID_MAX 16U

typedef struct Deferred Deferred;

int deferred_new(Deferred **ret, sd_bus *bus);
Deferred *deferred_free(Deferred *h);
DEFINE_CLEANUP(Deferred *, deferred_free);

/* For a message of that user. Returns 0 when it is held, 1 when it must do without, or a negative errno. */
int deferred_hold(Deferred *h, sd_bus_message *m, uid_t uid);

/* An answer came in: all that are held are dispatched again, and may be held again for the rest of their
 * time. */
void deferred_release(Deferred *h);
