/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <unistd.h>

#include "peer/vt.h"

bool vt_exists(void) {
        return access("/sys/class/tty/tty0/active", F_OK) == 0;
}
