/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/macro.h"

/* Reads a time span in the format of systemd.time(7): "90" is seconds, "2min", "1h 30s", "500ms",
 * "infinity". Returns -EINVAL for anything else, -ERANGE when it is too large. */
int timespan_parse(const char *s, usec_t *ret);

/* Formats a span for people, rounded to seconds: "1min 30s". Returns NULL when out of memory. */
char *timespan_format(usec_t t);

usec_t now_monotonic(void);
usec_t now_realtime(void);

/* How long the machine has been suspended since it started. Two calls without a suspend between them can
 * differ by microseconds. */
usec_t time_suspended(void);
