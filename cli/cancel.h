/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"

int verb_cancel(Command *c, char **arguments);
int verb_extend(Command *c, char **arguments);
