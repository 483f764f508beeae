/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* systemd as a peer. It starts programs with the rights of another user, so that usherd itself needs none,
 * and stops the scope of a session that did not end. |slot|, |handler| and |userdata| are those of
 * async_call(). See org.freedesktop.systemd1(5). */

#include "peer/async-call.h"

typedef struct Systemd Systemd;

int systemd_new(Systemd **ret, sd_bus *bus);
Systemd *systemd_free(Systemd *s);
DEFINE_CLEANUP(Systemd *, systemd_free);

/* Starts a unit. Nothing happens if it runs already. The reply says that the job is queued, not that it is
 * done. */
int systemd_start_unit(Systemd *s, AsyncCall **slot, const char *unit, AsyncHandler handler, void *userdata);

/* Stops a unit. The reply says that the job is queued, not that it is done. */
int systemd_stop_unit(Systemd *s, AsyncCall **slot, const char *unit, AsyncHandler handler, void *userdata);

/* Loads a unit; the reply has its object path. */
int systemd_load_unit(Systemd *s, AsyncCall **slot, const char *unit, AsyncHandler handler, void *userdata);

/* Gets ActiveState of the unit with this object path. */
int systemd_get_unit_state(
                Systemd *s, AsyncCall **slot, const char *path, AsyncHandler handler, void *userdata);

/* Has systemd send its signals about units. */
int systemd_subscribe(Systemd *s);

/* Lists the processes of a unit; systemd_read_processes() reads the reply. */
int systemd_list_processes(
                Systemd *s, AsyncCall **slot, const char *unit, AsyncHandler handler, void *userdata);

/* Returns the first processes of the reply with their PIDs, safe to show: "vim (1234), sh (1200)". Returns
 * "" for none and for an error reply, NULL when out of memory. */
char *systemd_read_processes(sd_bus_message *reply);

/* Lists the jobs of systemd; shutdown_target_read() reads the reply. It also shows a shutdown that logind
 * does not know of, such as one from Ctrl-Alt-Del. */
int systemd_list_jobs(Systemd *s, AsyncCall **slot, AsyncHandler handler, void *userdata);
