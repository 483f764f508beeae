/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What logind is asked to do to seats and screens. Each call is held by its slot as async_call() has it; the
 * handler gets logind's answer, an error too. */

#include "peer/async-call.h"
#include "peer/logind.h"

/* From now on, and at each boot, the device and all below it belong to that seat. */
int logind_attach_device(Logind *l,
                AsyncCall **slot,
                const char *seat,
                const char *syspath,
                AsyncHandler handler,
                void *userdata);

/* Forgets all attachments that were ever made. */
int logind_flush_devices(Logind *l, AsyncCall **slot, AsyncHandler handler, void *userdata);

/* Asks the session to lock its screen; logind says yes, whether or not its desktop listens. */
int logind_lock_session(
                Logind *l, AsyncCall **slot, const char *session, AsyncHandler handler, void *userdata);
