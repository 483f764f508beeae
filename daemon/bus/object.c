/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/object.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/timespan.h"

static char *encode_path(const char *prefix, const char *id) {
        char *path;

        return sd_bus_path_encode(prefix, id, &path) < 0 ? NULL : path;
}

char *station_path(const char *id) {
        return encode_path(USHER_PATH_STATION, id);
}

char *hub_path(const Hub *h) {
        return encode_path(USHER_PATH_HUB, h->id);
}

char *job_path(const JobRunner *j) {
        char *path;

        /* A number needs no encoding, and the interface promises it as it is. */
        return asprintf(&path, USHER_PATH_JOB "/%" PRIu32, j->job.number) < 0 ? NULL : path;
}

char *bus_path_id(const char *path, const char *prefix) {
        _cleanup_free_ char *id = NULL, *canonical = NULL;

        if (sd_bus_path_decode(path, prefix, &id) <= 0)
                return NULL;

        /* Decoding is lenient, and would give an object several paths. */
        canonical = encode_path(prefix, id);
        return canonical && streq(canonical, path) ? TAKE_PTR(id) : NULL;
}

/* sd-bus also calls the find function when it does not know the interface or the member of a call, in order
 * to say which of the two is unknown. Then it drops the error of the find function, and replies with
 * IOError. */
int object_check(sd_bus_message *m,
                const char *prefix,
                sd_bus_object_find_t find,
                void *userdata,
                sd_bus_error *error) {

        const char *path = sd_bus_message_get_path(m);
        void *found;
        int r;

        if (streq(path, prefix))
                return 0;

        r = find(sd_bus_message_get_bus(m), path, NULL, userdata, &found, error);
        if (r == 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_UNKNOWN_OBJECT, "There is no such object.");

        return r < 0 ? r : 0;
}

int bus_free_paths(char **paths) {
        for (char **p = paths; *p; p++)
                free(*p);
        free(paths);
        return -ENOMEM;
}

int list_reply_new(sd_bus_message *message, const char *type, sd_bus_message **ret) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int r;

        r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', type);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(reply);
        return 0;
}

int list_reply_send(sd_bus_message *reply) {
        int r;

        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

int append_station_path(sd_bus_message *reply, const char *id) {
        _cleanup_free_ char *path = station_path(id);

        return path ? sd_bus_message_append(reply, "o", path) : -ENOMEM;
}

int append_job_path(sd_bus_message *reply, const JobRunner *j) {
        _cleanup_free_ char *path = job_path(j);

        return path ? sd_bus_message_append(reply, "o", path) : -ENOMEM;
}

int append_job_paths(sd_bus_message *reply, Manager *m, JobFilter filter, void *userdata) {
        JobRunner *j;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "o");
        TAILQ_FOREACH(j, &m->jobs, jobs)
                if (r >= 0 && (!filter || filter(&j->job, userdata)))
                        r = append_job_path(reply, j);
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

int append_devices(sd_bus_message *reply, const DeviceList *devices) {
        int r;

        r = sd_bus_message_open_container(reply, 'a', "(ss)");
        for (size_t i = 0; i < devices->n_entries && r >= 0; i++)
                r = sd_bus_message_append(reply, "(ss)", device_kind_to_string(devices->entries[i].kind),
                                devices->entries[i].syspath);
        if (r < 0)
                return r;

        return sd_bus_message_close_container(reply);
}

usec_t job_deadline_realtime(const Job *j) {
        usec_t now = now_monotonic();

        return j->deadline > now ? now_realtime() + (j->deadline - now) :
                                   now_realtime() - (now - j->deadline);
}

void bus_emit_changed(sd_bus *bus,
                const char *path,
                const char *interface,
                const BusChange *table,
                size_t n_table,
                unsigned mask) {

        char *names[32] = {};
        size_t n = 0;
        int r;

        for (size_t i = 0; i < n_table; i++)
                if (mask & table[i].bit && n < ELEMENTSOF(names) - 1)
                        names[n++] = (char *) table[i].property;

        if (n == 0)
                return;

        r = path ? sd_bus_emit_properties_changed_strv(bus, path, interface, names) : -ENOMEM;
        if (r < 0)
                log_warning_errno(
                                r, "Failed to announce what changed at '%s', ignoring: %m", strempty(path));
}
