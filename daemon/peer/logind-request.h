/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Single requests to logind, and readers of its replies. Each request is an asynchronous call: |slot|,
 * |handler| and |userdata| are those of async_call(). See org.freedesktop.login1(5). */

#include "peer/async-call.h"
#include "peer/logind.h"

/* Asks the session to lock its screen. logind reports success even if the desktop ignores the request. */
int logind_lock_session(
                Logind *l, AsyncCall **slot, const char *session, AsyncHandler handler, void *userdata);

/* Assigns the device and everything below it to the seat, now and at each boot. */
int logind_attach_device(Logind *l,
                AsyncCall **slot,
                const char *seat,
                const char *syspath,
                AsyncHandler handler,
                void *userdata);

/* Removes all assignments of devices to seats. */
int logind_flush_devices(Logind *l, AsyncCall **slot, AsyncHandler handler, void *userdata);

/* Lists the inhibitors; logind_read_shutdown_blockers() and logind_read_idle_inhibitors() read the reply. */
int logind_list_inhibitors(Logind *l, AsyncCall **slot, AsyncHandler handler, void *userdata);

/* Asks whether a shutdown is under way; logind_read_preparing_for_shutdown() reads the reply. */
int logind_get_preparing_for_shutdown(Logind *l, AsyncCall **slot, AsyncHandler handler, void *userdata);

/* Restarts the machine or powers it off. logind refuses while an inhibitor blocks the shutdown. */
int logind_shut_down(Logind *l, AsyncCall **slot, bool restart, AsyncHandler handler, void *userdata);

/* Returns how many inhibitors block a shutdown, and names the first of them and their reasons in |ret_text|,
 * safe to show, "" for none. Returns a negative errno for an error reply or one that cannot be read. */
int logind_read_shutdown_blockers(sd_bus_message *reply, char **ret_text);

/* Returns the UIDs that hold an inhibitor that blocks idle actions; one UID may appear several times.
 * Returns 0 or a negative errno for an error reply or one that cannot be read. */
int logind_read_idle_inhibitors(sd_bus_message *reply, uid_t **ret_uids, size_t *ret_n);

/* Returns 1 while a shutdown is under way, 0 if none is, or a negative errno for an error reply or one that
 * cannot be read. */
int logind_read_preparing_for_shutdown(sd_bus_message *reply);
