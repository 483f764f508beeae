/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"

/* Whom a call for everybody did not log off, and how many of each. */
typedef struct LeftAlone {
        uint32_t caller;
        uint32_t administrators;
        uint32_t seatless;
        uint32_t classes;
} LeftAlone;

/* "2 administrators' sessions and 1 session without a seat were left alone.", or "" for nobody. Returns NULL
 * when out of memory. */
char *left_alone_sentence(const LeftAlone *l);

/* Prints it for the call just made, if usherd tells. */
void left_alone_tell(Command *c, const char *method);
