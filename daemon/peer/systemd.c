/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/names.h"
#include "common/text.h"
#include "peer/systemd.h"

/* This many processes of a unit are named, each with this many bytes of its name. */
#define PROCESSES_MAX 8U
#define PROCESS_NAME_MAX 64

struct Systemd {
        AsyncQueue *queue;
};

int systemd_new(Systemd **ret, sd_bus *bus) {
        _cleanup_(systemd_freep) Systemd *s = NULL;
        int r;

        s = calloc(1, sizeof(*s));
        if (!s)
                return -ENOMEM;

        r = async_queue_new(&s->queue, bus, ASYNC_IN_FLIGHT_MAX, 0);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(s);
        return 0;
}

Systemd *systemd_free(Systemd *s) {
        if (!s)
                return NULL;

        async_queue_free(s->queue);
        free(s);
        return NULL;
}

int systemd_start_unit(
                Systemd *s, AsyncCall **slot, const char *unit, AsyncHandler handler, void *userdata) {
        return async_callf(s->queue, slot, handler, userdata, SYSTEMD_BUS_NAME, SYSTEMD_PATH,
                        SYSTEMD_IFACE_MANAGER, "StartUnit", "ss", unit, "replace");
}

int systemd_stop_unit(Systemd *s, AsyncCall **slot, const char *unit, AsyncHandler handler, void *userdata) {
        return async_callf(s->queue, slot, handler, userdata, SYSTEMD_BUS_NAME, SYSTEMD_PATH,
                        SYSTEMD_IFACE_MANAGER, "StopUnit", "ss", unit, "replace");
}

int systemd_load_unit(Systemd *s, AsyncCall **slot, const char *unit, AsyncHandler handler, void *userdata) {
        return async_callf(s->queue, slot, handler, userdata, SYSTEMD_BUS_NAME, SYSTEMD_PATH,
                        SYSTEMD_IFACE_MANAGER, "LoadUnit", "s", unit);
}

int systemd_get_unit_state(
                Systemd *s, AsyncCall **slot, const char *path, AsyncHandler handler, void *userdata) {
        return async_callf(s->queue, slot, handler, userdata, SYSTEMD_BUS_NAME, path, DBUS_IFACE_PROPERTIES,
                        "Get", "ss", SYSTEMD_IFACE_UNIT, "ActiveState");
}

int systemd_subscribe(Systemd *s) {
        return async_callf(s->queue, NULL, NULL, NULL, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER,
                        "Subscribe", NULL);
}

int systemd_list_processes(
                Systemd *s, AsyncCall **slot, const char *unit, AsyncHandler handler, void *userdata) {
        return async_callf(s->queue, slot, handler, userdata, SYSTEMD_BUS_NAME, SYSTEMD_PATH,
                        SYSTEMD_IFACE_MANAGER, "GetUnitProcesses", "s", unit);
}

int systemd_list_jobs(Systemd *s, AsyncCall **slot, AsyncHandler handler, void *userdata) {
        return async_callf(s->queue, slot, handler, userdata, SYSTEMD_BUS_NAME, SYSTEMD_PATH,
                        SYSTEMD_IFACE_MANAGER, "ListJobs", NULL);
}

char *systemd_read_processes(sd_bus_message *reply) {
        const char *command;
        char *names = NULL;
        unsigned n = 0;
        uint32_t pid;
        size_t size;
        FILE *f;

        if (sd_bus_message_is_method_error(reply, NULL) ||
                        sd_bus_message_enter_container(reply, 'a', "(sus)") < 0)
                return strdup("");

        f = open_memstream(&names, &size);
        if (!f)
                return NULL;

        while (sd_bus_message_read(reply, "(sus)", NULL, &pid, &command) > 0) {
                _cleanup_free_ char *safe = NULL;

                if (++n > PROCESSES_MAX)
                        continue;

                safe = text_sanitize(command, PROCESS_NAME_MAX);
                fprintf(f, "%s%s (%" PRIu32 ")", n > 1 ? ", " : "", strempty(safe), pid);
        }
        if (n > PROCESSES_MAX)
                fprintf(f, " and %u more", n - PROCESSES_MAX);

        if (fclose(f) != 0) {
                free(names);
                return NULL;
        }

        return names;
}
