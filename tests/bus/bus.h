/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A system bus for one test: the distribution's dbus-daemon, configuration and policies. Only the socket,
 * the pid file and the folder of startable services differ (there are none, except those of
 * bus_add_service()), and Usher's policy from the source tree is added. */

#include <gio/gio.h>
#include <sys/types.h>

typedef struct Bus Bus;

/* policy: the text of a policy file to use instead of Usher's, or NULL. */
Bus *bus_start(const char *policy);

/* A bus that does not know the PIDs of its clients, as one that runs in a container. */
Bus *bus_start_without_pids(void);

/* Kills the bus while its clients are connected. bus_stop() must still be called. */
void bus_kill(Bus *bus);
void bus_stop(Bus *bus);

const char *bus_address(Bus *bus);

/* Makes a service startable by its bus name. The file names a unit of systemd, which the bus asks the owner
 * of org.freedesktop.systemd1 to start. */
void bus_add_service(Bus *bus, const char *file);

/* A connection with the peer credentials of uid, in no groups but the one with the same number. */
GDBusConnection *bus_connect(Bus *bus, uid_t uid);

/* The same with another bus. */
GDBusConnection *bus_connect_to(const char *address, uid_t uid);

/* A raw socket that has authenticated as uid and sent Hello, for messages that libraries refuse to send. */
GSocketConnection *bus_connect_raw(Bus *bus, uid_t uid);

/* Closes the connection, which the bus sees at once, and drops the reference. */
void bus_disconnect(GDBusConnection *connection);
