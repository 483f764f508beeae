/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The mode of the machine: whether each seat stands for itself or all of them are one. What is so is what
 * usher-console.service says, which does the switching; so the mode outlives us. */

#include "core/manager.h"

/* Begins to follow the unit. */
int mode_start(Manager *m);

/* The handler's error is "" when the machine is in that mode now, else it is in the other one. */
int mode_switch(Manager *m, Mode mode, ModeHandler handler, void *userdata);

/* At the first start since the machine's: switches to what BootMode= says. */
void mode_boot(Manager *m);

void mode_done(Manager *m);
