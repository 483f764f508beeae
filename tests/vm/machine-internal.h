/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machine.h"
#include "machine-channel.h"

struct Machine {
        GSubprocess *qemu;
        Channel monitor;
        Channel agent;
        guint stations;
        bool no_restart;
        char *folder;           /* ours, for as long as the PC runs */
        char *serial_log;
};
