/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"

/* Asks at the stations that are named, or at all, for Enter on the keyboard that belongs there. */
int verb_associate(Command *c, char **arguments);
