/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The journal's records of refused calls, so that administrators see attempts too, not only successful
 * calls. core/rate.h has the limits. Calls beyond them are counted in the next record. */

#include "bus/bus.h"

/* Records that the sender lacks the right to this call. |action| is polkit's, "" for a right that polkit
 * does not decide; |details| are those that polkit got, or NULL. |challenge|: the sender would have had to
 * enter a password, and may try again with one. */
void refusal_record(Bus *b, sd_bus_message *m, const char *action, PolkitDetails details, bool challenge);
