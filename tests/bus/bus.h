/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A system bus of the test's own: the distribution's dbus-daemon with the distribution's configuration, in
 * which nothing is changed but the socket, the pid file and where services may be started from (nowhere,
 * unless bus_add_service() says so).
 * The policies are the distribution's too, with ours from the source tree added. */

#include <gio/gio.h>
#include <sys/types.h>

typedef struct Bus Bus;

/* policy: the text of a policy file to be taken instead of ours, NULL for ours. */
Bus *bus_start(const char *policy);

/* Takes the bus away under the feet of everybody on it; bus_stop() is still to be called. */
void bus_kill(Bus *bus);
void bus_stop(Bus *bus);

const char *bus_address(Bus *bus);

/* Makes a service startable by its bus name. The file names a unit of systemd: the bus asks the owner of
 * org.freedesktop.systemd1 to start it. */
void bus_add_service(Bus *bus, const char *file);

/* A connection whose peer credentials are uid's, with no groups but the one of the same number. */
GDBusConnection *bus_connect(Bus *bus, uid_t uid);

/* A bare socket that has authenticated as uid and sent Hello: for what no library agrees to send. */
GSocketConnection *bus_connect_raw(Bus *bus, uid_t uid);

/* Closes the connection, which the bus sees at once, and drops the reference. */
void bus_disconnect(GDBusConnection *connection);
