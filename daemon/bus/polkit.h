/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* polkit by sd-bus alone. A method handler asks; while polkit thinks the method returns, and when the
 * verdict is in the same message is dispatched again from its start, so that every argument, object and
 * limit is looked at anew and no pointer lives across the wait (CVE-2020-1712). */

#include <systemd/sd-bus.h>

#include "common/macro.h"

/* Unanswered checks of one uid, and of all. Beyond: LimitsExceeded. A user may let polkit wait for a
 * password for ever: however many do, there is room for the calls that end sessions. */
#define POLKIT_PENDING_PER_UID_MAX 8U
#define POLKIT_PENDING_MAX 56U

typedef struct Polkit Polkit;

typedef enum PolkitVerdict {
        POLKIT_ALLOWED,
        POLKIT_DENIED,
        POLKIT_PENDING, /* the handler returns 1 and is called again */
} PolkitVerdict;

/* Details of an action, shown in polkit's dialog: name, value, …, NULL. */
typedef const char *const *PolkitDetails;

int polkit_new(Polkit **ret, sd_bus *bus);
Polkit *polkit_free(Polkit *p);
DEFINE_CLEANUP(Polkit *, polkit_free);

/* May the sender of m do this? Returns 1 when it may, 0 when the answer is not in (the handler returns 1
 * then), or a negative errno with the error for the caller set: AccessDenied,
 * InteractiveAuthorizationRequired, LimitsExceeded. root may without polkit. */
int polkit_check(Polkit *p,
                sd_bus_message *m,
                const char *action,
                PolkitDetails details,
                sd_bus_error *error);

/* The same without ever a dialog and without an error: for what is left out when the caller may not. */
int polkit_probe(Polkit *p, sd_bus_message *m, const char *action, PolkitVerdict *ret, sd_bus_error *error);

/* Whether this message has asked before. Its answers are forgotten if it is dispatched without asking for
 * them. */
bool polkit_is_asked(Polkit *p, sd_bus_message *m);

/* The uid that the bus vouches for. Nothing that the caller says of itself counts, nor anything from /proc.
 */
int polkit_sender_uid(sd_bus_message *m, uid_t *ret);
