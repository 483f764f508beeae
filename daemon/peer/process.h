/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The end of a process that is not a child of usherd. */

#include <systemd/sd-event.h>

#include "common/macro.h"

/* Calls the handler once, when the process has exited. Returns -ESRCH if there is no such process, or
 * another negative errno if the kernel cannot tell. */
int process_watch(sd_event *event,
                sd_event_source **ret,
                pid_t pid,
                sd_event_io_handler_t handler,
                void *userdata);
