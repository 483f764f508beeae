/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/* Whether this can be the id of a seat. The rule is logind's: "seat", then at least one of the letters,
 * digits, "-" and "_", and at most 255 characters in all. */
bool seat_id_is_valid(const char *id);
