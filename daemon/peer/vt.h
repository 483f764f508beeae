/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/* Whether the kernel has virtual terminals, which are seat0's: then one of them is in front there. */
bool vt_exists(void);
