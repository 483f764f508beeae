/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The journal's records of calls that were refused, so that attempts can be answered for as well as what was
 * done. core/rate.h has the limits: what goes beyond them is counted in the next record. */

#include "bus/bus.h"

/* Records that the sender lacks the right to this call. |action| is polkit's, "" for a right that polkit
 * does not decide; |details| are those that polkit got, or NULL. |challenge|: the sender would have had to
 * enter a password, and may try again with one. */
void refusal_record(Bus *b, sd_bus_message *m, const char *action, PolkitDetails details, bool challenge);
