/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What logind is asked to do, and the caller who waits until it has answered. An order may be several calls;
 * it is answered when all are, with the first error if there was one. */

#include "core/manager.h"

/* Orders under way. An answer takes logind milliseconds: beyond this somebody does not mean it. */
#define LOGIND_REQUESTS_MAX 64U

/* Each sends its calls and keeps the message, which may be NULL: then an error goes to the log. Returns
 * -ENOBUFS when there are LOGIND_REQUESTS_MAX. */
int logind_request_lock(Manager *m, sd_bus_message *message, const char *seat);
int logind_request_attach(Manager *m, sd_bus_message *message, const Hub *h, const char *seat);
int logind_request_detach_all(Manager *m, sd_bus_message *message);

/* The same for one device, and for all, when the first time has had no effect. */
int logind_request_attach_again(Manager *m, const char *syspath, const char *seat);
int logind_request_detach_again(Manager *m);

void logind_request_done(Manager *m);
