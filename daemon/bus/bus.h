/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* org.usher1 on the system bus: the objects, their signals, and the name. */

#include <systemd/sd-bus.h>

#include "core/manager.h"

/* Puts the objects on the manager's bus. The name is asked for when the manager has its first picture, so
 * that whoever can call us gets whole answers; READY=1 follows the name. */
int bus_setup(Manager *m);

extern const ManagerEvents bus_manager_events;

/* Each interface's own file. */
int manager_bus_setup(Manager *m);
int station_bus_setup(Manager *m);
int hub_bus_setup(Manager *m);
int job_bus_setup(Manager *m);
int log_control_setup(Manager *m);

/* Object paths; the caller's to free. NULL when out of memory. */
char *station_path(const Station *s);
char *hub_path(const Hub *h);
char *job_path(const JobRunner *l);

/* The id that a path below the prefix stands for; the caller's to free. NULL where it is nobody's path. */
char *bus_path_id(const char *path, const char *prefix);

void station_emit_changed(Manager *m, const Station *s, unsigned mask);
void hub_emit_changed(Manager *m, const Hub *h, unsigned mask);
void job_emit_changed(Manager *m, const JobRunner *l, unsigned mask);
void manager_emit_changed(Manager *m, unsigned mask);

/* A property's getter, with the arguments that sd_bus_property_get_t wants. */
#define BUS_GETTER(func)                                                                            \
        static int func(sd_bus *bus, const char *path, const char *interface, const char *property, \
                        sd_bus_message *reply, void *userdata, sd_bus_error *error)

/* Names of properties to a NULL-terminated list, by the bits of a mask. */
typedef struct BusChange {
        unsigned bit;
        const char *property;
} BusChange;

void bus_emit_changed(Manager *m,
                const char *path,
                const char *interface,
                const BusChange *table,
                size_t n_table,
                unsigned mask);

/* Shared by the interfaces: the paths of the live jobs at a station, or of all where it is NULL (ao). */
int append_paths_of_jobs(sd_bus_message *reply, Manager *m, const char *station);

/* Kind and syspath of each (a(ss)). */
int append_devices(sd_bus_message *reply, const DeviceList *devices);

/* When the phase ends, on the wall clock as it stands now. */
usec_t job_deadline_realtime(const Job *j);

/* Frees a half-filled list of paths; returns -ENOMEM, for that is why. */
int bus_free_paths(char **paths);
