/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machine-channel.h"
#include "machine.h"

struct Machine {
        GSubprocess *qemu;
        Channel monitor;
        Channel agent;
        guint stations;
        int serial_fd;  /* the output of the serial line; -EBADF: it went elsewhere */
        int picture_fd; /* where QEMU saves the picture of a screen */
};
