/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The programs that run as a user, started by systemd, so that usherd needs no rights over users:
 * usher-warn@UID.service and usher-identify@UID.service. Starting one that runs already does nothing. */

#include "core/manager.h"

/* A failure is logged; the grace of a warning does not depend on it. */
void helper_start_warn(Manager *m, uid_t uid);

/* slot, handler and userdata are those of async_call(); the reply is an error where usher-identify is not
 * installed. */
int helper_start_identify(Manager *m, uid_t uid, AsyncCall **slot, AsyncHandler handler, void *userdata);
