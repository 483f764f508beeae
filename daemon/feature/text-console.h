/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reports when a text console is in front on seat0 while other stations have sessions: the kernel then types
 * there what is typed on any keyboard of the machine, passwords at the other stations too
 * (https://github.com/systemd/systemd/issues/15387). */

#include "core/feature.h"

extern const Feature text_console_feature;

/* Whether that is so. */
bool text_console_current(Manager *m);
