/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The limit on the arguments of a method call. It applies to each call before anything else does, so that a
 * caller without any right cannot make usherd parse, escape, copy or keep more than this. */

#include <systemd/sd-bus.h>

#include "common/macro.h"

/* Bytes of arguments in one call. The longest text that a method takes has USHER_MESSAGE_MAX. */
#define REQUEST_SIZE_MAX (8 * 1024U)

/* Containers inside of each other. The options of the methods need three. */
#define REQUEST_DEPTH_MAX 8U

/* Returns 0, with the message at its first argument, or a negative errno: with the error set to InvalidArgs
 * if the arguments are larger than the limits. */
int request_check_size(sd_bus_message *m, sd_bus_error *error);
