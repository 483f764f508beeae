/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"

/* Whether the keyboards of all stations type into a text console on seat0. false as well if usherd does not
 * say. */
bool text_console_is_in_front(Command *c);

/* Says so below a listing for people. */
void text_console_remark(Command *c);
