/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The time left, shown over the screen at the end of a job's countdown (FullScreenSec=). The user's systemd
 * starts usher-countdown for it: that needs the environment and the files of the session, which the sandbox
 * of usher-warn hides. If the user's bus or systemd is not there, nothing is shown. */

#include "warn/warning.h"

typedef struct Countdown Countdown;

/* The job must outlive the countdown. Returns 0 or a negative errno. */
int countdown_new(Countdown **ret, const WarnContext *context, const WarnJob *job);

/* The job has changed. Does nothing for NULL. */
void countdown_update(Countdown *c);

/* Takes it off the screen. Returns NULL. */
Countdown *countdown_free(Countdown *c);
