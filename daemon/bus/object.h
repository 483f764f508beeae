/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the interfaces share: object paths, lists of them, and PropertiesChanged. */

#include <systemd/sd-bus.h>

#include "core/job-runner.h"
#include "core/jobs.h"

/* A property getter, with the arguments of sd_bus_property_get_t. */
#define BUS_GETTER(func)                                                                            \
        static int func(sd_bus *bus, const char *path, const char *interface, const char *property, \
                        sd_bus_message *reply, void *userdata, sd_bus_error *error)

/* The caller frees the path. NULL when out of memory. */
char *station_path(const char *id);
char *hub_path(const Hub *h);
char *job_path(const JobRunner *j);

/* The id that a path below the prefix stands for. The caller frees it. NULL if the path is not canonical. */
char *bus_path_id(const char *path, const char *prefix);

/* Refuses a call below the prefix whose object is not there, with the error of the find function. To be
 * added by sd_bus_add_fallback(), which comes before the vtables. */
int object_check(sd_bus_message *m,
                const char *prefix,
                sd_bus_object_find_t find,
                void *userdata,
                sd_bus_error *error);

/* Frees a list of paths that could not be completed. Returns -ENOMEM. */
int bus_free_paths(char **paths);

/* Begins the reply to message, an array of elements of the given type. The caller appends them. */
int list_reply_new(sd_bus_message *message, const char *type, sd_bus_message **ret);

/* Closes the array and sends the reply. */
int list_reply_send(sd_bus_message *reply);

/* These append one path, as "o". */
int append_station_path(sd_bus_message *reply, const char *id);
int append_job_path(sd_bus_message *reply, const JobRunner *j);

/* The paths of the jobs that the filter matches, or of all of them where it is NULL, as "ao". */
int append_job_paths(sd_bus_message *reply, Manager *m, JobFilter filter, void *userdata);

/* The kind and the syspath of each device, as "a(ss)". */
int append_devices(sd_bus_message *reply, const DeviceList *devices);

/* When the phase ends, on the wall clock as it is now. */
usec_t job_deadline_realtime(const Job *j);

/* Which property a bit of a mask of changes stands for. */
typedef struct BusChange {
        unsigned bit;
        const char *property;
} BusChange;

void bus_emit_changed(sd_bus *bus,
                const char *path,
                const char *interface,
                const BusChange *table,
                size_t n_table,
                unsigned mask);
